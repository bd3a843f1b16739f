import { readFile } from 'node:fs/promises'
import type { Human } from '@muster/testkit/muster.ts'
import { sql } from 'kysely'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { aConsole, type ConsoleSite, dialog, heading, isForEveryone, press } from './visitor.ts'

let site: ConsoleSite
let ada: Human
let bob: Human
beforeAll(async () => {
  site = await aConsole()
  const people = await site.muster.organization({ ada: 'admin', bob: 'member', carol: 'member' })
  ada = people['ada'] as Human
  bob = people['bob'] as Human
  await call('POST', '/members/carol/deactivate', { reason: 'on leave' })
  await call('POST', '/members/carol/reactivate')
  await call('PUT', '/resources/application/shop', {})
  await site.muster.call('POST', '/v1/me/keys', { token: bob.token, body: { description: 'editor' } })
  // Refused, and remembered: nobody demotes themselves.
  await call('PATCH', '/members/ada', { role: 'member' })
})
afterAll(() => site?.close())

const call = (method: string, path: string, body?: unknown) => site.muster.call(method, `/v1/organizations/ada${path}`, { token: ada.token, body })
const sentence = (page: Page, text: string | RegExp) => page.getByRole('table', { name: 'Audit log' }).getByRole('button', { name: text })
const search = (page: Page) => Object.fromEntries(new URL(page.url()).searchParams)

test('what happened reads as sentences; one opens with everything that is known of it', async () => {
  const { page, complaints } = await site.consoleOf(ada, '/audit?action=membership')
  await sentence(page, 'carol was reactivated').waitFor()
  await isForEveryone(page)
  await sentence(page, 'carol was deactivated: on leave').click()
  const event = dialog(page, 'carol was deactivated: on leave')
  await event.getByText('membership.deactivated').waitFor()
  await event.getByText('127.0.0.1').waitFor()
  await event.getByRole('button', { name: 'Copy the request id' }).click()
  expect(await page.evaluate('navigator.clipboard.readText()')).toMatch(/^req_/)
  await isForEveryone(page)
  await event.getByRole('button', { name: 'All about carol' }).click()
  await expect.poll(() => search(page)).toEqual({ action: 'membership', target: 'carol' })
  expect(await page.getByLabel('To whom or what').inputValue()).toBe('carol')
  await page.getByText('muster audit list --target carol --action membership').waitFor({ state: 'attached' })
  expect(complaints).toEqual([])
})

test('who, what, to whom and when filter it, in the address, which may be sent to somebody', async () => {
  const { page } = await site.consoleOf(ada, '/audit')
  await page.getByLabel('Who did it').fill('bob')
  await page.getByLabel('What happened').selectOption('Key: created')
  await sentence(page, 'The key "editor" was made').waitFor()
  await page.getByText('1 in all').waitFor()
  const today = (await page.evaluate("new Date().toLocaleDateString('sv')")) as string
  await page.getByLabel('From', { exact: true }).fill(today)
  await page.getByLabel('Through').fill(today)
  await expect.poll(() => search(page)).toEqual({ actor: 'bob', action: 'key.created', from: today, to: today })
  await sentence(page, 'The key "editor" was made').waitFor()
  await page.reload()
  expect(await page.getByLabel('Who did it').inputValue()).toBe('bob')
  await sentence(page, 'The key "editor" was made').waitFor()

  await page.getByLabel('From', { exact: true }).fill('2001-01-01')
  await page.getByLabel('Through').fill('2001-01-02')
  await page.getByRole('heading', { name: 'Nothing like that happened' }).waitFor()
  await isForEveryone(page)
  await press(page, 'Clear the filters')
  await expect.poll(() => search(page)).toEqual({})
  await expect.poll(() => page.getByLabel('Who did it').inputValue()).toBe('')
  // Nor does what was typed come back when its pause is over.
  await page.waitForTimeout(400)
  expect(search(page)).toEqual({})
})

test('an invitation is on record with whom it was for, which leads to it; the record itself holds no address', async () => {
  await call('POST', '/invitations', { email: 'ola@example.com' })
  const { page } = await site.consoleOf(ada, '/audit?action=invitation')
  await sentence(page, 'ola@example.com was invited, as member').click()
  const event = dialog(page, 'ola@example.com was invited, as member')
  await isForEveryone(page)
  await event.getByRole('link', { name: 'ola@example.com' }).click()
  await page.getByRole('row', { name: /ola@example.com.*Open/ }).waitFor()
  const { rows } = await sql<{ details: string }>`select details::text as details from audit_event`.execute(site.muster.server.database.kysely)
  expect(rows.some(({ details }) => details.includes('ola@example.com'))).toBe(false)
})

test('a refusal is on record with who was refused what, and why', async () => {
  const { page } = await site.consoleOf(ada, '/audit?action=refused')
  await sentence(page, /^ada tried to change .*: nobody does that to themselves$/).waitFor()
})

test('what fits the filters is saved as JSON lines and as CSV', async () => {
  const { page } = await site.consoleOf(ada, '/audit?actor=ada&target=carol')
  await sentence(page, 'carol was reactivated').waitFor()
  const save = async (format: string) => {
    await press(page, 'Export')
    const [download] = await Promise.all([page.waitForEvent('download'), page.getByRole('menuitem', { name: `What fits the filters as ${format}` }).click()])
    return { name: download.suggestedFilename(), text: await readFile(await download.path(), 'utf8') }
  }
  const lines = await save('JSON lines')
  expect(lines.name).toBe('audit-ada.jsonl')
  const events = lines.text
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line).action)
  expect(events).toEqual(['membership.deactivated', 'membership.reactivated'])
  const csv = await save('CSV')
  expect(csv.name).toBe('audit-ada.csv')
  expect(csv.text.split('\r\n')[0]).toContain('id,at,action,outcome')
  expect(csv.text).toContain('membership.deactivated')
})

test('a long record comes as one scrolls', async () => {
  const { sole } = await site.muster.organization({ sole: 'admin' })
  for (let at = 0; at < 130; at += 1)
    await site.muster.call('PATCH', '/v1/organizations/sole', { token: (sole as Human).token, body: { address: `${at} Main Street` } })
  const { page } = await site.consoleOf(sole as Human, '/audit?action=organization.contacts_changed')
  await sentence(page, 'Contacts or address were changed').first().waitFor()
  await page.mouse.move(640, 500)
  await page.mouse.wheel(0, 20_000)
  await page.getByText('130 in all').waitFor()
  expect(await page.getByRole('row').count(), 'only what is on the screen is in the page').toBeLessThan(90)
})

test('a member is told why there is nothing for them, and is not led there', async () => {
  const { page } = await site.consoleOf(bob, '/audit')
  await heading(page, 'Audit log').waitFor()
  await page.getByText('can be seen by the admins of ada', { exact: false }).waitFor()
  expect(await page.getByRole('navigation').getByRole('link', { name: 'Audit log' }).count()).toBe(0)
  await isForEveryone(page)
})
