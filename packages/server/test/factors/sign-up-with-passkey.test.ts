import { requestDevice } from '@muster/server/domain/credentials/device-authorization.ts'
import { newId } from '@muster/server/domain/model/id.ts'
import { systemPrincipal } from '@muster/server/domain/model/principal.ts'
import { digest } from '@muster/server/domain/model/secret-keys.ts'
import { type Authenticator, anAuthenticator } from '@muster/testkit/authenticator.ts'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { anOffice, type Browser, goodPassword, issuer, type Office } from '../accounts/office.ts'
import { codeOf, hidden, secretIn } from './authenticator-app.ts'
import { passkeyIn } from './signing-in.ts'

let office: Office
beforeAll(async () => {
  office = await anOffice()
})
afterAll(() => office.close())
afterEach(async () => {
  await office.clock.restore()
  await office.rows('delete from attempt')
})

const STEP = '/sign-up/passkey'
const here = { origin: issuer, relyingParty: 'localhost' }
const on = (path: string, to: string): string => `${path}?continue=${encodeURIComponent(to)}`
const formOf = (name: string) => ({ email: `${name}@example.com`, given_name: name, family_name: '', with: 'passkey' })
const purpose = (to: string | undefined): Record<string, string> => (to === undefined ? {} : { continue: to })

/** Signs up without a password until the page that adds a passkey. */
async function newcomer(name: string, to?: string): Promise<Browser> {
  const browser = office.browser()
  const started = await browser.post('/sign-up', { ...formOf(name), ...purpose(to) })
  expect(started.headers.location).toBe(to === undefined ? '/sign-up/verify' : on('/sign-up/verify', to))
  const code = (await office.mail(`${name}@example.com`)).code ?? ''
  const { headers } = await browser.post('/sign-up/verify', { code, ...purpose(to) })
  expect(headers.location).toBe(to === undefined ? STEP : on(STEP, to))
  return browser
}

async function add(browser: Browser, to?: string, path = to === undefined ? STEP : on(STEP, to)): Promise<{ authenticator: Authenticator; location: unknown }> {
  const { challenge, user } = passkeyIn((await browser.get(path)).body)
  const authenticator = anAuthenticator()
  const response = authenticator.create({ ...here, challenge, userHandle: Buffer.from(user.id, 'base64url') })
  return { authenticator, location: (await browser.post(STEP, { response, name: '', ...purpose(to) })).headers.location }
}

async function terminal(): Promise<string> {
  const principal = { ...systemPrincipal, kind: 'anonymous' as const, origin: { address: '198.51.100.5', userAgent: 'muster/1', requestId: 'r' } }
  const request = { deviceCodeHash: digest(newId('session')), clientId: 'muster-cli', scopes: ['openid', 'api'], params: {} }
  return (await office.execute(requestDevice, principal, request)).userCode
}

const linkIn = (html: string, text: string): string =>
  new RegExp(`href="([^"]*)"[^>]*>${text}`).exec(html)?.[1]?.replaceAll('&amp;', '&').replaceAll('&#38;', '&') ?? ''

describe('signing up with a passkey', () => {
  test('a person signs up without a password, and signs in with the passkey (F2)', async () => {
    const browser = await newcomer('ada')
    expect(await office.rows(`select methods, password_hash from session s join account a on a.id = s.user_id where email = 'ada@example.com'`)).toEqual([
      { methods: ['email'], password_hash: null },
    ])
    const { authenticator, location } = await add(browser)
    expect(location).toBe(STEP)
    const ready = (await browser.get(STEP)).body
    expect(ready).toContain('Your passkey is ready')
    expect(ready).toContain('If you skip this and lose your passkey, you set a password with a link that we email you.')
    expect((await browser.get(linkIn(ready, 'Skip<'))).headers.location).toBe('/sign-up/username')
    expect((await browser.post('/sign-up/username', { username: 'ada' })).headers.location).toBe('/')

    const other = office.browser()
    expect((await other.post('/sign-in', { identifier: 'ada', password: goodPassword })).statusCode).toBe(401)
    const { challenge } = passkeyIn((await other.get('/sign-in')).body)
    expect((await other.post('/sign-in/passkey', { response: authenticator.use({ ...here, challenge }) })).headers.location).toBe('/')
    expect((await other.get('/')).body).toContain('Signed in as')
  })

  test('a device login is kept while an app with recovery codes is added (F2, S55)', async () => {
    const way = `/device?user_code=${await terminal()}`
    const browser = await newcomer('bea', way)
    expect((await browser.get(on(STEP, way))).body).toContain('in your terminal')
    expect((await add(browser, way)).location).toBe(on(STEP, way))
    const app = linkIn((await browser.get(on(STEP, way))).body, 'Add an authenticator app')
    expect(app).toBe(on('/account/add-authenticator', on(STEP, way)))
    const form = (await browser.get(app)).body
    const back = on(STEP, way)
    const fields = { secret: hidden(form, 'secret'), code: codeOf(secretIn(form)), continue: back }
    const codes = (await browser.post('/account/add-authenticator', fields)).body
    expect(linkIn(codes, 'I’ve saved them')).toBe(back)
    const ready = (await browser.get(back)).body
    expect(ready).toContain('Your authenticator app and recovery codes are ready too.')
    const next = linkIn(ready, 'Continue')
    expect((await browser.get(next)).headers.location).toBe(way)
    expect((await browser.get(way)).body).toContain('name="user_code"')
  })

  test('an invitation is kept past a second passkey (F2, S8)', async () => {
    const browser = await newcomer('cleo', '/join')
    await add(browser, '/join')
    const another = linkIn((await browser.get(on(STEP, '/join'))).body, 'Add another passkey')
    expect((await browser.get(another)).body).toContain('Add another passkey')
    expect((await add(browser, '/join', another)).location).toBe(on(STEP, '/join'))
    const ready = (await browser.get(on(STEP, '/join'))).body
    expect(ready).toContain('Your passkeys are ready')
    expect((await browser.get(linkIn(ready, 'Continue'))).headers.location).toBe('/join')
  })

  test('a device login is kept when the page was open for ten minutes (F2, F15)', async () => {
    const way = `/device?user_code=${await terminal()}`
    const browser = await newcomer('dan', way)
    const { challenge, user } = passkeyIn((await browser.get(on(STEP, way))).body)
    await office.clock.advance(601)
    const response = anAuthenticator().create({ ...here, challenge, userHandle: Buffer.from(user.id, 'base64url') })
    const late = await browser.post(STEP, { response, name: '', continue: way })
    expect(late.headers.location).toBe(on('/account/confirm', on(STEP, way)))
    expect(await office.rows(`select from passkey p join account a on a.id = p.user_id where email = 'dan@example.com'`)).toEqual([])
    await browser.post('/account/confirm/email', { continue: on(STEP, way) })
    const mail_code = (await office.mail('dan@example.com')).code ?? ''
    expect((await browser.post('/account/confirm', { mail_code, continue: on(STEP, way) })).headers.location).toBe(on(STEP, way))
    expect((await add(browser, way)).location).toBe(on(STEP, way))
  })

  test('a person who leaves before adding a passkey sets a password by an emailed link', async () => {
    const browser = await newcomer('eli')
    expect((await browser.get(linkIn((await browser.get(STEP)).body, 'Continue without a passkey'))).headers.location).toBe('/sign-up/username')
    const other = office.browser()
    await other.post('/forgot-password', { email: 'eli@example.com' })
    const token = new URL((await office.mail('eli@example.com')).link ?? '').searchParams.get('token') ?? ''
    await other.post('/reset-password', { token, password: goodPassword })
    expect((await other.post('/sign-in', { identifier: 'eli@example.com', password: goodPassword })).headers.location).toBe('/sign-up/username')
  })

  test('the only passkey of a new account cannot be removed (F9)', async () => {
    const browser = await newcomer('fay')
    await add(browser)
    await browser.post('/sign-up/username', { username: 'fay' })
    const id = /\/account\/passkeys\/(pky_\w+)/.exec((await browser.get('/account/security')).body)?.[1]
    const refused = await browser.post(`/account/passkeys/${id}/remove`, {})
    expect(refused.statusCode).toBe(422)
    expect((await browser.get('/account/security')).body).toContain(String(id))
  })

  test('a passkey that cannot be verified is refused on the same page', async () => {
    const browser = await newcomer('gus', '/join')
    const refused = await browser.post(STEP, { response: '{}', name: 'My laptop', continue: '/join' })
    expect(refused.statusCode).toBe(403)
    expect(refused.body).toContain('value="My laptop"')
    expect(hidden(refused.body, 'continue')).toBe('/join')
  })
})

describe('the sign-up page', () => {
  test('offers both ways and keeps the return path (F2)', async () => {
    const browser = office.browser()
    const [withPassword, withPasskey] = ['/sign-up?continue=%2Fjoin', '/sign-up?continue=%2Fjoin&with=passkey']
    const first = (await browser.get(withPassword)).body
    expect(linkIn(first, 'Sign up with a passkey instead of a password')).toBe(withPasskey)
    const second = (await browser.get(withPasskey)).body
    expect(second).not.toContain('name="password"')
    expect(second).toContain('<noscript><div class="notice paused"><p>Passkeys need JavaScript.')
    expect(linkIn(second, 'Sign up with a password instead of a passkey')).toBe(withPassword)
    expect([hidden(second, 'continue'), hidden(second, 'with')]).toEqual(['/join', 'passkey'])
  })

  test('shows its other faults in the form without a password', async () => {
    const answer = await office.browser().post('/sign-up', { ...formOf('hal'), email: 'hal' })
    expect(answer.statusCode).toBe(422)
    expect(answer.body).not.toContain('name="password"')
    expect(hidden(answer.body, 'with')).toBe('passkey')
  })

  test('requires a password on another host, where passkeys are not possible (F4)', async () => {
    const browser = office.browser()
    const elsewhere = { host: 'accounts.example.com', origin: issuer }
    const page = (await browser.get('/sign-up?with=passkey', { host: elsewhere.host })).body
    expect(page).not.toContain('instead of a passkey')
    const answer = await browser.post('/sign-up', formOf('ida'), elsewhere)
    expect(answer.statusCode).not.toBe(303)
    expect(await office.rows(`select from sign_up where email = 'ida@example.com'`)).toEqual([])
  })

  test('an address with an account gets the same answer as a new one (C06)', async () => {
    await office.person('jon')
    const browser = office.browser()
    expect((await browser.post('/sign-up', formOf('jon'))).headers.location).toBe('/sign-up/verify')
    expect((await office.mail('jon@example.com')).subject).not.toContain('code')
    expect(await office.rows(`select count(*)::int as n from account where email = 'jon@example.com'`)).toEqual([{ n: 1 }])
  })
})
