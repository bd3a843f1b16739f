import type { PasskeyId, SessionId, UserId } from '@muster/contract/ids.ts'
import { type Authenticator, anAuthenticator, type Ceremony } from '@muster/testkit/authenticator.ts'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { hostsApplications } from '../../src/config.ts'
import { addPasskey, removePasskey } from '../../src/domain/factors/passkey.ts'
import { createWebAuthn } from '../../src/webauthn.ts'
import { anOffice, type Browser, goodPassword, issuer, type Office } from '../accounts/office.ts'

let office: Office
beforeAll(async () => {
  office = await anOffice()
})
afterAll(() => office.close())
afterEach(() => office.clock.restore())

const RELYING_PARTY = 'localhost'
const origin = { address: '127.0.0.1', userAgent: null, requestId: 'req_test' }
const here = { origin: issuer, relyingParty: RELYING_PARTY }

interface Asked {
  challenge: string
  user: { id: string }
  allowCredentials?: { id: string }[]
}

/** The request for a passkey in a page. */
const askedBy = (html: string): Asked => JSON.parse(/data-passkey="([^"]*)"/.exec(html)?.[1]?.replaceAll('&quot;', '"') ?? 'null')
const passkeyIdIn = (html: string): string => /\/account\/passkeys\/(pky_\w+)/.exec(html)?.[1] ?? ''

const ask = async (browser: Browser, path: string): Promise<Asked> => askedBy((await browser.get(path)).body)

/** Adds a passkey to the account of a browser that has just signed in. */
async function add(browser: Browser, authenticator: Authenticator = anAuthenticator(), more: Partial<Ceremony> & { name?: string } = {}) {
  const { challenge, user } = await ask(browser, '/account/add-passkey')
  const { name = '', ...ceremony } = more
  const response = authenticator.create({ ...here, challenge, userHandle: Buffer.from(user.id, 'base64url'), ...ceremony })
  return { authenticator, answer: await browser.post('/account/add-passkey', { response, name }) }
}

/** Opens the sign-in page of a new browser and signs in with the passkey. */
async function signIn(authenticator: Authenticator, ceremony: Partial<Parameters<Authenticator['use']>[0]> = {}, browser = office.browser()) {
  const { challenge } = await ask(browser, '/sign-in')
  const response = authenticator.use({ ...here, challenge, ...ceremony })
  return { browser, response, answer: await browser.post('/sign-in/passkey', { response }) }
}

const isSignedIn = async (browser: Browser): Promise<boolean> => (await browser.get('/')).body.includes('Signed in as')
const amr = async (): Promise<string[] | null> =>
  (await office.rows<{ methods: string[] | null }>('select methods from session order by created_at desc, id desc limit 1'))[0]?.methods ?? null

describe('adding a passkey', () => {
  test('a person adds a passkey, and an email tells the owner (F2, C16)', async () => {
    const browser = await office.person('ada')
    const { answer } = await add(browser, anAuthenticator(), {
      name: 'My laptop',
    })
    expect([answer.statusCode, answer.headers.location]).toEqual([303, '/account/security?done=added'])
    expect((await browser.get('/account/security?done=added')).body).toMatch(/Your passkey was added[\s\S]*My laptop[\s\S]*Synchronized between devices/)
    expect((await office.mail('ada@example.com')).subject).toBe('A passkey was added to your account')
    expect(await office.written()).toContain('passkey.added')
  })

  test('a passkey without a name gets that of its product', async () => {
    const browser = await office.person('bea')
    const bitwarden = Buffer.from('d548826e79b4db40a3d811116f7e8349', 'hex')
    await add(browser, anAuthenticator({ aaguid: bitwarden }))
    await add(browser, anAuthenticator({ aaguid: bitwarden }))
    await add(browser, anAuthenticator())
    const { body } = await browser.get('/account/security')
    const passkeys = body.slice(0, body.indexOf('Recent sign-ins</h2>'))
    expect([...passkeys.matchAll(/<h3 class="subject">([^<]*)/g)].map(([, name]) => name)).toEqual(['Passkey', 'Bitwarden 2', 'Bitwarden'])
  })

  test('a session that is older than ten minutes first confirms who is there (F15, F17)', async () => {
    const browser = await office.person('cleo')
    await office.clock.advance(601)
    const form = await browser.get('/account/add-passkey')
    expect([form.statusCode, form.headers.location]).toEqual([303, '/account/confirm?continue=%2Faccount%2Fadd-passkey'])
    expect((await browser.post('/account/confirm', { password: 'wrong', continue: '/account/add-passkey' })).statusCode).toBe(403)
    expect((await browser.get('/account/add-passkey')).statusCode).toBe(303)
    const confirmed = await browser.post('/account/confirm', { password: goodPassword, continue: '/account/add-passkey' })
    expect([confirmed.statusCode, confirmed.headers.location]).toEqual([303, '/account/add-passkey'])
    expect((await add(browser)).answer.headers.location).toBe('/account/security?done=added')
    expect(await office.written()).toContain('session.confirmed')
    // The sign-in of the session, which applications see, stays as it was (F14).
    const [row] = await office.rows<{ later: boolean; methods: string[] }>(
      `select confirmed_at > authenticated_at + interval '10 minutes' as later, methods from session where user_id = (select id from account where username = 'cleo')`,
    )
    expect(row).toEqual({ later: true, methods: ['pwd'] })
  })

  test('a response that comes after the ten minutes is refused (F15)', async () => {
    const browser = await office.person('dan')
    const { challenge, user } = await ask(browser, '/account/add-passkey')
    const response = anAuthenticator().create({ ...here, challenge, userHandle: Buffer.from(user.id, 'base64url') })
    await office.clock.advance(601)
    const answer = await browser.post('/account/add-passkey', { response, name: '' })
    expect(answer.headers.location).toBe('/account/confirm?continue=%2Faccount%2Fadd-passkey')
    expect(await office.rows(`select from passkey p join account a on a.id = p.user_id where a.username = 'dan'`)).toEqual([])
  })

  test.each([
    ['of another origin', { origin: 'https://localhost.example.com' }],
    ['for another relying party', { relyingParty: 'example.com' }],
    ['with a challenge of its own', { challenge: Buffer.alloc(54).toString('base64url') }],
  ])('a new passkey %s is refused', async (_, wrong) => {
    const browser = await office.person(`eve${_.length}`)
    const { answer } = await add(browser, anAuthenticator(), wrong)
    expect(answer.statusCode).toBe(403)
    expect(answer.body).toContain('could not be verified')
    expect((await browser.get('/account/security')).body).toContain('None yet')
  })

  test('a passkey of one account is not added to another', async () => {
    const [owner, thief] = [await office.person('fay'), await office.person('gus')]
    const { authenticator } = await add(owner)
    const { answer } = await add(thief, authenticator)
    expect(answer.statusCode).toBe(409)
    expect(answer.body).toContain('This passkey is already registered.')
  })

  test('a passkey that does not verify its user is not added (F2)', async () => {
    const browser = await office.person('gil')
    const { answer } = await add(browser, anAuthenticator({ synchronized: false }), { userVerified: false })
    expect(answer.statusCode).toBe(403)
    expect((await browser.get('/account/security')).body).toContain('None yet')
  })

  test('the command itself requires a recent sign-in, not only its page (F15)', async () => {
    const browser = await office.person('hana')
    const { authenticator } = await add(browser)
    const { challenge, user } = await ask(browser, '/account/add-passkey')
    const [session] = await office.rows<{ id: SessionId; user_id: UserId; epoch: number }>(
      `select id, user_id, epoch from session where user_id = (select id from account where username = 'hana')`,
    )
    if (!session) throw new Error('nobody is signed in')
    const principal = { kind: 'user', userId: session.user_id, sessionId: session.id, epoch: session.epoch, organizationId: null, token: null, origin } as const
    await office.clock.advance(601)
    const response = anAuthenticator().create({ ...here, challenge, userHandle: Buffer.from(user.id, 'base64url') })
    const services = { ...office, webauthn: createWebAuthn(issuer) }
    await expect(addPasskey(services, principal, { response, name: '' })).rejects.toMatchObject({ code: 'insufficient_user_authentication' })
    const passkey = await office.store.reading.passkeys.findByCredential(authenticator.credentialId)
    const removing = office.execute(removePasskey, principal, { id: passkey?.id as PasskeyId })
    await expect(removing).rejects.toMatchObject({ code: 'insufficient_user_authentication' })
  })

  test('a name that is not one line is refused and kept', async () => {
    const browser = await office.person('hal')
    const { answer } = await add(browser, anAuthenticator(), { name: 'x'.repeat(61) })
    expect(answer.statusCode).toBe(422)
    expect(answer.body).toContain(`value="${'x'.repeat(61)}"`)
  })

  test('an account has at most 20 passkeys', async () => {
    const browser = await office.person('ida')
    for (let number = 0; number < 20; number += 1) expect((await add(browser)).answer.statusCode).toBe(303)
    const answer = await browser.get('/account/add-passkey')
    expect(answer.statusCode).toBe(409)
    expect(answer.body).toContain('An account has at most 20 passkeys')
  })
})

describe('signing in with a passkey', () => {
  test('a passkey that checks its user is enough to sign in (F1, F14)', async () => {
    const { authenticator } = await add(await office.person('joan'))
    const { browser, answer } = await signIn(authenticator)
    expect([answer.statusCode, answer.headers.location]).toEqual([303, '/'])
    expect(await isSignedIn(browser)).toBe(true)
    expect(await amr()).toEqual(['swk', 'user', 'mfa'])
  })

  test('a registered passkey changes nothing for a sign-in by password (F1)', async () => {
    await add(await office.person('kay'))
    const browser = office.browser()
    expect((await browser.post('/sign-in', { identifier: 'kay', password: goodPassword })).headers.location).toBe('/')
    expect(await amr()).toEqual(['pwd'])
  })

  test('a person with a passkey lets it be asked for after every password (F1)', async () => {
    const browser = await office.person('yves')
    expect((await browser.get('/account/security')).body).not.toContain('Always ask for a second factor')
    const { authenticator } = await add(browser)
    await office.clock.advance(601)
    expect((await browser.post('/account/always-second-factor', { always: 'yes' })).headers.location).toContain('/account/confirm')
    await browser.post('/account/confirm', { password: goodPassword })
    expect((await browser.post('/account/always-second-factor', { always: 'yes' })).headers.location).toBe('/account/security?done=always')
    const next = office.browser()
    expect((await next.post('/sign-in', { identifier: 'yves', password: goodPassword })).headers.location).toBe('/sign-in/factor')
    const response = authenticator.use({ ...here, challenge: (await ask(next, '/sign-in/factor')).challenge })
    await next.post('/sign-in/factor', { response })
    expect(await isSignedIn(next)).toBe(true)
    // The password alone proves too little for a change, also for switching it off.
    await office.clock.advance(601)
    expect((await next.post('/account/confirm', { password: goodPassword })).statusCode).toBe(401)
    expect(await office.written()).toContain('second_factor.always_changed')
  })

  test('a person without a password stops asking for a second factor (F1)', async () => {
    const browser = await office.person('zita')
    await add(browser)
    await browser.post('/account/always-second-factor', { always: 'yes' })
    await office.rows(`update account set password_hash = null where username = 'zita'`)
    const page = (await browser.get('/account/security')).body
    expect(page).toContain('After a password or a provider, a passkey is asked for.')
    expect(page).toContain('Stop asking for a second factor')
    expect((await browser.get('/account')).body).toContain('Add<span class="unseen"> a password')
  })

  test('a passkey that does not check its user is refused (F1)', async () => {
    const { authenticator } = await add(await office.person('lea'))
    const { browser, answer } = await signIn(authenticator, { userVerified: false })
    expect([answer.statusCode, await isSignedIn(browser)]).toEqual([403, false])
    expect(answer.body).toContain('did not verify you with a PIN')
  })

  test('the sign-in page asks everybody for the same passkey (F3)', async () => {
    const asked = await ask(office.browser(), '/sign-in')
    expect(Object.keys(asked).sort()).toEqual(['challenge', 'rpId', 'timeout', 'userVerification'])
  })

  test.each([
    ['of another origin', { origin: 'http://localhost:4001' }],
    ['for another relying party', { relyingParty: 'example.com' }],
    ['with a challenge of its own', { challenge: Buffer.alloc(54).toString('base64url') }],
    ['with a wrong signature', { signature: Buffer.from('3006020101020101', 'hex') }],
    ['that names another account', { userHandle: Buffer.alloc(64, 7) }],
  ] as const)('an assertion %s is refused', async (title, wrong) => {
    const { authenticator } = await add(await office.person(`nia${title.length}`))
    const { browser, answer } = await signIn(authenticator, wrong)
    expect([answer.statusCode, await isSignedIn(browser)]).toEqual([403, false])
    expect(answer.body).toContain('This passkey could not be verified.')
  })

  test('the signature of one passkey does not sign in to the account of another', async () => {
    const { authenticator: victim } = await add(await office.person('ole'))
    const { authenticator: attacker } = await add(await office.person('pia'))
    const { browser, answer } = await signIn(attacker, { credentialId: victim.credentialId })
    expect([answer.statusCode, await isSignedIn(browser)]).toEqual([403, false])
  })

  test('a response is accepted once, also of two at the same time', async () => {
    const { authenticator } = await add(await office.person('quin'))
    const browser = office.browser()
    const { challenge } = await ask(browser, '/sign-in')
    const response = authenticator.use({ ...here, challenge })
    const answers = await Promise.all(Array.from({ length: 8 }, () => browser.post('/sign-in/passkey', { response })))
    expect(answers.map(({ statusCode }) => statusCode).sort()).toEqual([303, ...Array(7).fill(403)])
    expect((await browser.post('/sign-in/passkey', { response })).statusCode).toBe(403)
  })

  test('a response that another browser sends is refused', async () => {
    const { authenticator } = await add(await office.person('rex'))
    const { challenge } = await ask(office.browser(), '/sign-in')
    const thief = office.browser()
    await thief.get('/sign-in')
    expect((await thief.post('/sign-in/passkey', { response: authenticator.use({ ...here, challenge }) })).statusCode).toBe(403)
    expect(await isSignedIn(thief)).toBe(false)
  })

  test('a challenge for one purpose is refused for another', async () => {
    const owner = await office.person('sam')
    const { authenticator } = await add(owner)
    const { challenge } = await ask(owner, '/account/add-passkey')
    expect((await owner.post('/account/confirm/passkey', { response: authenticator.use({ ...here, challenge }) })).statusCode).toBe(403)
  })

  test('a page that was open for more than an hour says so', async () => {
    const { authenticator } = await add(await office.person('tess'))
    const browser = office.browser()
    const { challenge } = await ask(browser, '/sign-in')
    await office.clock.advance(3_601)
    const answer = await browser.post('/sign-in/passkey', { response: authenticator.use({ ...here, challenge }) })
    expect(answer.statusCode).toBe(410)
    expect(answer.body).toContain('The page was open for too long.')
  })

  test('a challenge is accepted in one spelling only', async () => {
    const { authenticator } = await add(await office.person('sid'))
    const browser = office.browser()
    const { challenge } = await ask(browser, '/sign-in')
    for (const spelling of [`${challenge}=`, `!${challenge}`, challenge.replaceAll('-', '+')].filter((one) => one !== challenge))
      expect((await browser.post('/sign-in/passkey', { response: authenticator.use({ ...here, challenge: spelling }) })).statusCode).toBe(403)
    expect((await browser.post('/sign-in/passkey', { response: authenticator.use({ ...here, challenge }) })).statusCode).toBe(303)
  })

  test.each(['', 'x', ' '])('a browser with the value %j gets a value of its own', async (value) => {
    const browser = office.browser()
    browser.cookies.set('muster_browser', value)
    await browser.get('/sign-in')
    expect(browser.cookies.get('muster_browser')).toMatch(/^[\w-]{32}$/)
  })

  test('a passkey from before a restore signs in after it was used with a password (O9)', async () => {
    const person = await office.person('tom')
    const { authenticator } = await add(person)
    await office.rows(`update passkey set verifies_user = false where user_id = (select id from account where username = 'tom')`)
    expect((await signIn(authenticator)).answer.body).toContain('restored from a backup')
    const { challenge } = await ask(person, '/account/confirm')
    expect((await person.post('/account/confirm/passkey', { response: authenticator.use({ ...here, challenge }) })).statusCode).toBe(303)
    expect((await signIn(authenticator)).answer.statusCode).toBe(303)
  })

  test.each(['', '{}', '[]', 'null', '{"id":"a","rawId":"a","type":"public-key","clientExtensionResults":{},"response":{}}', 'no json'])(
    'the response %j is refused without an error of the server',
    async (response) => {
      const browser = office.browser()
      await browser.get('/sign-in')
      expect((await browser.post('/sign-in/passkey', { response })).statusCode).toBe(403)
    },
  )

  test('a deactivated person is told so only with the right passkey (S35)', async () => {
    const { authenticator } = await add(await office.person('una'))
    await office.rows(`update membership set status = 'deactivated' where user_id = (select id from account where username = 'una')`)
    expect((await signIn(authenticator, { signature: Buffer.from('3006020101020101', 'hex') })).answer.body).not.toContain('deactivated')
    const { browser, answer } = await signIn(authenticator)
    expect([answer.statusCode, await isSignedIn(browser)]).toEqual([401, false])
    expect(answer.body).toContain('deactivated')
  })
})

describe('the counter of a passkey (F3)', () => {
  test('a synchronized passkey is accepted when its counter falls or stays 0', async () => {
    const { authenticator } = await add(await office.person('vic'))
    for (const counter of [9, 3, 0, 0]) expect((await signIn(authenticator, { counter })).answer.statusCode).toBe(303)
  })

  test('a device-bound passkey with a falling counter is refused, and its owner is told', async () => {
    const { authenticator } = await add(await office.person('wes'), anAuthenticator({ synchronized: false }))
    await office.mail('wes@example.com')
    for (const counter of [0, 0, 5, 6]) expect((await signIn(authenticator, { counter })).answer.statusCode).toBe(303)
    for (const counter of [6, 2, 0]) {
      const { browser, answer } = await signIn(authenticator, { counter })
      expect([answer.statusCode, await isSignedIn(browser)]).toEqual([403, false])
      expect(answer.body).toContain('may have been copied')
    }
    expect((await office.mail('wes@example.com')).subject).toBe('We refused one of your passkeys')
    expect((await office.written()).filter((type) => type === 'passkey.copied')).toHaveLength(1) // at most once an hour
    await office.clock.advance(3_601)
    expect((await signIn(authenticator, { counter: 1 })).answer.statusCode).toBe(403)
    expect((await office.written()).filter((type) => type === 'passkey.copied')).toHaveLength(2)
    expect((await signIn(authenticator, { counter: 7 })).answer.statusCode).toBe(303)
  })
})

describe('the passkeys of an account', () => {
  test('a removed passkey signs nobody in; the browser learns it (F3, F9, F24)', async () => {
    const browser = await office.person('xena')
    const { authenticator: kept } = await add(browser)
    const { authenticator: removed } = await add(browser)
    const id = passkeyIdIn((await browser.get('/account/security')).body) // the newest
    await browser.post(`/account/passkeys/${id}`, { name: 'Old phone' })
    expect((await browser.get('/account/security')).body).toContain('Old phone')
    expect((await browser.post(`/account/passkeys/${id}/remove`, {})).headers.location).toBe('/account/security?done=removed')
    const { body } = await browser.get('/account/security')
    const signal = JSON.parse(/data-signal="([^"]*)"/.exec(body)?.[1]?.replaceAll('&quot;', '"') ?? '{}')
    expect(signal.ids).toEqual([kept.credentialId.toString('base64url')])
    expect(Buffer.from(signal.userId, 'base64url')).toHaveLength(64)
    expect((await signIn(removed)).answer.statusCode).toBe(403)
    expect((await signIn(kept)).answer.statusCode).toBe(303)
    await browser.post(`/account/passkeys/${passkeyIdIn(body)}/remove`, {})
    expect((await browser.get('/account/security')).body).toContain('&quot;ids&quot;:[]')
  })

  test('a passkey is removed only soon after a sign-in (F15)', async () => {
    const browser = await office.person('yan')
    await add(browser)
    const id = passkeyIdIn((await browser.get('/account/security')).body)
    await office.clock.advance(601)
    expect((await browser.post(`/account/passkeys/${id}/remove`, {})).headers.location).toBe(`/account/confirm?continue=%2Faccount%2Fpasskeys%2F${id}`)
    expect((await browser.get('/account/security')).body).toContain(id)
  })

  test('a session of an earlier version counts as begun with a password (F18)', async () => {
    const browser = await office.person('amy')
    await office.rows(`update session set methods = null where user_id = (select id from account where username = 'amy')`)
    expect((await browser.get('/account/security')).statusCode).toBe(200)
    const [row] = await office.rows<{ id: SessionId }>(`select id from session where user_id = (select id from account where username = 'amy')`)
    expect(await office.store.reading.sessions.find(row?.id as SessionId)).toMatchObject({ methods: ['pwd'], confirmedAt: null })
  })

  test('the passkeys of another person do not exist for the caller', async () => {
    const [owner, stranger] = [await office.person('zoe'), await office.person('abe')]
    await add(owner)
    const id = passkeyIdIn((await owner.get('/account/security')).body)
    for (const path of [`/account/passkeys/${id}`, `/account/passkeys/${id}/remove`]) expect((await stranger.post(path, { name: 'mine' })).statusCode).toBe(404)
    expect((await stranger.get(`/account/passkeys/${id}`)).statusCode).toBe(404)
  })

  test('a person confirms who they are with their own passkey, and with no other (F15)', async () => {
    const [browser, stranger] = [await office.person('ben'), await office.person('cat')]
    const { authenticator } = await add(browser)
    const { authenticator: other } = await add(stranger)
    await office.clock.advance(601)
    const confirm = async (one: Authenticator) => {
      const { challenge } = await ask(browser, '/account/confirm?continue=/account/add-passkey')
      return browser.post('/account/confirm/passkey', { response: one.use({ ...here, challenge }), continue: '/account/add-passkey' })
    }
    expect((await confirm(other)).statusCode).toBe(403)
    expect((await browser.get('/account/add-passkey')).statusCode).toBe(303)
    expect((await confirm(authenticator)).headers.location).toBe('/account/add-passkey')
    expect((await browser.get('/account/add-passkey')).statusCode).toBe(200)
  })
})

describe('passkeys are possible', () => {
  test.each([
    ['https://accounts.example.com', 'accounts.example.com'],
    ['http://localhost:4000', 'localhost'],
    ['http://accounts.example.com', null],
    ['https://192.0.2.7', null],
    ['https://[2001:db8::7]', null],
  ])('at the issuer %s: %s (F4)', (address, relyingParty) => {
    expect(createWebAuthn(address)?.relyingParty ?? null).toBe(relyingParty)
  })
})

test.each([
  ['https://accounts.example.com', 'accounts.example.com', true],
  ['https://accounts.example.com', 'cloud.accounts.example.com', true],
  ['https://accounts.example.com', 'cloud.example.com', false],
  ['https://example.com', 'notexample.com', false],
  ['http://localhost:4000', 'cloud.localhost', false],
])('with the issuer %s and applications at %s, a warning is %s (F4)', (address, cloudDomain, warned) => {
  expect(hostsApplications({ issuer: address, cloudDomain })).toBe(warned)
})
