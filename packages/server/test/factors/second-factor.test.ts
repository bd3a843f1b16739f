import { execFileSync, spawnSync } from 'node:child_process'
import type { UserId } from '@muster/contract/ids.ts'
import { type Authenticator, anAuthenticator } from '@muster/testkit/authenticator.ts'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { signInWithPassword } from '../../src/domain/accounts/password-login.ts'
import { recoveryCodeOf } from '../../src/domain/factors/recovery-code.ts'
import { totpStep } from '../../src/domain/factors/totp.ts'
import { resetFactors } from '../../src/domain/organizations/reset-factors.ts'
import { anOffice, type Browser, goodPassword, issuer, type Office } from '../accounts/office.ts'
import { addApp, codeAt, codeOf, hidden, secretIn, wrongCode } from './authenticator-app.ts'
import { SCRIPTS_CLIENT_ID } from './signing-in.ts'

/** An app by others: oathtool, of OATH Toolkit. */
const hasOathtool = spawnSync('oathtool', ['--version']).status === 0

let office: Office
beforeAll(async () => {
  office = await anOffice()
})
afterAll(() => office.close())
afterEach(async () => {
  await office.clock.restore()
  await office.rows('delete from attempt')
})

/** A person with an authenticator app, at the next code of it. */
async function aPerson(name: string) {
  const browser = await office.person(name)
  const app = await addApp(browser)
  await office.clock.advance(60)
  return { ...app, browser, name, email: `${name}@example.com` }
}

/** A browser that has entered the password. */
async function halfSignedIn(name: string) {
  const browser = office.browser()
  const answer = await browser.post('/sign-in', { identifier: name, password: goodPassword })
  return { browser, answer }
}

const ENDED = '/sign-in?reason=sign_in_ended&again=yes'
const isSignedIn = async (browser: Browser): Promise<boolean> => (await browser.get('/')).body.includes('Signed in as')
const enter = (browser: Browser, code: string) => browser.post('/sign-in/factor', { code })
const eventsOf = async (type: string): Promise<number> => (await office.written()).filter((one) => one === type).length

describe('an authenticator app', () => {
  test.each([
    [59, '287082'],
    [1_111_111_109, '081804'],
    [1_111_111_111, '050471'],
    [1_234_567_890, '005924'],
    [2_000_000_000, '279037'],
    [20_000_000_000, '353130'],
  ])('makes the codes of RFC 6238: at %i %s (F7)', (seconds, code) => {
    const secret = 'GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ' // "12345678901234567890"
    expect(codeAt(secret, seconds)).toBe(code)
    expect(totpStep(secret, code, new Date(seconds * 1000))).toBe(Math.floor(seconds / 30))
  })

  test('a code is right within one step of the clock (F7)', () => {
    const secret = 'GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ'
    const now = new Date(1_111_111_110_000)
    const steps = [-2, -1, 0, 1, 2].map((step) => totpStep(secret, codeAt(secret, now.getTime() / 1000 + step * 30), now) !== null)
    expect(steps).toEqual([false, true, true, true, false])
  })

  test.skipIf(!hasOathtool)('a person adds oathtool as their app, and signs in with its code (F7)', async () => {
    const codeOfTool = (secret: string, at: Date) =>
      execFileSync('oathtool', ['--totp', '--base32', '--now', at.toISOString(), secret], { encoding: 'utf8' }).trim()
    const browser = await office.person('olga')
    const page = (await browser.get('/account/add-authenticator')).body
    const secret = secretIn(page)
    const added = await browser.post('/account/add-authenticator', { secret: hidden(page, 'secret'), code: codeOfTool(secret, new Date()) })
    expect(added.body).toContain('recovery codes')
    await office.clock.advance(60)
    const next = await halfSignedIn('olga')
    await enter(next.browser, codeOfTool(secret, new Date()))
    expect(await isSignedIn(next.browser)).toBe(true)
  })

  test('a person adds an app by a correct code, and gets ten recovery codes (F7, F8)', async () => {
    const { codes, secret, browser, email } = await aPerson('ann')
    expect(codes).toHaveLength(10)
    expect(new Set(codes.map(recoveryCodeOf)).size).toBe(10)
    expect((await office.mail(email)).subject).toBe('An authenticator app was added to your account')
    const [row] = await office.rows<{ stored: string }>(`select encode(secret, 'escape') as stored from authenticator order by created_at desc limit 1`)
    expect(row?.stored).not.toContain(secret)
    const hashes = await office.rows<{ stored: string }>(`select encode(code_hash, 'escape') as stored from recovery_code`)
    for (const code of codes) expect(JSON.stringify(hashes)).not.toContain(recoveryCodeOf(code))
    expect((await browser.get('/account/authenticator')).body).toContain('10 recovery codes left')
  })

  test('an app with a wrong code is not added, and the same secret is shown again (F7)', async () => {
    const browser = await office.person('bob')
    const page = (await browser.get('/account/add-authenticator')).body
    const secret = secretIn(page)
    const answer = await browser.post('/account/add-authenticator', { secret: hidden(page, 'secret'), code: wrongCode(secret) })
    expect(answer.statusCode).toBe(403)
    expect(answer.body).toContain(secret)
    expect((await browser.get('/account/security')).body).toContain('Add<span class="unseen"> an authenticator app')
  })

  test('the secret of another person or a made one is not accepted (F7)', async () => {
    const [ada, eve] = [await office.person('cyd'), await office.person('eva')]
    const page = (await ada.get('/account/add-authenticator')).body
    const secret = secretIn(page)
    for (const sealed of [hidden(page, 'secret'), 'AAAA', '']) {
      const answer = await eve.post('/account/add-authenticator', { secret: sealed, code: codeOf(secret) })
      expect(answer.headers.location).toBe('/account/add-authenticator')
    }
  })

  test('adding, removing and new recovery codes require a recent sign-in (F15)', async () => {
    const { browser } = await aPerson('dot')
    await office.clock.advance(601)
    for (const path of ['/account/authenticator/remove', '/account/authenticator/recovery-codes'])
      expect((await browser.post(path, {})).headers.location).toBe('/account/confirm?continue=%2Faccount%2Fauthenticator')
    const other = await office.person('eli')
    await office.clock.advance(601)
    expect((await other.get('/account/add-authenticator')).headers.location).toBe('/account/confirm?continue=%2Faccount%2Fadd-authenticator')
  })

  test('after the app is removed, the password alone is enough, and its codes end', async () => {
    const { browser, codes } = await aPerson('flo')
    expect((await browser.post('/account/authenticator/remove', {})).headers.location).toBe('/account/security?done=app-removed')
    expect((await halfSignedIn('flo')).answer.headers.location).toBe('/')
    expect(await office.rows(`select from recovery_code where user_id = (select id from account where username = 'flo')`)).toEqual([])
    expect(codes).toHaveLength(10)
  })
})

describe('the second factor', () => {
  test('after the password, the code of the app signs in (F1, F5, F14)', async () => {
    const { secret } = await aPerson('gil')
    const { browser, answer } = await halfSignedIn('gil')
    expect([answer.statusCode, answer.headers.location]).toEqual([303, '/sign-in/factor'])
    expect((await browser.get('/sign-in/factor')).body).toContain('Enter the code from your app')
    expect((await enter(browser, `${codeOf(secret).slice(0, 3)} ${codeOf(secret).slice(3)}`)).headers.location).toBe('/')
    expect(await isSignedIn(browser)).toBe(true)
    const [row] = await office.rows<{ methods: string[] }>(
      `select methods from session where user_id = (select id from account where username = 'gil') order by created_at desc limit 1`,
    )
    expect(row?.methods).toEqual(['pwd', 'otp', 'mfa'])
  })

  test('before the factor, no page is open (F5)', async () => {
    await aPerson('hob')
    const { browser } = await halfSignedIn('hob')
    const pending = browser.cookies.get('muster_pending') ?? ''
    expect(pending).toMatch(/^muster_ps_/)
    expect(browser.cookies.has('muster_session')).toBe(false)
    expect(await isSignedIn(browser)).toBe(false)
    for (const path of ['/account', '/account/security', '/logins', '/account/add-passkey', '/account/confirm'])
      expect((await browser.get(path)).headers.location).toMatch(/^\/sign-in/)
    browser.cookies.set('muster_session', pending)
    expect(await isSignedIn(browser)).toBe(false)
    browser.cookies.set('muster_session', pending.replace('muster_ps', 'muster_bs'))
    expect(await isSignedIn(browser)).toBe(false)
    expect(
      await office.rows(
        `select from session where user_id = (select id from account where username = 'hob') and created_at > muster_now() - interval '50 seconds'`,
      ),
    ).toEqual([])
  })

  test('a code is accepted once, also of many at the same time (F7)', async () => {
    const { secret } = await aPerson('ian')
    const browsers = await Promise.all(Array.from({ length: 4 }, () => halfSignedIn('ian')))
    const code = codeOf(secret)
    const answers = await Promise.all(browsers.map(({ browser }) => enter(browser, code)))
    expect(answers.map(({ statusCode }) => statusCode).sort()).toEqual([303, 403, 403, 403])
    const { browser } = await halfSignedIn('ian')
    expect((await enter(browser, codeOf(secret, -1))).statusCode).toBe(403) // of a step before the accepted one
  })

  test('five wrong codes end the sign-in, and the owner is told (F5, F7)', async () => {
    const { secret, email } = await aPerson('joy')
    await office.mail(email)
    const { browser } = await halfSignedIn('joy')
    for (let wrong = 1; wrong < 5; wrong += 1) expect((await enter(browser, wrongCode(secret))).statusCode).toBe(403)
    expect((await enter(browser, wrongCode(secret))).headers.location).toBe(ENDED)
    expect((await office.mail(email)).subject).toBe('Wrong sign-in codes for your account')
    expect((await enter(browser, codeOf(secret))).headers.location).toBe(ENDED)
    expect(await isSignedIn(browser)).toBe(false)
    // Another sign-in with the password gives no more tries within the quarter of an hour.
    const again = await halfSignedIn('joy')
    expect((await enter(again.browser, codeOf(secret))).statusCode).toBe(429)
    await office.clock.advance(901)
    const later = await halfSignedIn('joy')
    expect((await enter(later.browser, codeOf(secret))).statusCode).toBe(303)
  })

  test('after 50 wrong codes the app is locked until a recovery code is used (F7)', async () => {
    const { secret, codes } = await aPerson('kit')
    for (let round = 0; round < 10; round += 1) {
      const { browser } = await halfSignedIn('kit')
      for (let wrong = 0; wrong < 5; wrong += 1) await enter(browser, wrongCode(secret))
      await office.rows('delete from attempt')
    }
    expect(await eventsOf('authenticator.locked')).toBe(1)
    const { browser } = await halfSignedIn('kit')
    expect((await enter(browser, codeOf(secret))).statusCode).toBe(403)
    expect((await enter(browser, codeOf(secret))).body).toContain('Your authenticator app is locked')
    expect((await enter(browser, codes[0] as string)).statusCode).toBe(303)
    const next = await halfSignedIn('kit')
    expect((await enter(next.browser, codeOf(secret))).statusCode).toBe(303)
  })

  test('a recovery code works once, in any form of writing, and its owner is told (F8)', async () => {
    const { codes, email } = await aPerson('lou')
    await office.mail(email)
    const [first = '', second = ''] = codes
    const { browser } = await halfSignedIn('lou')
    expect((await browser.get('/sign-in/factor?with=recovery-code')).body).toContain('Enter a recovery code')
    expect((await enter(browser, first.toUpperCase().replaceAll('-', ' ').replaceAll('0', 'O').replaceAll('1', 'I'))).statusCode).toBe(303)
    expect((await office.mail(email)).text).toContain('9 are left')
    expect((await enter((await halfSignedIn('lou')).browser, first)).statusCode).toBe(403)
    const browsers = await Promise.all(Array.from({ length: 4 }, () => halfSignedIn('lou')))
    const answers = await Promise.all(browsers.map(({ browser: one }) => enter(one, second)))
    expect(answers.map(({ statusCode }) => statusCode).sort()).toEqual([303, 403, 403, 403])
  })

  test('new recovery codes replace the earlier ones (F8)', async () => {
    const { browser, codes } = await aPerson('mae')
    const { body } = await browser.post('/account/authenticator/recovery-codes', {})
    const fresh = [...body.matchAll(/<li><span class="code">([^<]*)/g)].map(([, code]) => code as string)
    expect(fresh).toHaveLength(10)
    const { browser: other } = await halfSignedIn('mae')
    expect((await enter(other, codes[0] as string)).statusCode).toBe(403)
    expect((await enter(other, fresh[0] as string)).statusCode).toBe(303)
  })

  test('a recovery code of one person does not help another (F8)', async () => {
    const [, { codes }] = [await aPerson('ned'), await aPerson('obi')]
    expect((await enter((await halfSignedIn('ned')).browser, codes[0] as string)).statusCode).toBe(403)
  })

  test('the sign-in ends after ten minutes, a new password, or a raised epoch (F5)', async () => {
    const { secret } = await aPerson('pat')
    const late = await halfSignedIn('pat')
    await office.clock.advance(601)
    expect((await late.browser.get('/sign-in/factor')).headers.location).toBe(ENDED)
    expect((await enter(late.browser, codeOf(secret))).headers.location).toBe(ENDED)
    for (const change of ['password_version = password_version + 1', 'epoch = epoch + 1']) {
      const { browser } = await halfSignedIn('pat')
      await office.rows(`update account set ${change} where username = 'pat'`)
      expect((await enter(browser, codeOf(secret))).headers.location).toBe(ENDED)
      expect(await isSignedIn(browser)).toBe(false)
    }
  })

  test('the status of a person is told after the factor only (S35)', async () => {
    const { secret } = await aPerson('quy')
    await office.rows(`update membership set status = 'deactivated' where user_id = (select id from account where username = 'quy')`)
    const { browser, answer } = await halfSignedIn('quy')
    expect(answer.headers.location).toBe('/sign-in/factor')
    const told = await enter(browser, codeOf(secret))
    expect([told.statusCode, await isSignedIn(browser)]).toEqual([401, false])
    expect(told.body).toContain('deactivated')
    const [row] = await office.rows<{ used: boolean }>(
      `select last_used_at is not null as used from authenticator a join account on account.id = user_id where username = 'quy'`,
    )
    expect(row).toEqual({ used: true }) // the code is used up, although the sign-in was refused
  })

  test('a new password by email neither removes the app nor lets in without it (F10)', async () => {
    const { secret, email } = await aPerson('rob')
    await office.mail(email)
    const visitor = office.browser()
    await visitor.post('/forgot-password', { email })
    const { link = '' } = await office.mail(email)
    await visitor.post('/reset-password', { token: new URL(link ?? '').searchParams.get('token') ?? '', password: 'seven quiet lanterns drift' })
    expect(await isSignedIn(visitor)).toBe(false)
    const answer = await visitor.post('/sign-in', { identifier: 'rob', password: 'seven quiet lanterns drift' })
    expect(answer.headers.location).toBe('/sign-in/factor')
    expect((await enter(visitor, codeOf(secret))).statusCode).toBe(303)
  })

  test('the purpose of the sign-in is kept through the factor (F5)', async () => {
    const { secret } = await aPerson('sue')
    const browser = office.browser()
    const answer = await browser.post('/sign-in', { identifier: 'sue', password: goodPassword, continue: '/account/names' })
    expect(answer.headers.location).toBe('/sign-in/factor?continue=%2Faccount%2Fnames')
    expect((await browser.post('/sign-in/factor', { code: codeOf(secret), continue: '/account/names' })).headers.location).toBe('/account/names')
  })

  test('a script that signs in by password is told what to do instead (F6)', async () => {
    const { secret } = await aPerson('tia')
    expect(secret).toHaveLength(32)
    const principal = { kind: 'anonymous', origin: { address: '127.0.0.1', userAgent: null, requestId: 'req_test' } } as const
    const signingIn = (password: string) => signInWithPassword(office, principal, { identifier: 'tia', password, clientId: SCRIPTS_CLIENT_ID, scopes: [] })
    await expect(signingIn('not the password')).rejects.toMatchObject({ code: 'wrong_credentials' })
    await expect(signingIn(goodPassword)).rejects.toMatchObject({ code: 'factor_required', status: 401 })
  })
})

describe('confirming with an authenticator app (F15)', () => {
  test('the password is not enough; a code is', async () => {
    const { browser, secret } = await aPerson('uma')
    await office.clock.advance(601)
    const page = (await browser.get('/account/confirm?continue=/account/authenticator')).body
    expect(page).toContain('Code from your authenticator app')
    expect(page).not.toContain('name="password"')
    expect((await browser.post('/account/confirm', { password: goodPassword })).statusCode).toBe(401)
    expect((await browser.get('/account/authenticator')).statusCode).toBe(303)
    expect((await browser.post('/account/confirm', { code: wrongCode(secret) })).statusCode).toBe(403)
    const right = await browser.post('/account/confirm', { code: codeOf(secret), continue: '/account/authenticator' })
    expect(right.headers.location).toBe('/account/authenticator')
    expect((await browser.get('/account/authenticator')).statusCode).toBe(200)
  })
})

describe('a session by password from before the app was added (F15)', () => {
  test('removes no app and creates no recovery codes', async () => {
    const owner = await office.person('val')
    const thief = office.browser()
    await thief.post('/sign-in', { identifier: 'val', password: goodPassword })
    await addApp(owner)
    for (const path of ['/account/authenticator/remove', '/account/authenticator/recovery-codes', '/account/add-passkey'])
      expect((await thief.post(path, {})).headers.location).toMatch(/^\/account\/confirm/)
    expect((await owner.post('/account/authenticator/remove', {})).headers.location).toBe('/account/security?done=app-removed')
  })

  test('wrong codes in it use up no tries of the sign-in', async () => {
    const { browser: thief, secret } = await aPerson('wes')
    await office.clock.advance(601)
    for (let wrong = 0; wrong < 5; wrong += 1) expect((await thief.post('/account/confirm', { code: wrongCode(secret) })).statusCode).toBe(403)
    expect((await enter((await halfSignedIn('wes')).browser, codeOf(secret))).statusCode).toBe(303)
  })
})

describe('the operator (F12)', () => {
  const operator = { kind: 'operator', name: 'root', tokenId: null, origin: { address: '127.0.0.1', userAgent: null, requestId: 'req_test' } } as const

  test('removes the factors of a person who lost them, and ends their sessions', async () => {
    const { browser, email } = await aPerson('xav')
    await office.mail(email)
    const reset = await office.execute(resetFactors, operator, { user: 'xav' })
    expect(reset).toMatchObject({ email, passkeys: 0, authenticator: true, endedSessions: 1 })
    expect(await isSignedIn(browser)).toBe(false)
    expect((await halfSignedIn('xav')).answer.headers.location).toBe('/')
    expect((await office.mail(email)).subject).toBe('Your passkeys and your authenticator app were removed')
  })

  test('is the only one who can', async () => {
    await aPerson('yas')
    await expect(office.execute(resetFactors, { kind: 'anonymous', origin: operator.origin }, { user: 'yas' })).rejects.toMatchObject({
      code: 'operator_required',
    })
    expect((await halfSignedIn('yas')).answer.headers.location).toBe('/sign-in/factor')
  })
})

describe('a passkey as the second factor (F1)', () => {
  const here = { origin: issuer, relyingParty: 'localhost' }
  const asked = (html: string) => JSON.parse(/data-passkey="([^"]*)"/.exec(html)?.[1]?.replaceAll('&quot;', '"') ?? 'null')

  async function addPasskey(browser: Browser): Promise<Authenticator> {
    const { challenge, user } = asked((await browser.get('/account/add-passkey')).body)
    const authenticator = anAuthenticator()
    await browser.post('/account/add-passkey', {
      response: authenticator.create({ ...here, challenge, userHandle: Buffer.from(user.id, 'base64url') }),
      name: '',
    })
    return authenticator
  }

  test('a passkey of the person is accepted after the password, another one is not', async () => {
    const { browser: owner } = await aPerson('viv')
    const own = await addPasskey(owner)
    const other = await addPasskey(await office.person('wim'))
    const { browser } = await halfSignedIn('viv')
    const { challenge, allowCredentials } = asked((await browser.get('/sign-in/factor')).body)
    expect(allowCredentials.map(({ id }: { id: string }) => id)).toEqual([own.credentialId.toString('base64url')])
    expect((await browser.post('/sign-in/factor', { response: other.use({ ...here, challenge }) })).statusCode).toBe(403)
    expect((await browser.post('/sign-in/factor', { response: own.use({ ...here, challenge, userVerified: false }) })).statusCode).toBe(303)
    expect(await isSignedIn(browser)).toBe(true)
  })

  test('a challenge of one sign-in is refused in another', async () => {
    const { browser: owner } = await aPerson('xia')
    const own = await addPasskey(owner)
    const [one, another] = [await halfSignedIn('xia'), await halfSignedIn('xia')]
    const { challenge } = asked((await one.browser.get('/sign-in/factor')).body)
    expect((await another.browser.post('/sign-in/factor', { response: own.use({ ...here, challenge }) })).statusCode).toBe(403)
  })

  test('a passkey that verified its user still signs in alone', async () => {
    const { browser: owner } = await aPerson('yul')
    const own = await addPasskey(owner)
    const browser = office.browser()
    const { challenge } = asked((await browser.get('/sign-in')).body)
    expect((await browser.post('/sign-in/passkey', { response: own.use({ ...here, challenge }) })).headers.location).toBe('/')
    expect(await isSignedIn(browser)).toBe(true)
  })
})

test('the secret of an app is among the values that a rotation encrypts again (O8)', async () => {
  const { name, secret } = await aPerson('zed')
  const [row] = await office.rows<{ user_id: UserId; key_generation: number }>(
    `select user_id, key_generation from authenticator where user_id = (select id from account where username = '${name}')`,
  )
  const values = await office.store.transaction(({ rootKeys }) => rootKeys.lastingValues())
  const sealed = values.find(({ table, context }) => table === 'authenticator' && context === row?.user_id)
  expect(sealed).toMatchObject({ purpose: 'authenticator', keyGeneration: row?.key_generation })
  expect(office.keys.of(sealed?.keyGeneration ?? -1).open('authenticator', sealed?.context ?? '', sealed?.sealed ?? Buffer.alloc(0))).toBe(secret)
})
