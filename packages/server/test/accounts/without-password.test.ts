import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { signInWithPassword } from '../../src/domain/accounts/password-login.ts'
import { anOffice, type Browser, goodPassword, type Office, still } from './office.ts'

let office: Office
beforeAll(async () => {
  office = await anOffice()
})
afterAll(() => office.close())
afterEach(async () => {
  await office.clock.restore()
  await office.rows('delete from attempt')
})

/** A person whose account has no password, in a browser that is signed in. */
async function aPerson(name: string): Promise<Browser> {
  const browser = await office.person(name)
  await office.rows(`update account set password_hash = null where username = '${name}'`)
  return browser
}

const CONFIRM = '/account/confirm?continue=%2Faccount%2F'
const emailOf = (name: string): string => `${name}@example.com`
/** Longer than a sign-in counts as recent. */
const later = () => office.clock.advance(601)

async function codeFor(browser: Browser, name: string): Promise<string> {
  expect((await browser.post('/account/confirm/email', {})).headers.location).toBe('/account/confirm')
  return (await office.mail(emailOf(name))).code ?? ''
}

describe('an account without a password', () => {
  test('is refused by password like an account with another one (C06)', async () => {
    await aPerson('ann')
    await office.person('bea')
    const [ann, bea] = await Promise.all(['ann', 'bea'].map((identifier) => office.browser().post('/sign-in', { identifier, password: 'something else' })))
    expect([ann?.statusCode, bea?.statusCode]).toEqual([401, 401])
    expect(still(ann?.body ?? '').replaceAll('ann', 'bea')).toBe(still(bea?.body ?? ''))
    const script = { identifier: 'ann', password: goodPassword, clientId: 'none' as never, scopes: [] }
    const origin = { address: '192.0.2.1', requestId: 'req', userAgent: null }
    await expect(signInWithPassword(office, { kind: 'anonymous', origin }, script)).rejects.toMatchObject({ code: 'wrong_credentials' })
  })

  test('takes as long to refuse as one with a password: a hash is computed (C06)', async () => {
    await aPerson('cleo')
    const verify = office.hasher.verify
    const hashes: (string | null)[] = []
    office.hasher.verify = (hash, password) => {
      hashes.push(hash)
      return verify(hash, password)
    }
    await office.browser().post('/sign-in', { identifier: 'cleo', password: goodPassword })
    office.hasher.verify = verify
    expect(hashes).toEqual([null])
  })

  test('gets its first password by an emailed link, and is not signed in by it (F10)', async () => {
    await aPerson('dan')
    const browser = office.browser()
    await browser.post('/forgot-password', { email: emailOf('dan') })
    const token = new URL((await office.mail(emailOf('dan'))).link ?? '').searchParams.get('token') ?? ''
    expect((await browser.post('/reset-password', { token, password: goodPassword })).headers.location).toBe('/reset-password/done')
    expect((await browser.get('/account')).statusCode).toBe(303)
    expect((await browser.post('/sign-in', { identifier: 'dan', password: goodPassword })).statusCode).toBe(303)
    expect((await browser.get('/account/security')).body).toContain('Change<span class="unseen"> your password')
  })

  test('gets its first password on its own page, soon after a sign-in (F15)', async () => {
    const browser = await aPerson('eli')
    expect((await browser.get('/account/security')).body).toContain('Add<span class="unseen"> a password')
    const page = (await browser.get('/account/password')).body
    expect(page).toContain('Add a password')
    expect(page).not.toContain('current_password')
    await later()
    expect((await browser.get('/account/password')).headers.location).toBe(`${CONFIRM}password`)
    expect((await browser.post('/account/password', { password: goodPassword })).headers.location).toBe('/account/password') // leads on to the confirmation
    expect((await office.browser().post('/sign-in', { identifier: 'eli', password: goodPassword })).statusCode).toBe(401)

    await browser.post('/account/confirm', { mail_code: await codeFor(browser, 'eli') })
    expect((await browser.post('/account/password', { password: goodPassword })).headers.location).toBe('/account?done=password-added')
    expect((await office.browser().post('/sign-in', { identifier: 'eli', password: goodPassword })).statusCode).toBe(303)
  })

  test('changes its address soon after a sign-in, without a password (F15)', async () => {
    const browser = await aPerson('fay')
    await later()
    expect((await browser.get('/account/email')).headers.location).toBe(`${CONFIRM}email`)
    expect((await browser.post('/account/email', { email: 'other@example.com' })).headers.location).toBe('/account/email')
    await browser.post('/account/confirm', { mail_code: await codeFor(browser, 'fay') })
    expect((await browser.post('/account/email', { email: 'other@example.com' })).headers.location).toBe('/account/email/verify')
  })
})

describe('a code by email confirms who a person is', () => {
  test('if they have nothing else: it is accepted once, and not in another browser (F15)', async () => {
    const browser = await aPerson('gus')
    await later()
    expect((await browser.get('/account/confirm')).body).toContain('Send the code')
    const code = await codeFor(browser, 'gus')
    expect((await browser.get('/account/confirm')).body).toContain('name="mail_code"')
    const other = await office.person('hal')
    await office.rows(`update account set password_hash = null where username = 'hal'`)
    expect((await other.post('/account/confirm', { mail_code: code })).statusCode).toBe(410)
    const wrong = code === '000000' ? '111111' : '000000'
    expect((await browser.post('/account/confirm', { mail_code: wrong })).statusCode).toBeGreaterThanOrEqual(400)
    expect((await browser.post('/account/confirm', { mail_code: code, continue: '/account/email' })).headers.location).toBe('/account/email')
    expect((await browser.get('/account/email')).statusCode).toBe(200)
    expect((await browser.post('/account/confirm', { mail_code: code })).statusCode).toBe(410)
    // A used code is not made again.
    await later()
    expect(await codeFor(browser, 'gus')).not.toBe(code)
    expect((await browser.post('/account/confirm', { mail_code: code })).statusCode).not.toBe(303)
  })

  test('five tries for a code, and ten minutes (F15)', async () => {
    const browser = await aPerson('ida')
    const code = await codeFor(browser, 'ida')
    const wrong = code === '000000' ? '111111' : '000000'
    for (let tries = 0; tries < 5; tries += 1) await browser.post('/account/confirm', { mail_code: wrong })
    expect((await browser.post('/account/confirm', { mail_code: code })).statusCode).toBe(410)
    const second = await codeFor(browser, 'ida')
    await later()
    expect((await browser.post('/account/confirm', { mail_code: second })).statusCode).toBe(410)
  })

  test('but not for a person with a password, or once they have an app (F15)', async () => {
    const browser = await office.person('jon')
    expect((await browser.get('/account/confirm')).body).not.toContain('Send the code')
    expect((await browser.post('/account/confirm/email', {})).statusCode).toBe(401)
    const other = await aPerson('kim')
    const code = await codeFor(other, 'kim')
    await office.rows(
      `insert into authenticator (user_id, secret, key_generation, last_step, address) select id, '\\x00', 0, 0, '192.0.2.1' from account where username = 'kim'`,
    )
    const answer = await other.post('/account/confirm', { mail_code: code })
    expect(answer.statusCode).toBe(401)
    expect(answer.body).toContain('Confirm with your password, your authenticator app or a passkey.')
  })
})
