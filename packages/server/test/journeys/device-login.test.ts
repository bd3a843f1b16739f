import { strict as assert } from 'node:assert'
import { engines } from '@muster/testkit/database.ts'
import { type Muster, PASSWORD } from '@muster/testkit/muster.ts'
import type { BrowserContextOptions, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, test } from 'vitest'
import { aJourney, type Journey } from './journey.ts'
import { approve, compareCode, heading, press, signIn, signUp } from './person.ts'
import { shown, type Terminal } from './terminal.ts'

// The command polls every five seconds, so tests that wait for it run concurrently.

describe.each(engines)('a login on a terminal, approved in a browser, on %s', (engine) => {
  let journey: Journey
  let muster: Muster
  const terminal = (): Promise<Terminal> => journey.terminal()
  const tab = (options?: BrowserContextOptions): Promise<Page> => journey.tab(options)

  beforeAll(async () => {
    journey = await aJourney(engine)
    muster = journey.muster
  })
  afterAll(() => journey?.close())

  test.concurrent.each([
    ['with JavaScript', 'alice', true],
    ['without JavaScript', 'nora', false],
  ] as const)('%s, a newcomer signs up and registers within one login', async (_, name, javaScriptEnabled) => {
    const cli = await terminal()
    const register = cli.start(`register -u ${name} --given-name Given --family-name "Long Family" --no-browser`)
    const { url, code } = await shown(register)
    assert.ok(url.startsWith(`${muster.url}/device?user_code=`))

    const page = await tab({ javaScriptEnabled })
    await page.goto(url)
    assert.equal(await heading(page), 'Create an account')
    await page.getByText('Registering with muster in your terminal').waitFor()
    await signUp(page, muster, { email: `${name}@example.com` })
    await compareCode(page, code)
    assert.equal(await heading(page), `Register as ${name}?`)
    await page.getByText(`${name}@example.com`).first().waitFor()
    assert.match(await page.getByRole('main').innerText(), /Requested from\s+127\.0\.0\.1[\s\S]*Requested with\s+muster-cli[\s\S]*24 hours/)
    await press(page, 'Approve')
    await page.getByRole('heading', { name: 'Approved' }).waitFor()

    const ended = await register.ended
    assert.equal(ended.code, 0, ended.text)
    assert.match(ended.text, new RegExp(`Registered and logged in as ${name}\\.`))
    assert.deepEqual([await cli.mode('.muster'), await cli.mode('.muster/credentials')], ['700', '600'])
    assert.equal((await cli.credentials()).refresh_token, undefined) // The login has no refresh token (S46).

    const profile = await cli.run('profile')
    assert.equal(profile.code, 0)
    assert.match(
      profile.stdout,
      new RegExp(`Username\\t${name}\\n[\\s\\S]*Email\\t${name}@example.com\\n[\\s\\S]*Organization\\t${name}\\nRole\\tadmin\\nPlan\\tpro`),
    )
    const me = await cli.json('profile')
    assert.deepEqual(
      [me.username, me.email, me.organization.name, me.organization.role, me.organization.personal, me.session.kind],
      [name, `${name}@example.com`, name, 'admin', true, 'cli'],
    )
    await page.goto(muster.url)
    assert.equal(await heading(page), `Signed in as ${name}`)
  })

  test.concurrent('a login ends immediately when it is denied', async () => {
    const [cli, person] = [await terminal(), await muster.person('dora')]
    const login = cli.start('login --no-browser')
    const { url, code } = await shown(login)
    const page = await tab()
    await page.goto(url)
    await signIn(page, person.email)
    await compareCode(page, code)
    await press(page, 'Deny')
    await page.getByRole('heading', { name: 'Denied' }).waitFor()
    const { code: exit, text } = await login.ended
    assert.equal(exit, 1)
    assert.match(text, /The login was denied in the browser\.[\s\S]*run the command again/)
    assert.doesNotMatch(text, /muster login/) // Another command may have started the login.
    assert.equal(await cli.credentials(), null)
  })

  test.concurrent('the approval page lets a person switch accounts', async () => {
    const [cli, wrong, right] = [await terminal(), await muster.person('wanda'), await muster.person('rita')]
    const page = await tab()
    await page.goto(`${muster.url}/sign-in`)
    await signIn(page, wrong.email)
    assert.equal(await heading(page), 'Signed in as wanda')
    const login = cli.start('login --no-browser')
    const { url, code } = await shown(login)
    await page.goto(url)
    await compareCode(page, code)
    await page.getByText('wanda@example.com').first().waitFor()
    await press(page, 'Use another account')
    await signIn(page, right.name)
    await compareCode(page, code)
    await page.getByText('rita@example.com').first().waitFor()
    await press(page, 'Approve')
    const ended = await login.ended
    assert.equal(ended.code, 0, ended.text)
    assert.match(ended.text, /Logged in as rita, in rita\./)
  })

  test.concurrent('the device page refuses unknown codes and used codes', async () => {
    const [cli, person] = [await terminal(), await muster.person('uma')]
    const page = await tab()
    await page.goto(`${muster.url}/device`)
    await signIn(page, person.email)
    await page.getByLabel('Code').fill('BCDFGHJK')
    await press(page, 'Continue')
    await page.getByRole('alert').getByText('There is no such code.').waitFor()
    const login = cli.start('login --no-browser')
    const { url, code } = await shown(login)
    await page.goto(url)
    await compareCode(page, code)
    // The code belongs to the browser that entered it, so nobody else can approve it (D01).
    const other = await tab()
    await muster.person('vera')
    await other.goto(url)
    await signIn(other, 'vera')
    await other.getByRole('heading', { name: 'This code was entered in another browser' }).waitFor()
    await press(page, 'Approve')
    assert.equal((await login.ended).code, 0)
    await page.goto(url)
    assert.equal(await heading(page), 'This code has already been used')
    await other.goto(url)
    assert.equal(await heading(other), 'This code has already been used')
  })

  test.concurrent('a login without a username says how to register', async () => {
    const [cli, person] = [await terminal(), await muster.newcomer('uli')]
    const login = cli.start('login --no-browser')
    const { url, code } = await shown(login)
    const page = await tab()
    await page.goto(url)
    await signIn(page, person.email)
    await approve(page, code)
    const ended = await login.ended
    assert.equal(ended.code, 0, ended.text)
    assert.match(ended.text, /This account has no username yet\. Run: muster register -u NAME/)
    const list = await cli.run('org list')
    assert.equal(list.code, 4)
    assert.match(list.text, /no username yet[\s\S]*muster register -u NAME/)
    // The login is sufficient to register, without a second visit to the browser.
    const register = await cli.run('register -u uli')
    assert.equal(register.code, 0, register.text)
    assert.match(register.text, /Registered and logged in as uli\./)
  })

  test.concurrent('register is refused when the person signs in with a registered account', async () => {
    const [cli, page] = [await terminal(), await tab()]
    await muster.person('regina')
    const register = cli.start('register -u regina_two --no-browser')
    const { url, code } = await shown(register)
    await page.goto(url)
    await page.getByRole('link', { name: 'Sign in' }).click()
    await signIn(page, 'regina')
    await page.getByText('You already have an account').waitFor()
    await approve(page, code)
    const ended = await register.ended
    assert.equal(ended.code, 1)
    assert.match(ended.text, /This account is already registered as regina\.[\s\S]*You are logged in as that account now\./)
    assert.equal((await cli.json('profile')).username, 'regina')
  })

  // These tests move the clock for every test, so they run last and one after another.
  test('a user code stays valid while the person signs up (S52)', async () => {
    const [cli, page] = [await terminal(), await tab()]
    const register = cli.start('register -u slow_sam --no-browser')
    const { url, code } = await shown(register)
    await page.goto(url)
    await page.getByLabel('Email').fill('sam@example.com')
    await page.getByLabel('Password', { exact: true }).fill(PASSWORD)
    await page.getByLabel('Given name').fill('Sam')
    await press(page, 'Send the code')
    const { text } = await muster.mail.next('sam@example.com')
    await muster.clock.advance(550)
    await page.getByLabel('Six-digit code').fill(/\b\d{6}\b/.exec(text)?.[0] ?? '')
    await press(page, 'Confirm')
    await compareCode(page, code)
    await muster.clock.advance(550)
    await approve(page, code)
    const ended = await register.ended
    assert.equal(ended.code, 0, ended.text)
    assert.match(ended.text, /Registered and logged in as slow_sam\./)
  })

  test('a login ends immediately when its code has expired', async () => {
    const cli = await terminal()
    const login = cli.start('login --no-browser')
    const { url, code: shownCode } = await shown(login)
    const page = await tab()
    await muster.person('lena')
    await page.goto(url)
    await signIn(page, 'lena')
    await compareCode(page, shownCode)
    await muster.clock.advance(601)
    await press(page, 'Approve')
    await page.getByRole('heading', { name: 'This code has expired' }).waitFor()
    const { code, text } = await login.ended
    assert.equal(code, 1)
    assert.match(text, /The code expired before the login was approved\./)
  })
})
