import { networkOf, subscriberOf } from '@muster/server/domain/model/network.ts'
import { createPasswordHasher } from '@muster/server/password-hasher.ts'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { anOffice, goodPassword, issuer, type Office, still } from './office.ts'

let office: Office
beforeAll(async () => {
  office = await anOffice()
})
afterAll(() => office.close())
afterEach(() => office.clock.restore())

const signIn = (identifier: string, password = goodPassword, more: Record<string, string> = {}) => ({ identifier, password, ...more })

describe('signing in', () => {
  test('a user signs in with the email address in any case, or the username (S45)', async () => {
    await office.person('ada')
    for (const identifier of ['ada@example.com', ' ADA@Example.com ', 'ada']) {
      const browser = office.browser()
      const answer = await browser.post('/sign-in', signIn(identifier))
      expect([answer.statusCode, answer.headers.location]).toEqual([303, '/'])
      expect((await browser.get('/')).body).toContain('Signed in as ada')
    }
  })

  test('a wrong password and an unknown user get the same response (C06)', async () => {
    const known = await office.browser().post('/sign-in', signIn('ada@example.com', 'not her password'))
    const unknown = await office.browser().post('/sign-in', signIn('adb@example.com', 'not her password'))
    expect([known.statusCode, unknown.statusCode]).toEqual([401, 401])
    expect(still(known.body).replaceAll('ada@example.com', 'WHO')).toBe(still(unknown.body).replaceAll('adb@example.com', 'WHO'))
    expect(Object.keys(known.headers).sort()).toEqual(Object.keys(unknown.headers).sort())
    expect(known.body).not.toContain('not her password')
  })

  test('a password is hashed equally often for known and unknown users (C06)', async () => {
    const counted = { verified: [] as (string | null)[] }
    const verify = office.hasher.verify
    office.hasher.verify = (hash, password) => {
      counted.verified.push(hash === null ? null : 'hash')
      return verify(hash, password)
    }
    await office.browser().post('/sign-in', signIn('ada', 'wrong wrong wrong'))
    await office.browser().post('/sign-in', signIn('nobody_here', 'wrong wrong wrong'))
    office.hasher.verify = verify
    expect(counted.verified).toEqual(['hash', null])
  })

  test('an IPv6 network counts as one subscriber in every notation (C10)', () => {
    expect(subscriberOf('2001:db8:1:2:aaaa::1')).toBe(subscriberOf('2001:0DB8:0001:0002:ffff:0:0:9'))
    expect(subscriberOf('::ffff:192.0.2.1')).toBe('192.0.2.1')
    expect(networkOf('2001:db8:1:2:aaaa::1')).toBe(networkOf('2001:0DB8:0001:ffff:ffff:0:0:9'))
    expect([networkOf('::ffff:192.0.2.1'), networkOf('2001:db8::1')]).toEqual(['192.0.2.0/24', '2001:db8:0::/48'])
  })

  test('a sign-in starts a new session and ends the previous one', async () => {
    const browser = office.browser()
    browser.cookies.set('muster_session', 'muster_bs_chosen_by_somebody_else')
    await browser.post('/sign-in', signIn('ada'))
    const first = browser.cookies.get('muster_session') ?? ''
    expect(first).not.toContain('chosen')
    await browser.post('/sign-in', signIn('ada'))
    const second = browser.cookies.get('muster_session')
    expect(second).not.toBe(first)
    const thief = office.browser()
    thief.cookies.set('muster_session', first)
    expect((await thief.get('/')).body).toContain('Create an account')
  })

  test('the session cookie is HttpOnly and SameSite, and its value is not stored', async () => {
    const answer = await office.browser().post('/sign-in', signIn('ada'))
    const cookie = answer.cookies.find(({ name }) => name === 'muster_session')
    expect(cookie).toMatchObject({ httpOnly: true, sameSite: 'Lax', path: '/' })
    expect(JSON.stringify(await office.rows('select * from session'))).not.toContain(cookie?.value)
  })

  test('a sign-out ends the session on the server', async () => {
    const browser = await office.person('carol')
    const kept = new Map(browser.cookies)
    const out = await browser.post('/sign-out', {})
    expect([out.statusCode, out.headers.location]).toEqual([303, '/signed-out'])
    const other = office.browser()
    for (const [name, value] of kept) other.cookies.set(name, value)
    expect((await other.get('/')).body).toContain('Create an account')
    expect(await office.written()).toContain('session.ended')
  })

  test('a deactivated member is told so only with the right password (S35)', async () => {
    await office.person('dave')
    await office.rows(`update membership set status = 'deactivated', status_at = muster_now() where user_id = (select id from account where username = 'dave')`)
    const guess = await office.browser().post('/sign-in', signIn('dave', 'wrong wrong wrong'))
    expect(guess.body).not.toContain('deactivated')
    const browser = office.browser()
    const answer = await browser.post('/sign-in', signIn('dave'))
    expect(answer.statusCode).toBe(401)
    expect(answer.body).toContain('deactivated')
    expect(answer.cookies.find(({ name }) => name === 'muster_session')?.value ?? '').toBe('')
    expect((await browser.get('/')).body).toContain('Create an account')
  })

  test("a session is invalid after its user's epoch increases (S32)", async () => {
    const browser = await office.person('erin')
    await office.rows(`update account set epoch = epoch + 1 where username = 'erin'`)
    expect((await browser.get('/')).body).toContain('Create an account')
  })

  test('a browser session ends after fourteen days, and its last use is recorded', async () => {
    const browser = await office.person('fred')
    await office.clock.advance(3_600)
    await browser.get('/')
    const [row] = await office.rows<{ late: boolean }>(
      `select last_used_at > created_at + interval '50 minutes' as late from session where user_id = (select id from account where username = 'fred')`,
    )
    expect(row?.late).toBe(true)
    for (const days of [6, 6]) {
      await office.clock.advance(days * 86_400)
      expect((await browser.get('/')).body).toContain('Signed in as fred')
    }
    await office.clock.advance(2 * 86_400 - 3_630)
    expect((await browser.get('/')).body).toContain('Signed in as fred')
    await office.clock.advance(30)
    expect((await browser.get('/')).body).toContain('Create an account')
  })

  test('a browser session ends after seven days without use, and no use revives it (F18)', async () => {
    const [browser, unused] = [await office.person('flor'), await office.person('flip')]
    await office.clock.advance(7 * 86_400 - 10)
    expect((await browser.get('/')).body).toContain('Signed in as flor')
    await office.clock.advance(20)
    expect((await unused.get('/')).body).toContain('Create an account')
    await office.clock.advance(7 * 86_400 + 1)
    for (const _ of [1, 2]) expect((await browser.get('/')).body).toContain('Create an account')
  })

  test('an earlier password that is leaked signs in, and no new one is accepted (F18)', async () => {
    const browser = await office.person('fritz')
    const hash = await office.hasher.hash('qwertyuiop')
    await office.database.kysely.updateTable('account').set({ password_hash: hash }).where('username', '=', 'fritz').execute()
    expect((await office.browser().post('/sign-in', signIn('fritz', 'qwertyuiop'))).statusCode).toBe(303)
    const change = await browser.post('/account/password', { current_password: 'qwertyuiop', password: '1Q2W3E4R5T' })
    expect([change.statusCode, change.body.includes('This password is on a list of leaked passwords. Choose another.')]).toEqual([422, true])
    const fields = { email: 'new@example.com', password: 'QWERTYUIOP', given_name: 'New', family_name: '' }
    expect((await office.browser().post('/sign-up', fields)).body).toContain('This password is on a list of leaked passwords.')
  })

  test('a hash with outdated parameters is replaced at the next sign-in', async () => {
    await office.person('gina')
    const old = await createPasswordHasher({ parameters: { memoryCost: 128, timeCost: 1, parallelism: 1 } }).hash(goodPassword)
    await office.database.kysely.updateTable('account').set({ password_hash: old }).where('username', '=', 'gina').execute()
    expect((await office.browser().post('/sign-in', signIn('gina'))).statusCode).toBe(303)
    const [row] = await office.rows<{ password_hash: string }>(`select password_hash from account where username = 'gina'`)
    expect(row?.password_hash).toContain('m=64,')
  })

  test('a user without a username is asked for one, except during a device login (S55)', async () => {
    await office.person('hugo', { username: null })
    expect((await office.browser().post('/sign-in', signIn('hugo@example.com'))).headers.location).toBe('/sign-up/username')
    const toDevice = await office.browser().post('/sign-in', signIn('hugo@example.com', goodPassword, { continue: '/device?user_code=BCDF-GHJK' }))
    expect(toDevice.headers.location).toBe('/device?user_code=BCDF-GHJK')
  })

  test.each([
    'https://evil.example/',
    '//evil.example',
    '/\\evil.example',
    '/%2f%2fevil.example',
    'javascript:alert(1)',
    '/device/../../x',
    '/v1/me',
    '/deviceX',
    '/interaction/../sign-out',
    '/interaction/a?to=b#/x',
    '/console/..//evil.example',
    '/console/../v1/me',
    '/console/./x',
    '/console//evil.example',
    '/console@evil.example',
    '/console\\evil.example#rename',
    '//evil.example/console/settings#rename',
    '/v1/me#/console/settings',
  ])('a sign-in does not redirect to a page outside the list: %s', async (to) => {
    const answer = await office.browser().post('/sign-in', signIn('ada', goodPassword, { continue: to }))
    expect(answer.headers.location ?? '/interaction/a').toMatch(/^\/(interaction\/a)?$/)
    const page = await office.browser().get(`/sign-in?continue=${encodeURIComponent(to)}`)
    expect(page.body).not.toContain('evil')
    expect(page.body).not.toContain('javascript:alert')
  })

  test.each([
    ['/console/settings#rename', '/console/settings#rename'],
    ['/console/users?q=a%23b&role=member#invite', '/console/users?q=a%23b&role=member#invite'],
    ['/console/users?#invite', '/console/users#invite'],
    ['/console/#//evil.example', '/console/'],
    ['/console/settings#rename?to=//evil.example', '/console/settings'],
    ['/console/settings#<script>', '/console/settings'],
    ['/account#//evil.example', '/account'],
  ])('a redirect to the console keeps only filters and the name of a dialog: %s', async (to, kept) => {
    expect((await office.browser().post('/sign-in', signIn('ada', goodPassword, { continue: to }))).headers.location).toBe(kept)
  })

  test('a sign-in for an application leads on by a page, as form-action bars redirects', async () => {
    const answer = await office.browser().post('/sign-in', signIn('ada', goodPassword, { continue: '/interaction/abc_-123' }))
    expect(answer.statusCode).toBe(200)
    expect(answer.body).toContain('content="0; url=/interaction/abc_-123"')
    const browser = office.browser()
    await browser.post('/sign-in', signIn('ada'))
    expect((await browser.get('/sign-in?continue=/interaction/abc')).headers.location).toBe('/interaction/abc')
    expect((await browser.get('/sign-in?continue=/interaction/abc&again=1')).statusCode).toBe(200)
  })
})

describe('under https', () => {
  test('a cookie is bound to this host and to https', async () => {
    const https = await anOffice({ config: { issuer: 'https://accounts.example.com', secureCookies: true } })
    const answer = await https
      .browser()
      .post('/sign-up', { email: 'ada@example.com', password: goodPassword, given_name: 'Ada', family_name: '' }, { origin: 'https://accounts.example.com' })
    expect(answer.headers['set-cookie']).toMatch(/^__Host-muster_sign_up=[^;]+; Max-Age=86400; Path=\/; HttpOnly; Secure; SameSite=Lax$/)
    await https.close()
  })
})

describe('a form of another site (C08)', () => {
  const paths = [
    '/sign-in',
    '/sign-up',
    '/sign-up/verify',
    '/sign-up/resend',
    '/sign-up/start-over',
    '/sign-up/username',
    '/sign-out',
    '/forgot-password',
    '/reset-password',
    '/device',
    '/device/dev_01h455vb4pex5vsknk084sn02q',
  ]
  const foreign: [string, Record<string, string | undefined>][] = [
    ['another origin', { origin: 'https://evil.example' }],
    ['no origin', { origin: undefined }],
    ['the origin null', { origin: 'null' }],
    ['a sibling, as the browser says', { origin: undefined, 'sec-fetch-site': 'same-site' }],
    ['another site with our origin', { origin: issuer, 'sec-fetch-site': 'cross-site' }],
    ['another port', { origin: 'http://localhost:4001' }],
    ['text/plain that looks like JSON', { origin: 'https://evil.example', 'content-type': 'text/plain' }],
  ]
  for (const path of paths) {
    test.each(foreign)(`a form of another site is refused at ${path}: %s`, async (_, headers) => {
      const answer = await office.browser().post(path, { identifier: 'ada', password: goodPassword, decision: 'approve' }, headers)
      expect(answer.statusCode).toBe(403)
      expect(answer.body).toContain('cross_site_request')
      expect(answer.cookies).toEqual([])
    })
  }

  test("the issuer's own form is accepted by its origin or by Sec-Fetch-Site", async () => {
    for (const headers of [{ origin: issuer }, { origin: 'null', 'sec-fetch-site': 'same-origin' }]) {
      expect((await office.browser().post('/sign-in', signIn('ada'), headers)).statusCode).toBe(303)
    }
  })
})
