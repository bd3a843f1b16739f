import { strict as assert } from 'node:assert'
import { launchBrowser } from '@muster/testkit/browser.ts'
import { type Muster, PASSWORD, startMuster } from '@muster/testkit/muster.ts'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, test } from 'vitest'
import { startDevice } from '../oauth/conversation.ts'
import { heading, press, signIn } from './person.ts'

// A newcomer visits every page without a mail server, in a narrow browser with a dark theme and touch. Pages do not depend on the engine. Accessibility is
// tested in portal/pages-in-browser.test.ts, which has every page.

/** A folder for screenshots, to look at the pages. */
const shots = process.env.MUSTER_SCREENSHOTS

const narrow = { width: 320, height: 640 }

async function shoot(page: Page, path: string): Promise<void> {
  await page.screenshot({ path: `${path}-dark.png`, fullPage: true })
  await page.emulateMedia({ colorScheme: 'light' })
  await page.setViewportSize({ width: 1280, height: 800 })
  await page.screenshot({ path: `${path}-light.png`, fullPage: true })
  await page.emulateMedia({ colorScheme: 'dark' })
  await page.setViewportSize(narrow)
}

describe('the pages as they are served', () => {
  let muster: Muster
  let browser: Browser

  beforeAll(async () => {
    ;[muster, browser] = await Promise.all([startMuster({ mailbox: true }), launchBrowser()])
    await muster.person('taken')
  })
  afterAll(async () => {
    await browser?.close()
    await muster?.close()
  })

  test.concurrent('every page fits 320 px and loads nothing from other origins', async () => {
    const context = await browser.newContext({ viewport: narrow, colorScheme: 'dark', isMobile: true, hasTouch: true })
    context.setDefaultTimeout(60_000)
    const page = await context.newPage()
    const faults: string[] = []
    const seen: string[] = []
    page.on('request', (request) => request.url().startsWith(muster.url) || faults.push(`asked ${request.url()}`))
    page.on('console', (message) => message.type() === 'error' && !/status of 4\d\d/.test(message.text()) && faults.push(message.text()))
    page.on('pageerror', (error) => faults.push(error.message))
    page.on('response', async (response) => {
      if (!response.headers()['content-type']?.startsWith('text/html')) return
      const { 'content-security-policy': policy = '', 'cache-control': cache, 'x-content-type-options': sniff } = response.headers()
      const path = new URL(response.url()).pathname
      if (!/default-src 'none'/.test(policy) || /unsafe|\*/.test(policy)) faults.push(`${path}: the policy is ${policy}`)
      if (cache !== 'no-store' || sniff !== 'nosniff') faults.push(`${path}: ${cache} ${sniff}`)
    })
    const lookAt = async (expected: string): Promise<void> => {
      await page.getByRole('heading', { level: 1, name: expected }).waitFor()
      const excess = await page.evaluate('document.documentElement.scrollWidth - document.documentElement.clientWidth')
      if (excess !== 0) faults.push(`${expected}: ${excess} px too wide`)
      seen.push(expected)
      if (shots) await shoot(page, `${shots}/${String(seen.length).padStart(2, '0')}`)
    }
    const name = 'bernadette_of_the_long_username'.slice(0, 30)
    const email = `${name}@example.com`

    await page.goto(muster.url)
    await lookAt('Your account for this cloud')
    await page.goto(`${muster.url}/no/such/page`)
    await lookAt('Page not found')
    await page.goto(`${muster.url}/sign-in`)
    await lookAt('Sign in')
    await signIn(page, 'nobody', 'nothing at all')
    await lookAt('Sign in')
    await page.getByRole('link', { name: 'Create an account' }).click()
    await lookAt('Create an account')
    await press(page, 'Send the code')
    await lookAt('Create an account')
    await page.getByLabel('Email').fill(email)
    await page.getByLabel('Password', { exact: true }).fill(PASSWORD)
    await page.getByLabel('Given name').fill('Zoë')
    await page.getByLabel('Family name').fill('Müller-Lüdenscheidt')
    await press(page, 'Send the code')
    await lookAt('Check your email for a code')
    const mailbox = await context.newPage()
    const code = await mailCode(mailbox, email)
    await page.getByLabel('Six-digit code').fill(code === '111111' ? '222222' : '111111')
    await press(page, 'Confirm')
    await page.getByRole('alert').waitFor()
    await lookAt('Check your email for a code')
    await page.getByLabel('Six-digit code').fill(code)
    await press(page, 'Confirm')
    await lookAt('Choose a username')
    await page.getByLabel('Username').fill('taken')
    await press(page, 'Register')
    await page.getByRole('alert').waitFor()
    await lookAt('Choose a username')
    await page.getByLabel('Username').fill(name)
    await press(page, 'Register')
    await lookAt(`Signed in as ${name}`)

    const [plain, offline] = [await startDevice(muster), await startDevice(muster, 'openid profile email api offline_access')]
    await page.goto(`${muster.url}/device`)
    await lookAt('Enter the code from your terminal')
    await page.goto(plain.body.verification_uri_complete)
    await lookAt('Let Muster CLI log in?')
    await press(page, 'Approve')
    await lookAt('Approved')
    await page.goto(offline.body.verification_uri_complete)
    await lookAt('Let Muster CLI log in?')
    await press(page, 'Deny')
    await lookAt('Denied')
    await page.goto(plain.body.verification_uri_complete)
    await lookAt('This code has already been used')
    await page.goto(`${muster.url}/device`)
    await page.getByLabel('Code').fill('XXXX-XXXX')
    await press(page, 'Continue')
    await page.getByRole('alert').waitFor()
    await lookAt('Enter the code from your terminal')

    await page.goto(muster.url)
    await press(page, 'Sign out')
    await lookAt('You are signed out')
    await page.goto(`${muster.url}/forgot-password`)
    await lookAt('Reset your password')
    await page.getByLabel('Email').fill(email)
    await press(page, 'Send the link')
    await lookAt('Check your email')
    await page.goto(`${muster.url}/mailbox`)
    await page.getByText('Choose a new password').first().waitFor()
    await lookAt(await heading(page))
    await page.getByRole('link', { name: 'Choose a new password' }).first().click()
    await page.waitForLoadState()
    await lookAt(await heading(page))
    await page.goto(`${muster.url}/reset-password?token=nothing`)
    await lookAt('This link is no longer valid')
    await context.close()
    assert.deepEqual(faults, [])
  })

  test.concurrent.each(['light', 'dark'] as const)('the API page loads nothing from other origins (%s)', async (colorScheme) => {
    const page = await browser.newPage({ colorScheme })
    await page.addInitScript(
      "window.blocked = []; addEventListener('securitypolicyviolation', ({ effectiveDirective }) => window.blocked.push(effectiveDirective))",
    )
    const faults: string[] = []
    page.on('request', (request) => request.url().startsWith(muster.url) || /^(data|blob):/.test(request.url()) || faults.push(`asked ${request.url()}`))
    page.on('console', (message) => message.type() === 'error' && faults.push(message.text()))
    page.on('pageerror', (error) => faults.push(error.message))
    await page.goto(`${muster.url}/docs`)
    await page.getByText('Accounts, organizations and access for a developer cloud.').first().waitFor()
    if (shots) await page.screenshot({ path: `${shots}/docs-${colorScheme}.png` })
    // The form that sends a request has styles of its own, and an editor.
    await page
      .getByRole('button', { name: /Test Request/ })
      .first()
      .click()
    await page.getByRole('button', { name: /Send/ }).first().waitFor()
    assert.notEqual(await page.evaluate("getComputedStyle(document.querySelector('[role=dialog]')).position"), 'static') // The styles are applied.
    assert.deepEqual(await page.evaluate('window.blocked'), [])
    await page.close()
    assert.deepEqual(faults, [])
  })

  /** Reads the code from the local mailbox page, which stands in for a mail server. */
  async function mailCode(page: Page, email: string): Promise<string> {
    const mail = page.getByRole('listitem').filter({ hasText: email }).first()
    for (let tries = 0; tries < 50; tries++) {
      await page.goto(`${muster.url}/mailbox`)
      const code = (await mail.count()) > 0 ? /(\d{6}) is your Muster code/.exec(await mail.innerText())?.[1] : undefined
      if (code) return code
      await page.waitForTimeout(100)
    }
    throw new Error(`no mail to ${email} in the local mailbox`)
  }
})
