import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { launchBrowser } from '@muster/testkit/browser.ts'
import { type Muster, PASSWORD, startMuster } from '@muster/testkit/muster.ts'
import type { Browser, BrowserContext, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
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

/** Opens a page without JavaScript. Console errors and requests to other hosts are collected as complaints. */
async function aPage(): Promise<{ page: Page; complaints: string[] }> {
  const context = await browser.newContext({ javaScriptEnabled: false, baseURL: muster.url })
  contexts.push(context)
  const page = await context.newPage()
  const complaints: string[] = []
  page.on('console', (message) => {
    // Chromium also reports a form answered with a 4xx as a failed load.
    if (message.type() === 'error' && !/status of 4\d\d/.test(message.text())) complaints.push(message.text())
  })
  page.on('request', (request) => {
    if (new URL(request.url()).origin !== muster.url) complaints.push(`asked ${request.url()}`)
  })
  return { page, complaints }
}

async function codeFor(email: string): Promise<string> {
  const { text } = await muster.mail.next(email)
  return /\b\d{6}\b/.exec(text)?.[0] ?? ''
}

async function signUp(page: Page, name: string): Promise<void> {
  await page.getByLabel('Email').fill(`${name}@example.com`)
  await page.getByLabel('Password', { exact: true }).fill(goodPassword)
  await page.getByLabel('Given name').fill(name)
  await page.getByLabel('Family name').fill('Test')
  await page.getByRole('button', { name: 'Send the code' }).click()
  await page.getByLabel('Six-digit code').fill(await codeFor(`${name}@example.com`))
  await page.getByRole('button', { name: 'Confirm' }).click()
}

describe('in a browser without JavaScript', () => {
  test('a newcomer signs up, registers a username, signs out and signs in again', async () => {
    const { page, complaints } = await aPage()
    await page.goto('/')
    await page.getByRole('link', { name: 'Create an account' }).click()
    await signUp(page, 'ada')
    await page.getByLabel('Username').fill('Ada!')
    await page.getByRole('button', { name: 'Register' }).click()
    await page.getByRole('alert').waitFor()
    await page.getByLabel('Username').fill('ada')
    await page.getByRole('button', { name: 'Register' }).click()
    await page.getByRole('heading', { name: 'Signed in as ada' }).waitFor()
    await page.getByRole('button', { name: 'Sign out' }).click()
    await page.getByRole('link', { name: 'Sign in again' }).click()
    await page.getByLabel('Email or username').fill('ada')
    await page.getByLabel('Password', { exact: true }).fill('not the password at all')
    await page.getByRole('button', { name: 'Sign in' }).click()
    await page.getByRole('alert').waitFor()
    expect(await page.getByLabel('Email or username').inputValue()).toBe('ada')
    expect(await page.getByLabel('Password', { exact: true }).inputValue()).toBe('')
    await page.getByLabel('Password', { exact: true }).fill(goodPassword)
    await page.getByRole('button', { name: 'Sign in' }).click()
    await page.getByRole('heading', { name: 'Signed in as ada' }).waitFor()
    expect(complaints).toEqual([])
  })

  test('a user with a forgotten password sets a new one through the emailed link', async () => {
    const { email } = await muster.person('bob')
    const { page, complaints } = await aPage()
    await page.goto('/sign-in')
    await page.getByRole('link', { name: 'Forgot your password?' }).click()
    await page.getByLabel('Email').fill(email)
    await page.getByRole('button', { name: 'Send the link' }).click()
    await page.getByRole('heading', { name: 'Check your email' }).waitFor()
    const { text } = await muster.mail.next(email)
    const link = /http\S+reset-password\?token=\S+/.exec(text)?.[0] ?? ''
    await page.goto(link)
    await page.getByLabel('New password').fill(goodPassword)
    await page.getByRole('button', { name: 'Set password' }).click()
    await page.getByRole('heading', { name: 'Your new password is set' }).waitFor()
    await page.getByRole('link', { name: 'Sign in' }).click()
    await page.getByLabel('Email or username').fill(email)
    await page.getByLabel('Password', { exact: true }).fill(goodPassword)
    await page.getByRole('button', { name: 'Sign in' }).click()
    await page.getByRole('heading', { name: 'Signed in as bob' }).waitFor()
    expect(complaints).toEqual([])
    // Tokens in URLs and values in forms are never logged (E13).
    const log = muster.log.join('\n')
    expect(log).not.toContain(new URL(link).searchParams.get('token'))
    expect(log).not.toContain(goodPassword)
  })

  test('a newcomer can sign up and approve during a login started by another account', async () => {
    await muster.person('carol')
    const form = new URLSearchParams({ client_id: 'muster-cli', scope: 'openid profile email api' })
    const response = await fetch(`${muster.url}/oauth/device/code`, { method: 'POST', body: form })
    const started = (await response.json()) as { verification_uri_complete: string; user_code: string; device_code: string }
    const { page, complaints } = await aPage()
    await page.goto(started.verification_uri_complete)
    await page.getByLabel('Email or username').fill('carol')
    await page.getByLabel('Password', { exact: true }).fill(PASSWORD)
    await page.getByRole('button', { name: 'Sign in' }).click()
    await page.getByText(started.user_code).waitFor()
    await page.getByRole('button', { name: 'Use another account' }).click()
    await page.getByRole('link', { name: 'Create an account' }).click()
    await signUp(page, 'dora')
    await page.getByRole('heading', { name: /log in\?/ }).waitFor()
    await page.getByText(started.user_code).waitFor()
    expect(await page.getByText('dora@example.com').count()).toBe(1)
    await page.getByRole('button', { name: 'Approve' }).click()
    await page.getByRole('heading', { name: 'Approved' }).waitFor()
    expect(complaints).toEqual([])

    const grant = new URLSearchParams({ client_id: 'muster-cli', grant_type: 'urn:ietf:params:oauth:grant-type:device_code', device_code: started.device_code })
    const token = (await (await fetch(`${muster.url}/oauth/token`, { method: 'POST', body: grant })).json()) as { access_token: string }
    const me = await muster.call('GET', '/v1/me', { token: token.access_token })
    expect(me.body).toMatchObject({ email: 'dora@example.com', username: null, organization: null })
  })
})

describe('on the whole server', () => {
  test('pages have their own content security policy, not the one of the API', async () => {
    const page = await fetch(`${muster.url}/sign-in`)
    expect(page.headers.get('content-security-policy')).toContain("style-src 'self'")
    expect(page.headers.get('content-security-policy')).not.toContain(',')
    expect(page.headers.get('referrer-policy')).toBe('same-origin')
    expect(page.headers.get('cache-control')).toBe('no-store')
  })

  test('a form of another site is refused in a real browser (C08)', async () => {
    // The same machine under another host name and port is another site.
    const stranger = createServer((_request, response) => {
      response
        .writeHead(200, { 'content-type': 'text/html' })
        .end(`<form method="post" action="${muster.url}/sign-in"><input name="identifier" value="erin"><button>Win a prize</button></form>`)
    })
    await new Promise<void>((resolve) => stranger.listen(0, '127.0.0.1', resolve))
    const { page } = await aPage()
    await page.goto(`http://127.0.0.1:${(stranger.address() as AddressInfo).port}/`)
    const answer = page.waitForResponse((response) => response.request().method() === 'POST')
    await page.getByRole('button').click()
    expect((await answer).status()).toBe(403)
    await page.getByText('cross_site_request').waitFor()
    stranger.close()
  })
})
