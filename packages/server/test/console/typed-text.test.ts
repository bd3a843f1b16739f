import type { Human } from '@muster/testkit/muster.ts'
import { PASSWORD } from '@muster/testkit/muster.ts'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { signIn } from '../journeys/person.ts'
import { aConsole, type ConsoleSite, dialog, heading, isForEveryone, press, said } from './visitor.ts'

// When a session ends while a person types, the text stays, the dialog says why, and the same button works after signing in.

let site: ConsoleSite
beforeAll(async () => {
  site = await aConsole()
})
afterAll(() => site?.close())

async function endBrowserSessions({ token }: Human): Promise<void> {
  const { body } = await site.muster.call('GET', '/v1/me/sessions', { token })
  for (const { id, kind } of body.items as { id: string; kind: string }[])
    if (kind === 'browser') await site.muster.call('DELETE', `/v1/me/sessions/${id}`, { token })
}

const why = 'Your input is kept. Sign in in a new tab, then continue here.'

describe('while a dialog with typed text is open', () => {
  test('an ended session keeps the text, and the button works after signing in', async () => {
    const { named } = await site.organization({ ada: 'admin' })
    const { page, context, complaints } = await site.consoleApart(named('ada'), '/users#invite')
    const form = dialog(page, 'Invite new user')
    await form.getByLabel('Email addresses').fill('typed@example.com')
    // The page cannot notice the end of the session here, so the button is pressed first.
    await context.route('**/v1/me/changes', (route) => route.abort())
    await endBrowserSessions(named('ada'))
    await form.getByRole('button', { name: 'Invite', exact: true }).click()
    await form.getByText(why).waitFor()
    expect(await form.getByLabel('Email addresses').inputValue()).toBe('typed@example.com')
    expect(await form.getByRole('alert').count(), 'the notice appears once').toBe(1)
    await isForEveryone(page)
    const [tab] = await Promise.all([context.waitForEvent('page'), form.getByRole('link', { name: 'Sign in in a new tab' }).click()])
    await tab.getByText('This session has ended. Sign in again to continue.').waitFor()
    await signIn(tab, named('ada').name, PASSWORD)
    await heading(tab, 'Manage users').waitFor()
    await form.getByText(why).waitFor({ state: 'hidden' })
    expect(await form.getByLabel('Email addresses').inputValue()).toBe('typed@example.com')
    await form.getByRole('button', { name: 'Invite', exact: true }).click()
    await dialog(page, '1 invitation sent').waitFor()
    expect(complaints).toEqual([])
  })

  test('the notice appears without pressing a button', async () => {
    const { named } = await site.organization({ bea: 'admin' })
    const { page } = await site.consoleApart(named('bea'), '/users#invite')
    const form = dialog(page, 'Invite new user')
    await form.getByLabel('Email addresses').fill('typed@example.com')
    await endBrowserSessions(named('bea'))
    await form.getByText(why).waitFor({ timeout: 40_000 })
    await press(page, 'Cancel')
    await heading(page, 'You are signed out').waitFor()
    expect(await page.getByRole('navigation', { name: 'Main' }).count()).toBe(0)
  })

  test('a deactivated member keeps the text and sees who to ask', async () => {
    const { org, named, call } = await site.organization({ cleo: 'admin', dan: 'admin' })
    const { page } = await site.consoleApart(named('dan'), '/users#invite')
    const form = dialog(page, 'Invite new user')
    await form.getByLabel('Email addresses').fill('typed@example.com')
    await call('POST', `/members/${named('dan').name}/deactivate`)
    await form.getByText('Your account is deactivated').waitFor({ timeout: 40_000 })
    expect(await form.getByRole('alert').innerText()).toContain(`Ask ${named('cleo').email} in ${org} to reactivate it, then sign in again.`)
    expect(await form.getByLabel('Email addresses').inputValue()).toBe('typed@example.com')
    await isForEveryone(page)
    await press(page, 'Cancel')
    await heading(page, 'Your account is deactivated').waitFor()
  })

  test('the text is discarded when another person signs in', async () => {
    const { named } = await site.organization({ eve: 'admin', fred: 'admin' })
    const { page, context } = await site.consoleApart(named('eve'), '/users#invite')
    const form = dialog(page, 'Invite new user')
    await form.getByLabel('Email addresses').fill('typed@example.com')
    await endBrowserSessions(named('eve'))
    await form.getByText(why).waitFor({ timeout: 40_000 })
    const tab = await context.newPage()
    await tab.goto('/console/users')
    await signIn(tab, named('fred').name, PASSWORD)
    await heading(tab, 'Manage users').waitFor()
    await page.getByRole('button', { name: `Account menu of ${named('fred').name}`, includeHidden: true }).waitFor({ state: 'attached' })
    await expect.poll(async () => (await form.count()) === 0 || (await form.getByLabel('Email addresses').inputValue()) === '').toBe(true)
  })
})

test('a name that is edited in place is kept and saved after signing in', async () => {
  const { named } = await site.organization({ gil: 'admin' })
  const { page, context } = await site.consoleApart(named('gil'), '/profile')
  await press(page, 'Change given name')
  await page.getByRole('textbox', { name: 'Given name' }).fill('Gilbert')
  await endBrowserSessions(named('gil'))
  await page.getByText(why).waitFor({ timeout: 40_000 })
  await isForEveryone(page)
  const [tab] = await Promise.all([context.waitForEvent('page'), page.getByRole('link', { name: 'Sign in in a new tab' }).click()])
  await signIn(tab, named('gil').name, PASSWORD)
  await heading(tab, 'My profile').waitFor()
  await page.getByText(why).waitFor({ state: 'hidden' })
  await press(page, 'Save')
  await said(page, 'Given name changed').waitFor()
})
