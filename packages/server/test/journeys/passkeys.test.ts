import { strict as assert } from 'node:assert'
import { engines } from '@muster/testkit/database.ts'
import { type Muster, PASSWORD } from '@muster/testkit/muster.ts'
import { sql } from 'kysely'
import { Secret, TOTP } from 'otpauth'
import type { CDPSession, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, test } from 'vitest'
import { aJourney, type Journey } from './journey.ts'
import { approve, heading, press, signIn } from './person.ts'
import { shown } from './terminal.ts'

const synchronized = {
  protocol: 'ctap2',
  transport: 'internal',
  hasResidentKey: true,
  hasUserVerification: true,
  isUserVerified: true,
  defaultBackupEligibility: true,
} as const
const securityKey = { protocol: 'ctap2', transport: 'usb', hasResidentKey: true, hasUserVerification: true, isUserVerified: true } as const

/** Plugs a virtual authenticator of Chromium into the page. */
async function plugIn(page: Page, options: typeof synchronized | typeof securityKey): Promise<{ cdp: CDPSession; id: string }> {
  const cdp = await page.context().newCDPSession(page)
  await cdp.send('WebAuthn.enable')
  const { authenticatorId: id } = await cdp.send('WebAuthn.addVirtualAuthenticator', { options: { ...options, automaticPresenceSimulation: true } })
  return { cdp, id }
}

describe.each(engines)('passkeys, on %s', (engine) => {
  let journey: Journey
  let muster: Muster
  beforeAll(async () => {
    journey = await aJourney(engine)
    muster = journey.muster
  })
  afterAll(() => journey?.close())

  test('a person adds a passkey, signs in with it, and approves a device (F2, F24)', async () => {
    const person = await muster.person('paula')
    const page = await journey.tab()
    await plugIn(page, synchronized)
    await page.goto(`${muster.url}/sign-in`)
    await signIn(page, 'paula')
    await page.getByRole('heading', { name: 'Signed in as paula' }).waitFor()

    await muster.clock.advance(11 * 60)
    await page.goto(`${muster.url}/account/security`)
    await page.getByText('None yet.').waitFor()
    await page.getByRole('link', { name: 'Add a passkey' }).click()
    assert.equal(await heading(page), 'Confirm that it’s you')
    await page.getByLabel('Password', { exact: true }).fill('not the password')
    await press(page, 'Confirm')
    await page.getByRole('alert').getByText('That is not your password.').waitFor()
    await page.getByLabel('Password', { exact: true }).fill(PASSWORD)
    await press(page, 'Confirm')
    await page.getByRole('heading', { name: 'Add a passkey' }).waitFor()
    await page.getByLabel('Name').fill('Laptop')
    await press(page, 'Add a passkey')
    await page.getByText('Your passkey was added.').waitFor()
    await page.getByRole('heading', { name: 'Laptop' }).waitFor()
    assert.match((await muster.mail.next(person.email)).subject, /A passkey was added/)

    await page.goto(muster.url)
    await press(page, 'Sign out')
    const cli = await journey.terminal()
    const login = cli.start('login --no-browser')
    const { url, code } = await shown(login)
    await page.goto(url) // The field of the sign-in page suggests the passkey, and the authenticator of this test accepts at once.
    await approve(page, code)
    const ended = await login.ended
    assert.equal(ended.code, 0, ended.text)
    assert.match(ended.text, /Logged in as paula, in paula\./)

    const listed = await cli.run('security list')
    assert.match(listed.stdout, /^Laptop\tsynchronized passkey/)
    assert.match(listed.stderr, new RegExp(`To change how you sign in: ${muster.url}/account/security`))
    assert.equal((await cli.json('security list')).passkeys[0].device_bound, false)
  })

  test('a newcomer registers from the terminal with a passkey and no password (F2)', async () => {
    const cli = await journey.terminal()
    const register = cli.start('register -u wanda --given-name Given --family-name Family --no-browser')
    const { url, code } = await shown(register)
    const page = await journey.tab()
    await plugIn(page, synchronized)
    await page.goto(url)
    await page.getByRole('link', { name: 'Sign up with a passkey instead of a password' }).click()
    await page.getByText('Then you’ll add a passkey.').waitFor()
    await page.getByLabel('Email').fill('wanda@example.com')
    await page.getByLabel('Given name').fill('Given')
    await press(page, 'Send the code')
    await page.getByText('Next, you’ll add a passkey.').waitFor()
    const { text } = await muster.mail.next('wanda@example.com')
    await page.getByLabel('Six-digit code').fill(/\b\d{6}\b/.exec(text)?.[0] ?? '')
    await press(page, 'Confirm')
    await page.getByRole('heading', { name: 'Add your passkey' }).waitFor()
    await press(page, 'Add a passkey')
    await page.getByRole('heading', { name: 'Your passkey is ready' }).waitFor()
    await page.getByRole('link', { name: 'Skip', exact: true }).click()
    await approve(page, code)
    assert.equal((await register.ended).code, 0)
    assert.match((await cli.run('security list')).stdout, /^Passkey\tsynchronized passkey/)
  })

  test('a person signs in by the button with a security key, and removes it', async () => {
    await muster.person('otto')
    const page = await journey.tab()
    await page.addInitScript('PublicKeyCredential.isConditionalMediationAvailable = async () => false')
    const { cdp, id } = await plugIn(page, securityKey)
    await page.goto(`${muster.url}/sign-in`)
    await signIn(page, 'otto')
    await page.getByRole('heading', { name: 'Signed in as otto' }).waitFor()
    await page.goto(`${muster.url}/account/add-passkey`)
    await press(page, 'Add a passkey')
    await page.getByText('On one device').waitFor()

    // The same key holds a passkey of this account, so the browser creates no second one.
    await page.getByRole('link', { name: 'Add a passkey' }).click()
    await press(page, 'Add a passkey')
    await page.getByText('Your account already has a passkey on this device.').waitFor()

    await page.goto(muster.url)
    await press(page, 'Sign out')
    await page.goto(`${muster.url}/sign-in`)
    await cdp.send('WebAuthn.setUserVerified', { authenticatorId: id, isUserVerified: false })
    await press(page, 'Sign in with a passkey')
    await page.getByText('No passkey was used.').waitFor()
    await cdp.send('WebAuthn.setUserVerified', { authenticatorId: id, isUserVerified: true })
    await press(page, 'Sign in with a passkey')
    await page.getByRole('heading', { name: 'Signed in as otto' }).waitFor()

    // With an authenticator app, the key is a second factor. The box beside its button makes this browser a remembered browser (F11).
    await sql`insert into authenticator (user_id, secret, key_generation, last_step, address, created_at)
      select id, ${Buffer.alloc(8)}, 0, 1, '192.0.2.1', muster_now() - interval '1 hour' from account where username = 'otto'`.execute(
      muster.server.database.kysely,
    )
    for (const asks of [true, false]) {
      await page.goto(muster.url)
      await press(page, 'Sign out')
      await page.goto(`${muster.url}/sign-in`)
      await signIn(page, 'otto')
      if (asks) await page.getByLabel('Do not ask for a second factor in this browser').check()
      if (asks) await press(page, 'Use a passkey instead')
      await page.getByRole('heading', { name: 'Signed in as otto' }).waitFor()
    }
    await page.goto(`${muster.url}/account/confirm?continue=/account/security`)
    await press(page, 'Confirm with a passkey')
    await page.getByText('In these browsers, your password alone is enough').waitFor()

    await page.goto(`${muster.url}/account/security`)
    await page.getByRole('link', { name: /^Change\W+Passkey/ }).click()
    await press(page, 'Remove passkey')
    await page.getByText('Your passkey was removed.').waitFor()
  })

  test('without JavaScript, a person sees no button that does nothing', async () => {
    await muster.person('nell')
    const page = await journey.tab({ javaScriptEnabled: false })
    await page.goto(`${muster.url}/sign-in`)
    assert.equal(await page.getByRole('button', { name: 'Sign in with a passkey' }).count(), 0)
    await signIn(page, 'nell')
    await page.goto(`${muster.url}/account/add-passkey`)
    await page.getByText('Adding a passkey requires JavaScript').waitFor()
    assert.equal(await page.getByRole('button', { name: 'Add a passkey' }).count(), 0)
  })

  test('with an authenticator app, a person approves a device after a code (F5)', async () => {
    const person = await muster.person('tova')
    const page = await journey.tab({ javaScriptEnabled: false })
    await page.goto(`${muster.url}/sign-in`)
    await signIn(page, 'tova')
    await page.goto(`${muster.url}/account/security`)
    await page.getByRole('link', { name: /^Add\W+an authenticator app/ }).click()
    await page.getByAltText('QR code for the authenticator app').waitFor()
    const secret = (await page.locator('.with-copy .code').innerText()).replaceAll(' ', '')
    const code = (): string => new TOTP({ secret: Secret.fromBase32(secret) }).generate()
    await page.getByLabel('Code', { exact: true }).fill(code())
    await press(page, 'Add the app')
    assert.equal(await heading(page), 'Your recovery codes')
    const recoveryCode = await page.locator('.codes .code').first().innerText()
    assert.match((await muster.mail.next(person.email)).subject, /An authenticator app was added/)

    await muster.clock.advance(60)
    const cli = await journey.terminal()
    const login = cli.start('login --no-browser')
    const { url, code: userCode } = await shown(login)
    const other = await journey.tab({ javaScriptEnabled: false })
    await other.goto(url)
    await signIn(other, 'tova')
    assert.equal(await heading(other), 'Enter the code from your app')
    await other.getByText('Logging in with muster in your terminal').waitFor()
    await other.getByLabel('Code from your authenticator app').fill('12345')
    await press(other, 'Sign in')
    await other.getByRole('alert').getByText('This code is not valid.').waitFor()
    await other.getByRole('link', { name: 'Use a recovery code' }).click()
    await other.getByLabel('Recovery code').fill(recoveryCode)
    await press(other, 'Sign in')
    await approve(other, userCode)
    assert.equal((await login.ended).code, 0)
    assert.match((await cli.run('security list')).stdout, /^Authenticator app\t9 recovery codes left/)
  })
})
