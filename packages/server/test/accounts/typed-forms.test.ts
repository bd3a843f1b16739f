import { launchBrowser } from '@muster/testkit/browser.ts'
import { type Human, type Muster, PASSWORD, startMuster } from '@muster/testkit/muster.ts'
import type { Browser, BrowserContext, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { startDevice } from '../oauth/conversation.ts'

// When a form is sent after its session has ended, signing in shows the form again as it was typed.

let muster: Muster
let browser: Browser
let ada: Human
let bob: Human
const contexts: BrowserContext[] = []
beforeAll(async () => {
  ;[muster, browser] = await Promise.all([startMuster(), launchBrowser()])
  ;[ada, bob] = [await muster.person('ada'), await muster.person('bob')]
})
afterAll(async () => {
  await browser?.close()
  await muster?.close()
})
afterEach(async () => {
  for (const context of contexts.splice(0)) await context.close()
})

const shots = process.env.MUSTER_SCREENSHOTS
async function shoot(page: Page, name: string): Promise<void> {
  if (!shots) return
  for (const colorScheme of ['light', 'dark'] as const)
    for (const width of [1440, 320]) {
      await page.emulateMedia({ colorScheme })
      await page.setViewportSize({ width, height: 800 })
      await page.screenshot({ path: `${shots}/${name}-${colorScheme}-${width}.png`, fullPage: true })
    }
}

async function signIn(page: Page, identifier: string): Promise<void> {
  await page.getByLabel('Email or username').fill(identifier)
  await page.getByLabel('Password', { exact: true }).fill(PASSWORD)
  await page.getByRole('button', { name: 'Sign in' }).click()
}

/** Opens a page without JavaScript and signs in. `visited` collects the URL of every request. */
async function pageOf(identifier: string, path: string): Promise<{ page: Page; context: BrowserContext; visited: string[] }> {
  const context = await browser.newContext({ javaScriptEnabled: false, baseURL: muster.url })
  contexts.push(context)
  context.setDefaultTimeout(60_000)
  const page = await context.newPage()
  const visited: string[] = []
  page.on('request', (request) => visited.push(request.url()))
  await page.goto(`/sign-in?continue=${encodeURIComponent(path)}`)
  await signIn(page, identifier)
  return { page, context, visited }
}

async function endBrowserSessions({ token }: Human): Promise<void> {
  const { body } = await muster.call('GET', '/v1/me/sessions', { token })
  for (const { id, kind } of body.items as { id: string; kind: string }[])
    if (kind === 'browser') await muster.call('DELETE', `/v1/me/sessions/${id}`, { token })
}

async function signOutInAnotherTab(context: BrowserContext): Promise<void> {
  const tab = await context.newPage()
  await tab.goto('/')
  await tab.getByRole('button', { name: 'Sign out' }).click()
  await tab.getByRole('heading', { name: 'You are signed out' }).waitFor()
  await tab.close()
}

const kept = 'You were signed out before this was sent.'
const save = (page: Page) => page.getByRole('button', { name: 'Save name' }).click()

describe('a form whose session has ended', () => {
  test.each([
    ['from a terminal', () => endBrowserSessions(ada)],
    ['in another tab', signOutInAnotherTab],
  ])('a form sent after a sign-out %s is shown again as typed', async (_, end) => {
    const { page, context, visited } = await pageOf('ada', '/account/names')
    await page.getByLabel('Given name').fill('Adelaide <b>')
    await page.getByLabel('Family name').fill('Typed')
    await end(context)
    await save(page)
    await page.getByText('This session has ended. Sign in again to continue.').waitFor()
    await signIn(page, 'ada')
    await page.getByText(kept, { exact: false }).waitFor()
    await shoot(page, 'typed-names')
    expect([await page.getByLabel('Given name').inputValue(), await page.getByLabel('Family name').inputValue()]).toEqual(['Adelaide <b>', 'Typed'])
    await page.getByLabel('Given name').fill('Adelaide')
    await save(page)
    await page.getByText('Your name was changed.').waitFor()
    expect(
      visited.filter((url) => /Adelaide|Typed/.test(url)),
      'nothing typed is in a URL',
    ).toEqual([])
    await page.goto('/account/names')
    expect(await page.getByText(kept, { exact: false }).count(), 'it is shown once').toBe(0)
  })

  test('a form is shown empty when another person signs in', async () => {
    const { page } = await pageOf('ada', '/account/names')
    await page.getByLabel('Given name').fill('Secretive')
    await endBrowserSessions(ada)
    await save(page)
    await signIn(page, 'bob')
    await page.getByText('This form was filled in with another account. Nothing was changed.').waitFor()
    expect(await page.getByLabel('Given name').inputValue()).not.toBe('Secretive')
    expect(await page.content()).not.toContain('Secretive')
  })

  test('a form changes nothing for another person who has signed in meanwhile', async () => {
    const { page, context } = await pageOf('ada', '/account/names')
    await page.getByLabel('Given name').fill('Meant for Ada')
    await signOutInAnotherTab(context)
    const tab = await context.newPage()
    await tab.goto('/sign-in')
    await signIn(tab, 'bob')
    await tab.getByRole('heading', { name: 'Signed in as bob' }).waitFor()
    await save(page)
    await page.getByText('This form was filled in with another account. Nothing was changed.').waitFor()
    expect((await muster.call('GET', '/v1/me', { token: bob.token })).body.given_name).not.toBe('Meant for Ada')
  })

  test('a form is shown again with the new email address and without the password', async () => {
    const { page, context } = await pageOf('ada', '/account/email')
    await page.getByLabel('New email').fill('ada@example.org')
    await page.getByLabel('Current password').fill('a password that is typed')
    await endBrowserSessions(ada)
    await page.getByRole('button', { name: 'Send the code' }).click()
    await page.getByRole('heading', { name: 'Sign in' }).waitFor()
    const cookie = (await context.cookies()).find(({ name }) => name === 'muster_typed')
    expect(cookie).toMatchObject({ httpOnly: true, sameSite: 'Lax' })
    expect(Buffer.from(cookie?.value.split('.')[1] ?? '', 'base64url').toString('latin1'), 'sealed').not.toContain('ada@')
    await signIn(page, 'ada')
    await page.getByText(kept, { exact: false }).waitFor()
    expect([await page.getByLabel('New email').inputValue(), await page.getByLabel('Current password').inputValue()]).toEqual(['ada@example.org', ''])
  })

  test('a form for a new password is shown empty', async () => {
    const { page } = await pageOf('ada', '/account/password')
    await page.getByLabel('Current password').fill(PASSWORD)
    await page.getByLabel('New password').fill('another long password of hers')
    await endBrowserSessions(ada)
    await page.getByRole('button', { name: 'Change password' }).click()
    await page.getByText('This session has ended. Sign in again to continue.').waitFor()
    await signIn(page, 'ada')
    await page.getByRole('heading', { name: 'Change your password' }).waitFor()
    expect(await page.getByLabel('New password').inputValue()).toBe('')
  })

  test('a form for a username is shown again as typed', async () => {
    const eve = await muster.newcomer('eve')
    const { page } = await pageOf(eve.email, '/')
    await page.getByLabel('Username').fill('eve_typed')
    await endBrowserSessions(eve)
    await page.getByRole('button', { name: 'Register' }).click()
    await page.getByText('This session has ended. Sign in again to continue.').waitFor()
    await signIn(page, eve.email)
    await page.getByText(kept, { exact: false }).waitFor()
    expect(await page.getByLabel('Username').inputValue()).toBe('eve_typed')
  })

  test('a form of an invitation is shown again with the username', async () => {
    const fay = await muster.newcomer('fay')
    const { body } = await muster.call('POST', '/v1/organizations/ada/invitations', { token: ada.token, body: { email: fay.email } })
    const { body: copied } = await muster.call('POST', `/v1/organizations/ada/invitations/${body.id ?? body.invitation?.id}/link`, { token: ada.token })
    const { page } = await pageOf(fay.email, '/')
    await page.goto(copied.url ?? copied.link)
    await page.getByLabel('Username').fill('fay_typed')
    await endBrowserSessions(fay)
    await page.getByRole('button', { name: /^(Join|Register|Accept)/ }).click()
    await page.getByText('This session has ended. Sign in again to continue.').waitFor()
    await signIn(page, fay.email)
    await page.getByText(kept, { exact: false }).waitFor()
    await shoot(page, 'typed-invitation')
    expect(await page.getByLabel('Username').inputValue()).toBe('fay_typed')
  })

  test('a form for a device code continues with that code after signing in', async () => {
    const { page } = await pageOf('ada', '/device')
    const { body } = await startDevice(muster)
    await page.getByRole('textbox').fill(body.user_code)
    await endBrowserSessions(ada)
    await page.getByRole('button', { name: 'Continue' }).click()
    await page.getByText('This session has ended. Sign in again to continue.').waitFor()
    await signIn(page, 'ada')
    await page.getByRole('heading', { name: 'Let Muster CLI log in?' }).waitFor()
    expect(await page.getByRole('main').innerText()).toContain(body.user_code)
  })
})
