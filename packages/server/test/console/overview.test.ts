import type { Human } from '@muster/testkit/muster.ts'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { aConsole, type ConsoleSite, dialog, heading, isForEveryone, press } from './visitor.ts'

// isForEveryone runs axe on every element, in both themes.

let site: ConsoleSite
let people: Record<string, Human>
beforeAll(async () => {
  site = await aConsole()
  people = await site.muster.organization({ acme: 'admin', bob: 'member', carol: 'member' })
  const call = (method: string, path: string, body?: unknown) => site.muster.call(method, `/v1/organizations/acme${path}`, { token: acme().token, body })
  await call('PUT', '/resources/application/shop', { owner: 'bob' })
  await call('POST', '/invitations', { email: 'ann@example.com' })
  await call('POST', '/members/carol/deactivate', { reason: 'On leave' })
})
afterAll(() => site?.close())

const acme = () => people['acme'] as Human

describe('the overview', () => {
  test('links each number to its list', async () => {
    const { page, complaints } = await site.consoleOf(acme(), '/')
    await heading(page, 'Overview').waitFor()
    const numbers = page.locator('dl', { hasText: 'Open invitations' })
    await numbers.getByText('Waiting to be accepted').waitFor()
    await numbers.getByText('Unlimited seats').waitFor()
    await page.getByText('carol was deactivated: On leave').waitFor()
    await page.getByRole('region', { name: 'Newest resources' }).getByText('application owned by bob').waitFor()
    expect(complaints).toEqual([])
    await isForEveryone(page)

    await numbers.locator('div', { hasText: 'Deactivated' }).getByRole('link', { name: '1', exact: true }).click()
    await page.getByRole('row', { name: /carol.*Member.*acme.*On leave/ }).waitFor()
    await page.goBack()
    await numbers.locator('div', { hasText: 'Open invitations' }).getByRole('link', { name: '1', exact: true }).click()
    await page.getByRole('row', { name: /ann@example.com/ }).waitFor()
    await page.goBack()
    await page.getByRole('link', { name: 'Audit log' }).first().click()
    await heading(page, 'Audit log').waitFor()
  })

  test('shows a member no invitations, no activity and no invite button', async () => {
    const { page } = await site.consoleOf(people['bob'] as Human, '/')
    await page.getByText('You are a member of acme.').waitFor()
    await page.getByRole('region', { name: 'Newest resources' }).getByText('application owned by bob').waitFor()
    expect(await page.getByText('Open invitations').count()).toBe(0)
    expect(await page.getByText('Recent activity').count()).toBe(0)
    expect(await page.getByRole('button', { name: 'Invite new user' }).count()).toBe(0)
  })

  test('shows a newcomer the first steps until they are done', async () => {
    const newcomer = await site.muster.person('newcomer')
    const { page, complaints } = await site.consoleOf(newcomer, '/')
    const steps = page.getByRole('region', { name: 'First steps' })
    await steps.getByText('muster resource add application/shop').waitFor({ state: 'attached' })
    await steps.getByText('muster user invite ann@example.com').waitFor({ state: 'attached' })
    await steps.getByText('Log in on the command line').waitFor()
    await page.getByText('newcomer is your personal organization').waitFor()
    await isForEveryone(page)

    await site.muster.call('PUT', '/v1/organizations/newcomer/resources/application/first', { token: newcomer.token, body: {} })
    await press(page, 'Invite new user')
    const invite = dialog(page, 'Invite new user')
    await invite.getByLabel('Email addresses').fill('ann@example.com')
    await press(page, 'Invite')
    await press(page, 'Done')
    await page.getByRole('link', { name: 'Overview' }).click()
    await page.getByRole('region', { name: 'Newest resources' }).getByText('first', { exact: true }).waitFor()
    await steps.waitFor({ state: 'detached' })
    expect(complaints).toEqual([])
  })
})
