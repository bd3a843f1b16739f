import { anAuthenticator } from '@muster/testkit/authenticator.ts'
import { aWorld, type Person } from '@muster/testkit/world.ts'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { rememberDevice, useRememberedDevice } from '../../src/domain/factors/remembered-device.ts'
import type { Account } from '../../src/domain/model/account.ts'
import { deactivateMember, reactivateMember } from '../../src/domain/organizations/deactivation.ts'
import { resetFactors } from '../../src/domain/organizations/reset-factors.ts'
import { anOffice, type Browser, goodPassword, issuer, type Office } from '../accounts/office.ts'
import { addApp, codeOf, wrongCode } from './authenticator-app.ts'

let office: Office
beforeAll(async () => {
  office = await anOffice()
})
afterAll(() => office.close())
afterEach(async () => {
  await office.clock.restore()
  await office.rows('delete from attempt')
})

const COOKIE = 'muster_remembered'
const FACTOR = '/sign-in/factor'

/** A person with an authenticator app, and a browser of theirs that is remembered. */
async function remembered(name: string) {
  const browser = await office.person(name)
  const { secret, codes } = await addApp(browser)
  await office.clock.advance(60)
  await remember(browser, name, { code: codeOf(secret) })
  return { browser, secret, codes, name, email: `${name}@example.com` }
}

async function remember(browser: Browser, name: string, given: { code: string }): Promise<void> {
  expect(await signIn(browser, name)).toBe(FACTOR)
  expect((await browser.post(FACTOR, { ...given, remember: 'yes' })).headers.location).toBe('/')
}

/** @returns the page to which a sign-in by password leads */
const signIn = async (browser: Browser, identifier: string, password = goodPassword): Promise<string> =>
  String((await browser.post('/sign-in', { identifier, password })).headers.location)

const accountOf = (name: string): string => `(select id from account where username = '${name}')`
const devicesOf = async (name: string): Promise<number> => (await office.rows(`select from remembered_device where user_id = ${accountOf(name)}`)).length

describe('a remembered browser (F11)', () => {
  test('is not asked for the second factor for 30 days, from the day it was remembered', async () => {
    const { browser } = await remembered('ann')
    expect(await signIn(browser, 'ann')).toBe('/')
    await office.clock.advance(29 * 86_400)
    expect(await signIn(browser, 'ann')).toBe('/')
    await office.clock.advance(86_400)
    expect(await signIn(browser, 'ann')).toBe(FACTOR)
  })

  test('is remembered only if the person checks the box', async () => {
    const browser = await office.person('bob')
    const { secret } = await addApp(browser)
    await office.clock.advance(60)
    await signIn(browser, 'bob')
    const page = (await browser.get(FACTOR)).body
    expect(page).toMatch(/<input type="checkbox" id="remember" name="remember" value="yes">/)
    const wrong = await browser.post(FACTOR, { code: wrongCode(secret), remember: 'yes' })
    expect(wrong.body).toContain('value="yes" checked')
    expect((await browser.post(FACTOR, { code: codeOf(secret) })).headers.location).toBe('/')
    expect([browser.cookies.has(COOKIE), await devicesOf('bob')]).toEqual([false, 0])
  })

  test('has a random token, stored as a digest, in a cookie of this host only', async () => {
    const browser = await office.person('cat')
    const { secret } = await addApp(browser)
    await office.clock.advance(60)
    await signIn(browser, 'cat')
    const answer = await browser.post(FACTOR, { code: codeOf(secret), remember: 'yes' })
    const cookie = answer.cookies.find(({ name }) => name === COOKIE)
    expect(cookie).toMatchObject({ httpOnly: true, sameSite: 'Lax', path: '/', maxAge: 30 * 86_400 })
    expect(cookie).not.toHaveProperty('domain')
    expect(cookie?.value).toMatch(/^muster_rd_[0-9A-Za-z]{49}$/)
    const stored = JSON.stringify(await office.rows(`select *, encode(token_hash, 'escape') as text from remembered_device`))
    expect(stored).not.toContain(cookie?.value.slice(10, 40))
  })

  test('saves neither the password nor anything else: a wrong password is refused', async () => {
    const { browser } = await remembered('dan')
    const answer = await browser.post('/sign-in', { identifier: 'dan', password: 'not the password' })
    expect(answer.statusCode).toBe(401)
    const stranger = office.browser()
    stranger.cookies.set('muster_session', browser.cookies.get(COOKIE) ?? '')
    expect((await stranger.get('/account')).headers.location).toMatch(/^\/sign-in/)
  })

  test('helps only the person who remembered it', async () => {
    const { browser } = await remembered('eve')
    const { secret } = await remembered('fay')
    expect(await signIn(browser, 'fay')).toBe(FACTOR)
    // The same browser can be remembered for both.
    await browser.post(FACTOR, { code: codeOf(secret, 1), remember: 'yes' })
    expect(await signIn(browser, 'fay')).toBe('/')
    expect(await signIn(browser, 'eve')).toBe('/')
  })

  test('never counts as a recent sign-in (F15)', async () => {
    const { browser, secret } = await remembered('gus')
    await signIn(browser, 'gus')
    for (const path of ['/account/authenticator', '/account/add-passkey'])
      expect((await browser.get(path)).headers.location).toBe(`/account/confirm?continue=${encodeURIComponent(path)}`)
    expect((await browser.post('/account/confirm', { password: goodPassword })).statusCode).toBe(401)
    const [row] = await office.rows<{ methods: string[] }>(`select methods from session where user_id = ${accountOf('gus')} order by created_at desc limit 1`)
    expect(row?.methods).toEqual(['pwd', 'rba'])
    await browser.post('/account/confirm', { code: codeOf(secret, 1), continue: '/account/authenticator' })
    expect((await browser.get('/account/authenticator')).statusCode).toBe(200)
  })

  test('is recorded when it is remembered, used and forgotten', async () => {
    const before = (await office.written()).length
    const { browser } = await remembered('hal')
    await signIn(browser, 'hal')
    const device = /name="device" value="(rmd_\w+)"/.exec((await browser.get('/account/security')).body)?.[1] ?? ''
    await browser.post('/account/remembered-devices/forget', { device })
    const events = (await office.written()).slice(before).filter((type) => type.startsWith('remembered_device.'))
    expect(events).toEqual(['remembered_device.added', 'remembered_device.used', 'remembered_device.forgotten'])
  })

  test('is remembered with a passkey as the second factor too', async () => {
    const browser = await office.person('ida')
    await addApp(browser)
    const here = { origin: issuer, relyingParty: 'localhost' }
    const asked = (html: string) => JSON.parse(/data-passkey="([^"]*)"/.exec(html)?.[1]?.replaceAll('&quot;', '"') ?? 'null')
    const { challenge, user } = asked((await browser.get('/account/add-passkey')).body)
    const authenticator = anAuthenticator()
    const created = authenticator.create({ ...here, challenge, userHandle: Buffer.from(user.id, 'base64url') })
    await browser.post('/account/add-passkey', { response: created, name: '' })
    await signIn(browser, 'ida')
    const response = authenticator.use({ ...here, challenge: asked((await browser.get(FACTOR)).body).challenge, userVerified: false })
    expect((await browser.post(FACTOR, { response, remember: 'yes' })).headers.location).toBe('/')
    expect(await signIn(browser, 'ida')).toBe('/')
  })

  test('makes room when there are twenty others', async () => {
    const { browser, secret } = await remembered('jim')
    await office.rows(`insert into remembered_device (id, token_hash, user_id, epoch, address, last_used_at, expires_at)
      select 'rmd_' || n, decode(lpad(n::text, 4, '0'), 'hex'), ${accountOf('jim')}, 0, '192.0.2.1', muster_now() + make_interval(secs => n), 'infinity'
      from generate_series(1, 19) n`)
    const other = office.browser()
    await remember(other, 'jim', { code: codeOf(secret, 1) })
    expect(await devicesOf('jim')).toBe(20)
    expect(await signIn(other, 'jim')).toBe('/')
    expect(await signIn(browser, 'jim')).toBe(FACTOR)
  })
})

describe('the end of a remembered browser (F11)', () => {
  test('a deactivation by an admin ends it for good (E49)', async () => {
    const world = await aWorld('postgres')
    try {
      const { organization, people } = await world.organization({ ada: 'admin', bob: 'member' })
      const [ada, bob] = [people['ada'] as Person, people['bob'] as Person]
      const cookie = await world.execute(
        async (context, _: undefined) => rememberDevice(context, (await context.tx.accounts.find(bob.id)) as Account),
        bob.principal,
        undefined,
      )
      const isRemembered = () => world.execute((context, _: undefined) => useRememberedDevice(context, bob.id, cookie), bob.principal, undefined)
      expect(await isRemembered()).toBe(true)
      await world.execute(deactivateMember, ada.principal, { organization, user: 'bob' })
      expect(await isRemembered()).toBe(false)
      await world.execute(reactivateMember, ada.principal, { organization, user: 'bob' })
      expect(await isRemembered()).toBe(false)
    } finally {
      await world.close()
    }
  })

  const operator = { kind: 'operator', name: 'root', tokenId: null, origin: { address: '127.0.0.1', userAgent: null, requestId: 'req_test' } } as const

  test('a raised epoch ends it', async () => {
    const { browser } = await remembered('kim')
    await office.rows(`update account set epoch = epoch + 1 where username = 'kim'`)
    expect(await signIn(browser, 'kim')).toBe(FACTOR)
    expect((await browser.get('/account/security')).body).not.toContain('Remembered browsers')
  })

  test.each<[string, (given: { browser: Browser; secret: string; email: string }) => Promise<unknown>]>([
    ['new recovery codes', ({ browser }) => browser.post('/account/authenticator/recovery-codes', {})],
    ['signing out everywhere', ({ browser }) => browser.post('/logins/end-others', {})],
    ['forgetting all', ({ browser }) => browser.post('/account/remembered-devices/forget-all', {})],
  ])('all of them end: %s', async (what, end) => {
    const given = await remembered(`lea${what.length}`)
    await end(given)
    expect(await devicesOf(given.name)).toBe(0)
    expect(await signIn(given.browser, given.name)).toBe(FACTOR)
  })

  test('a new password ends all of them, by change and by reset', async () => {
    const next = 'seven quiet lanterns drift'
    const changing = await remembered('max')
    await changing.browser.post('/account/password', { current_password: goodPassword, password: next })
    expect(await devicesOf('max')).toBe(0)
    expect(await signIn(changing.browser, 'max', next)).toBe(FACTOR)

    const { browser, email } = await remembered('nat')
    await office.mail(email)
    const visitor = office.browser()
    await visitor.post('/forgot-password', { email })
    const { link } = await office.mail(email)
    await visitor.post('/reset-password', { token: new URL(link ?? '').searchParams.get('token') ?? '', password: next })
    expect(await signIn(browser, 'nat', next)).toBe(FACTOR)
  })

  test('adding and removing a factor end all of them', async () => {
    const { browser, secret } = await remembered('oda')
    await browser.post('/account/authenticator/remove', {})
    await addApp(browser)
    expect([await devicesOf('oda'), await signIn(browser, 'oda')]).toEqual([0, FACTOR])
    expect(secret).toHaveLength(32)
  })

  test('the operator ends all of them with a reset of the factors', async () => {
    const { browser } = await remembered('pam')
    await office.execute(resetFactors, operator, { user: 'pam' })
    expect(await devicesOf('pam')).toBe(0)
    await signIn(browser, 'pam')
    await addApp(browser)
    expect(await signIn(browser, 'pam')).toBe(FACTOR)
  })

  test('nobody forgets the device of another person', async () => {
    await remembered('quin')
    const { browser } = await remembered('ros')
    const [row] = await office.rows<{ id: string }>(`select id from remembered_device where user_id = ${accountOf('quin')}`)
    for (const device of [row?.id ?? '', 'nonsense', '']) expect((await browser.post('/account/remembered-devices/forget', { device })).statusCode).toBe(404)
    expect(await devicesOf('quin')).toBe(1)
  })
})
