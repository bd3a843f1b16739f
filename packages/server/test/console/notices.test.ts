import { type Human, PASSWORD } from '@muster/testkit/muster.ts'
import type { BrowserContext, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { signIn } from '../journeys/person.ts'
import { aConsole, type ConsoleSite, choose, heading, isForEveryone } from './visitor.ts'

// An open console notices when its user is deactivated, signed out or given another role elsewhere.

let site: ConsoleSite
beforeAll(async () => {
  site = await aConsole()
})
afterAll(() => site?.close())

/** Another tab of the same browser, at the console. */
async function anotherTab(context: BrowserContext, path: string): Promise<Page> {
  const page = await context.newPage()
  await page.goto(`/console${path}`)
  return page
}

/** Ends the browser sessions of this person, as they would from a terminal. */
async function endBrowserSessions({ token }: Human): Promise<void> {
  const { body } = await site.muster.call('GET', '/v1/me/sessions', { token })
  for (const { id, kind } of body.items as { id: string; kind: string }[])
    if (kind === 'browser') await site.muster.call('DELETE', `/v1/me/sessions/${id}`, { token })
}

/** Waits until the console of this browser has its request for changes open. */
async function isWatching(page: Page): Promise<void> {
  await expect
    .poll(() => page.evaluate("navigator.locks.query().then(({ held }) => held.some(({ name }) => name === 'muster-changes'))"), { timeout: 40_000 })
    .toBe(true)
}

describe('an untouched console', () => {
  test("shows the portal's text and the contact's address when its member is deactivated", async () => {
    const { org, named, call } = await site.organization({ ada: 'admin', bob: 'member' })
    const [ada, bob] = [named('ada'), named('bob')]
    const { page, context, complaints } = await site.consoleApart(bob, '/users')
    await page.getByRole('link', { name: ada.name, exact: true }).waitFor()
    await isWatching(page)
    await call('POST', `/members/${bob.name}/deactivate`)
    await heading(page, 'Your account is deactivated').waitFor({ timeout: 40_000 })
    await page.getByText(`An admin of ${org} deactivated it.`, { exact: false }).waitFor()
    expect(await page.getByRole('link', { name: ada.email }).getAttribute('href')).toBe(`mailto:${encodeURIComponent(ada.email)}`)
    await isForEveryone(page)
    const inConsole = await page.getByRole('main').innerText()
    // The portal shows the same person the same text.
    const portal = await context.newPage()
    await portal.goto('/account')
    await heading(portal, 'Your account is deactivated').waitFor()
    for (const sentence of [ada.email, 'nothing of yours was deleted', 'Ask them to reactivate it, then sign in again.']) {
      expect(inConsole).toContain(sentence)
      expect(await portal.getByRole('main').innerText()).toContain(sentence)
    }
    expect(complaints).toEqual([])
  })

  test("shows the organization's technical contact when its member is deactivated", async () => {
    const { named, call } = await site.organization({ cleo: 'admin', dan: 'member' })
    await call('PATCH', '', { technical_contact: 'help@example.com' })
    const { page } = await site.consoleApart(named('dan'), '/users')
    await page.getByRole('link', { name: named('cleo').name, exact: true }).waitFor()
    await call('POST', `/members/${named('dan').name}/deactivate`)
    await page.getByRole('link', { name: 'help@example.com' }).waitFor({ timeout: 40_000 })
  })

  test('signs out every tab when its member signs out in one', async () => {
    const { named } = await site.organization({ eve: 'admin' })
    const eve = named('eve')
    const { page, context } = await site.consoleApart(eve, '/users')
    const other = await anotherTab(context, '/sessions')
    await heading(page, 'Manage users').waitFor()
    await heading(other, 'Sessions and tokens').waitFor()
    await choose(other, `Account menu of ${eve.name}`, 'Sign out')
    await heading(page, 'You are signed out').waitFor({ timeout: 40_000 })
    await page.getByText('This session has ended. Sign in again to continue.').waitFor()
    expect(await page.getByRole('link', { name: eve.name }).count(), 'the page is gone').toBe(0)
    await isForEveryone(page)
    await other.goto('/sign-in')
    await signIn(other, eve.name)
    await heading(page, 'Manage users').waitFor({ timeout: 40_000 })
  })

  test('returns to the same page after its session was ended elsewhere', async () => {
    const { named } = await site.organization({ fay: 'admin' })
    const fay = named('fay')
    const { page } = await site.consoleApart(fay, '/users?role=member')
    await heading(page, 'Manage users').waitFor()
    await isWatching(page)
    await endBrowserSessions(fay)
    await heading(page, 'You are signed out').waitFor({ timeout: 40_000 })
    await page.getByRole('link', { name: 'Sign in' }).click()
    await signIn(page, fay.name, PASSWORD)
    await heading(page, 'Manage users').waitFor()
    expect(new URL(page.url()).search).toBe('?role=member')
  })

  test('shows new actions immediately when its member becomes an admin', async () => {
    const { named, call } = await site.organization({ gil: 'admin', hana: 'member' })
    const { page } = await site.consoleApart(named('hana'), '/users')
    await heading(page, 'Manage users').waitFor()
    await isWatching(page)
    expect(await page.getByRole('button', { name: 'Invite new user' }).count()).toBe(0)
    await call('PATCH', `/members/${named('hana').name}`, { role: 'admin' })
    await page.getByRole('button', { name: 'Invite new user' }).waitFor({ timeout: 40_000 })
  })

  test('waits for changes in one tab, and in another tab when that one closes', async () => {
    const { named } = await site.organization({ iris: 'admin' })
    const iris = named('iris')
    const { page, context } = await site.consoleApart(iris, '/users')
    await heading(page, 'Manage users').waitFor()
    await isWatching(page)
    let requests = 0
    const other = await context.newPage()
    other.on('request', (request) => {
      if (request.url().endsWith('/v1/me/changes')) requests += 1
    })
    await other.goto('/console/users')
    await heading(other, 'Manage users').waitFor()
    await other.getByRole('link', { name: iris.name, exact: true }).waitFor()
    expect(requests).toBe(0)
    await page.close()
    await expect.poll(() => requests, { timeout: 40_000 }).toBe(1)
    await endBrowserSessions(iris)
    await heading(other, 'You are signed out').waitFor({ timeout: 40_000 })
  })

  test('retries silently and misses no change when a request fails', async () => {
    const { named } = await site.organization({ jo: 'admin' })
    const jo = named('jo')
    const { page } = await site.consoleApart(jo, '/users', async (tab) => {
      let failures = 0
      await tab.route('**/v1/me/changes', (route) => (++failures <= 2 ? route.abort() : route.continue()))
    })
    await heading(page, 'Manage users').waitFor()
    await expect.poll(async () => (await page.getByRole('alert').count()) + (await page.locator('[data-type]').count())).toBe(0)
    await page.waitForResponse((response) => response.url().endsWith('/v1/me'), { timeout: 40_000 }) // The console checks the session after a failure.
    await endBrowserSessions(jo)
    await heading(page, 'You are signed out').waitFor({ timeout: 40_000 })
  })
})
