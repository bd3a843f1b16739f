import { launchBrowser } from '@muster/testkit/browser.ts'
import { type Human, type Muster, PASSWORD, startMuster } from '@muster/testkit/muster.ts'
import type { Browser, BrowserContext, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { answerDevice, pollDevice, SCOPE, startDevice } from '../oauth/conversation.ts'
import { goodPassword } from './office.ts'

let muster: Muster
let browser: Browser
const contexts: BrowserContext[] = []
beforeAll(async () => {
  ;[muster, browser] = await Promise.all([startMuster(), launchBrowser()])
})
afterAll(async () => {
  await browser?.close()
  await muster?.close()
})
afterEach(async () => {
  for (const context of contexts.splice(0)) await context.close()
})

/** Set MUSTER_SCREENSHOTS to a folder to look at the pages. */
const shots = process.env.MUSTER_SCREENSHOTS
const shoot = async (page: Page, name: string): Promise<void> => {
  if (shots) await page.screenshot({ path: `${shots}/${name}.png`, fullPage: true })
}

/** Opens `path` in a browser without JavaScript and signs in on the page it redirects to. */
async function signedInPage(human: Human, path: string, password = PASSWORD): Promise<Page> {
  const context = await browser.newContext({ javaScriptEnabled: false, baseURL: muster.url })
  contexts.push(context)
  context.setDefaultTimeout(60_000)
  const page = await context.newPage()
  await page.goto(path)
  await page.getByLabel('Email or username').fill(human.name)
  await page.getByLabel('Password', { exact: true }).fill(password)
  await page.getByRole('button', { name: 'Sign in' }).click()
  return page
}

const works = async (human: Human): Promise<boolean> => (await muster.call('GET', '/v1/me', { token: human.token })).status === 200

describe('the account pages in a browser without JavaScript', () => {
  test('the email about a new login links to the page that ends that login (D02)', async () => {
    const ada = await muster.person('ada')
    const { body } = await startDevice(muster, `${SCOPE} offline_access`)
    await answerDevice(muster, ada, body.user_code)
    const token = (await pollDevice(muster, body.device_code)).body.access_token
    const mail = await muster.mail.next(ada.email)
    const link = mail.text.split(/\s+/).find((word) => word.endsWith('/logins'))
    expect(link).toBe(`${muster.url}/logins`)

    const page = await signedInPage(ada, '/logins')
    await page.getByRole('heading', { name: 'Your logins' }).waitFor()
    await shoot(page, 'logins')
    expect(await page.getByText('This browser', { exact: true }).count()).toBe(1)
    const entry = page.getByRole('listitem').filter({ hasText: 'Refresh token for a terminal or CI' })
    expect(await entry.innerText()).toMatch(/Muster CLI[\s\S]*127\.0\.0\.1, node[\s\S]*Last used[\s\S]*Started[\s\S]*rtk_/)
    await entry.getByRole('button', { name: /^End/ }).click()
    await page.getByText('Login ended. Its tokens are no longer valid.').waitFor()
    expect(await entry.count()).toBe(0)
    expect((await muster.call('GET', '/v1/me', { token })).body.code).toBe('token_revoked')
    expect(await works(ada)).toBe(true)
  })

  test('a user ends all other logins and keeps this browser signed in', async () => {
    const bob = await muster.person('bob')
    const elsewhere = await muster.login(bob)
    const page = await signedInPage(bob, '/account')
    await page.getByRole('link', { name: 'Back to home' }).click()
    await page.getByRole('link', { name: 'Your logins' }).click()
    await page.getByRole('button', { name: /^End all \d+ other logins/ }).click()
    await page.getByText(/logins ended/).waitFor()
    expect([await works(bob), await works(elsewhere)]).toEqual([false, false])
    expect(await page.getByRole('listitem').filter({ hasText: 'Last used' }).count()).toBe(1)
    await page.getByRole('button', { name: /^Sign out/ }).click()
    await page.getByRole('heading', { name: 'You are signed out' }).waitFor()
    await page.goto('/logins')
    await page.getByRole('button', { name: 'Sign in' }).waitFor()
  })

  test('a session is not ended by another user or another site (B01, C08)', async () => {
    const [cat, dan] = [await muster.person('cat'), await muster.person('dan')]
    const page = await signedInPage(cat, '/logins')
    const cookie = (await page.context().cookies()).map(({ name, value }) => `${name}=${value}`).join('; ')
    const end = (session: string, origin: string) =>
      fetch(`${muster.url}/logins/end`, {
        method: 'POST',
        redirect: 'manual',
        headers: { cookie, origin, 'content-type': 'application/x-www-form-urlencoded' },
        body: new URLSearchParams({ session }),
      })
    expect((await end(dan.sessionId, muster.url)).status).toBe(404)
    expect((await end('nonsense', muster.url)).status).toBe(404)
    expect((await end(cat.sessionId, 'https://evil.example')).status).toBe(403)
    expect([await works(cat), await works(dan)]).toEqual([true, true])
  })

  test('a user changes their name, password and email address on the account pages', async () => {
    const eve = await muster.person('eve')
    await muster.call('POST', '/v1/me/keys', { token: eve.token, body: { description: 'deployment', scope: 'all' } })
    const page = await signedInPage(eve, '/account')
    await page.getByRole('heading', { name: 'Your account' }).waitFor()
    await shoot(page, 'account')

    await page.getByRole('link', { name: 'Change your name' }).click()
    await page.getByLabel('Given name').fill('')
    await page.getByRole('button', { name: 'Save name' }).click()
    await page.getByRole('alert').waitFor()
    await page.getByLabel('Given name').fill('Eve Maria')
    await page.getByRole('button', { name: 'Save name' }).click()
    await page.getByText('Your name was changed.').waitFor()
    expect(await page.getByText('Eve Maria Test').count()).toBe(1)

    await page.getByRole('link', { name: 'Change your password' }).click()
    await page.getByLabel('Current password').fill('not it at all')
    await page.getByLabel('New password').fill(goodPassword)
    await page.getByLabel('Revoke this key too').check()
    await page.getByRole('button', { name: 'Change password' }).click()
    await page.getByRole('alert').filter({ hasText: 'That is not your password.' }).waitFor()
    expect(await page.getByLabel('Revoke this key too').isChecked()).toBe(true)
    await page.getByLabel('Revoke this key too').uncheck()
    await shoot(page, 'password')
    await page.getByLabel('Current password').fill(PASSWORD)
    await page.getByLabel('New password').fill(goodPassword)
    await page.getByRole('button', { name: 'Change password' }).click()
    await page.getByText('Your password was changed.').waitFor()
    expect(await works(eve)).toBe(false)

    await page.getByRole('link', { name: 'Change your email address' }).click()
    await page.getByLabel('New email').fill('eve@example.org')
    await page.getByLabel('Current password').fill(goodPassword)
    await shoot(page, 'email')
    await page.getByRole('button', { name: 'Send the code' }).click()
    await page.getByText('We sent a six-digit code to').waitFor()
    await page.getByLabel('Six-digit code').fill('12')
    await page.getByRole('button', { name: 'Confirm' }).click()
    await page.getByRole('alert').filter({ hasText: '4 tries are left' }).waitFor()
    await shoot(page, 'email-code')
    const code = /\b\d{6}\b/.exec((await muster.mail.next('eve@example.org')).text)?.[0] ?? ''
    await page.getByLabel('Six-digit code').fill(code)
    await page.getByRole('button', { name: 'Confirm' }).click()
    await page.getByText('Your email address was changed.').waitFor()
    expect(await page.getByText('eve@example.org').count()).toBe(1)

    await signedInPage({ ...eve, name: 'eve@example.org' }, '/account', goodPassword).then((again) =>
      again.getByRole('heading', { name: 'Your account' }).waitFor(),
    )
  })

  test('an account without a username has the account pages (S55)', async () => {
    const newcomer = await muster.newcomer('newcomer')
    const page = await signedInPage({ ...newcomer, name: newcomer.email }, '/logins')
    await page.getByRole('heading', { name: 'Your logins' }).waitFor()
  })
})
