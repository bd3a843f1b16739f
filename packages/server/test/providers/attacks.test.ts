import { type AddressInfo, createServer, type Server } from 'node:net'
import { type GitHub, startGitHub } from '@muster/testkit/github.ts'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { Problem } from '../../src/domain/model/problem.ts'
import { createProviders } from '../../src/providers/providers.ts'
import { anOffice, type Browser, goodPassword, issuer, type Office } from '../accounts/office.ts'
import { type Forger, startForger } from './forger.ts'
import { addressIn, answerOf, continueWith } from './travel.ts'

let office: Office
let github: GitHub
let company: Forger
let google: Forger
const client = { clientId: 'muster', clientSecret: 'the secret of a client of another issuer' }
beforeAll(async () => {
  github = await startGitHub()
  company = await startForger(client.clientId, client.clientSecret)
  google = await startForger(client.clientId)
  office = await anOffice({
    providers: [
      { kind: 'github', id: 'github', name: 'GitHub', url: github.url, clientId: github.clientId, clientSecret: github.clientSecret },
      { kind: 'oidc', id: 'oidc', name: 'Company', issuer: company.url, trustedDomains: ['company.example.com'], ...client },
      { kind: 'google', id: 'google', name: 'Google', issuer: google.url, ...client },
    ],
  })
})
afterAll(async () => {
  await office.close()
  await github.close()
  await company.close()
  await google.close()
})
beforeEach(() => {
  for (const forger of [company, google])
    Object.assign(forger, { claims: {}, iss: undefined, signsWrong: false, alg: 'RS256', tokenEndpoint: undefined, redirectsTo: undefined })
})
afterEach(async () => {
  await office.clock.restore()
  await office.rows('delete from attempt')
})

const isSignedIn = async (browser: Browser): Promise<boolean> => (await browser.get('/account')).statusCode === 200
const identities = async (): Promise<number> => (await office.rows<{ many: number }>('select count(*)::int as many from identity'))[0]?.many ?? 0
const ENDED = '/sign-in?reason=provider_ended&again=yes'
const REFUSED = '/sign-in?reason=provider_refused&again=yes'

/** A person whose account is linked to this identity. */
async function linked(name: string, issuerUrl: string, subject: string): Promise<void> {
  await office.person(name)
  await office.rows(
    `insert into identity (id, user_id, provider, issuer, subject, label, address) select 'idn_' || substr(id, 5), id, 'oidc', '${issuerUrl}', '${subject}', '${name}', '192.0.2.1' from account where username = '${name}'`,
  )
}

/** A browser whose person has signed in at the provider. @returns where the provider sends it */
const sentBack = async (browser: Browser, provider = 'oidc'): Promise<string> => answerOf(addressIn(await browser.post('/sign-in/with', { provider })))

describe('the answer of a provider', () => {
  test('is accepted in the browser that asked, and ends nothing elsewhere (E41, F19)', async () => {
    await linked('ann', company.url, 'ann')
    company.claims = { sub: 'ann' }
    const [attacker, victim] = [office.browser(), office.browser()]
    const theirs = await sentBack(victim)
    const own = await sentBack(attacker)
    expect((await victim.get(own)).headers.location).toBe(ENDED)
    const swapped = `${own.split('?')[0]}?${new URLSearchParams({ ...Object.fromEntries(new URLSearchParams(own.split('?')[1])), state: new URLSearchParams(theirs.split('?')[1]).get('state') ?? '' })}`
    expect((await attacker.get(swapped)).headers.location).toBe(ENDED)
    expect(await isSignedIn(victim)).toBe(false)
    expect((await victim.get(theirs)).headers.location).toBe('/')
    expect(await isSignedIn(victim)).toBe(true)
  })

  test('is accepted once, even if it comes many times at once (E42)', async () => {
    await linked('bob', company.url, 'bob')
    company.claims = { sub: 'bob' }
    const browser = office.browser()
    const back = await sentBack(browser)
    const cookie = `muster_provider=${browser.cookies.get('muster_provider')}`
    const answers = await Promise.all(Array.from({ length: 8 }, () => office.browser().get(back, { cookie })))
    expect(answers.filter(({ headers }) => headers.location === '/')).toHaveLength(1)
    expect((await browser.get(back)).headers.location).toBe(ENDED)
  })

  test('is accepted for ten minutes, and only on the path of its provider (E42)', async () => {
    company.claims = { sub: 'cyd' }
    const browser = office.browser()
    const back = await sentBack(browser)
    expect((await browser.get(back.replace('/oidc/', '/google/'))).headers.location).toBe(ENDED)
    await office.clock.advance(601)
    expect((await browser.get(back)).headers.location).toBe(ENDED)
  })

  test('with a code of another sign-in is refused by PKCE (E42)', async () => {
    github.person = { id: 1, login: 'dan', name: null, emails: [] }
    const [thief, owner] = [office.browser(), office.browser()]
    const stolen = new URLSearchParams((await sentBack(owner, 'github')).split('?')[1]).get('code') ?? ''
    const own = new URL(await sentBack(thief, 'github'), issuer)
    own.searchParams.set('code', stolen)
    expect((await thief.get(`${own.pathname}${own.search}`)).headers.location).toBe(REFUSED)
  })

  test.each([
    ['for another client', { aud: 'another' }],
    ['of another issuer', { iss: 'https://accounts.example.com' }],
    ['of another sign-in', { nonce: 'another' }],
    ['that has expired', { exp: 1 }],
    ['for several clients, without `azp`', { aud: ['muster', 'another'] }],
    ['for several clients, by the `azp` of another', { azp: 'another', aud: ['muster', 'another'] }],
  ])('with a token %s is refused (E43)', async (what, claims) => {
    const name = `e${what.replace(/\W/g, '').toLowerCase().slice(-12)}`
    await linked(name, company.url, name)
    company.claims = { sub: name, ...claims }
    const browser = office.browser()
    expect((await continueWith(browser, 'oidc')).headers.location).toBe(REFUSED)
    expect(await isSignedIn(browser)).toBe(false)
  })

  test.each(['none', 'HS256', 'ES256'] as const)('with a token that is signed by %s is refused, if it announces RS256 (E43)', async (alg) => {
    const name = `f${alg.toLowerCase()}`
    await linked(name, company.url, name)
    company.claims = { sub: name }
    company.alg = alg
    const browser = office.browser()
    expect((await continueWith(browser, 'oidc')).headers.location).toBe(REFUSED)
    expect(await isSignedIn(browser)).toBe(false)
    company.alg = 'RS256'
    expect((await continueWith(browser, 'oidc')).headers.location).toBe('/')
  })

  test('with a token for several clients is accepted with the right `azp` (E43)', async () => {
    await linked('flo', company.url, 'flo')
    company.claims = { sub: 'flo', aud: ['muster', 'another'], azp: 'muster' }
    expect((await continueWith(office.browser(), 'oidc')).headers.location).toBe('/')
  })

  test('with a token of another key, or with a wrong `iss`, is refused (E43)', async () => {
    await linked('fay', company.url, 'fay')
    company.claims = { sub: 'fay' }
    company.signsWrong = true
    expect((await continueWith(office.browser(), 'oidc')).headers.location).toBe(REFUSED)
    company.signsWrong = false
    company.iss = google.url
    expect((await continueWith(office.browser(), 'oidc')).headers.location).toBe(REFUSED)
    company.iss = undefined
    expect((await continueWith(office.browser(), 'oidc')).headers.location).toBe('/')
  })

  test('is refused if GitHub’s answer has the `iss` of another issuer (E43)', async () => {
    github.person = { id: 2, login: 'gus', name: null, emails: [] }
    github.answer = (query) => query.set('iss', 'https://accounts.example.com')
    expect((await continueWith(office.browser(), 'github')).headers.location).toBe(REFUSED)
    github.answer = (query) => query.delete('iss')
    expect((await continueWith(office.browser(), 'github')).headers.location).toBe('/sign-up/with')
    github.answer = () => {}
  })
})

describe('an address', () => {
  test('signs nobody in, whoever vouches for it (E44, F20)', async () => {
    await office.person('hal')
    await office.rows(`update account set email = 'hal@gmail.com', email_canonical = 'hal@gmail.com' where username = 'hal'`)
    for (const [provider, forger] of [
      ['oidc', company],
      ['google', google],
    ] as const) {
      forger.claims = { sub: 'hal of somebody else', email: 'HAL@gmail.com', email_verified: true }
      const browser = office.browser()
      await continueWith(browser, provider)
      expect(await isSignedIn(browser)).toBe(false)
    }
    expect(await identities()).toBe((await office.rows(`select 1 from identity where label <> 'HAL@gmail.com'`)).length)
  })

  test.each([
    ['google', { email: 'ida@gmail.com', email_verified: true }, true],
    ['google', { email: 'IDA@GMail.com', email_verified: true }, true],
    ['google', { email: 'ida@acme.example', email_verified: true, hd: 'acme.example' }, true],
    ['google', { email: 'ida@acme.example', email_verified: true }, false],
    ['google', { email: 'ida@acme.example', email_verified: true, hd: 'other.example' }, false],
    ['google', { email: 'ida@acme.example', email_verified: true, hd: '' }, false],
    ['google', { email: 'ida@gmail.com', email_verified: false }, false],
    ['google', { email: 'ida@gmail.com', email_verified: 'true' }, false],
    ['google', { email: 'ida@gmail.com.evil.example', email_verified: true }, false],
    ['google', { email: 'ida@gmail.com@evil.example', email_verified: true }, false],
    ['oidc', { email: 'ida@company.example.com', email_verified: true }, true],
    ['oidc', { email: 'ida@company.example.com' }, false],
    ['oidc', { email: 'ida@sub.company.example.com', email_verified: true }, false],
    ['oidc', { email: 'ida@gmail.com', email_verified: true }, false],
  ])('of %s is trusted by its own rule: %o %s (E44)', async (provider, claims, isTrusted) => {
    const forger = provider === 'google' ? google : company
    forger.claims = { sub: `ida ${JSON.stringify(claims)}`, ...claims }
    const browser = office.browser()
    await continueWith(browser, provider)
    const page = (await browser.get('/sign-up/with')).body
    expect(page).toContain('Create an account')
    expect(page.includes('needs no code')).toBe(isTrusted)
  })

  test('with letters that fold to those of another is not taken for it (E44)', async () => {
    google.claims = { sub: 'kim', email: '\u212aim@gmail.com', email_verified: true } // the Kelvin sign becomes k in lower case
    const browser = office.browser()
    expect((await continueWith(browser, 'google')).headers.location).toBe('/sign-up/with')
    expect((await browser.get('/sign-up/with')).body).not.toContain('needs no code')
    const answer = await browser.post('/sign-up/with', { email: '\u212aim@gmail.com', given_name: 'Kim', family_name: '' })
    expect(answer.headers.location).toBe('/sign-up/verify')
    expect(await office.accounts()).not.toContain('kim@gmail.com')
  })
})

describe('an identity', () => {
  test.each([
    ['the same subject at another issuer', 'google', 'nia'],
    ['another case of the subject', 'oidc', 'NIA'],
    ['the subject with a space', 'oidc', 'nia '],
  ])('is issuer and subject, exactly: %s is another one (E45)', async (title, provider, sub) => {
    const name = `nia${title.length}`
    await linked(name, company.url, `nia${name}`)
    const forger = provider === 'google' ? google : company
    forger.claims = { sub: sub === 'nia' ? `nia${name}` : sub === 'NIA' ? `NIA${name}` : `nia${name} ` }
    const browser = office.browser()
    expect((await continueWith(browser, provider)).headers.location).toBe('/sign-up/with')
    expect(await isSignedIn(browser)).toBe(false)
  })

  test('is refused for a second account (E45)', async () => {
    await linked('oli', company.url, 'oli')
    company.claims = { sub: 'oli' }
    const thief = await office.person('pam')
    const page = await thief.post('/account/add-provider', { provider: 'oidc' })
    const answer = await thief.get(await answerOf(addressIn(page)))
    expect([answer.statusCode, answer.body]).toEqual([409, expect.stringContaining('This account is already linked')])
  })

  test('is linked only by the session that began, which is not somebody else’s (E46)', async () => {
    company.claims = { sub: 'quin' }
    const [attacker, victim] = [await office.person('quin'), await office.person('ray')]
    const back = await answerOf(addressIn(await attacker.post('/account/add-provider', { provider: 'oidc' })))
    victim.cookies.set('muster_provider', attacker.cookies.get('muster_provider') ?? '')
    const before = await identities()
    expect((await victim.get(back)).headers.location).toContain('/sign-in')
    await victim.post('/account/link-provider', {})
    expect(await identities()).toBe(before)
  })

  test('is not linked to the account of the next person in the browser (E46)', async () => {
    company.claims = { sub: 'ralf', email: 'somebody@example.org', email_verified: true }
    const victim = await office.person('ralf')
    await victim.post('/sign-out', {})
    await continueWith(victim, 'oidc')
    expect(victim.cookies.has('muster_proven')).toBe(true)
    await victim.post('/sign-in', { identifier: 'ralf', password: goodPassword })
    const before = await identities()
    await victim.post('/account/link-provider', {})
    expect(await identities()).toBe(before)
  })

  test('is linked once, even if the form comes many times at once (E46)', async () => {
    company.claims = { sub: 'sue' }
    const browser = await office.person('sue')
    await browser.get(await answerOf(addressIn(await browser.post('/account/add-provider', { provider: 'oidc' }))))
    const before = await identities()
    await Promise.all(Array.from({ length: 6 }, () => browser.post('/account/link-provider', {})))
    expect(await identities()).toBe(before + 1)
  })
})

describe('a document of a provider', () => {
  let inside: Server
  let connections = 0
  beforeAll(async () => {
    inside = createServer((socket) => {
      connections += 1
      socket.destroy()
    })
    await new Promise<void>((resolve) => inside.listen(0, resolve))
  })
  afterAll(() => new Promise((resolve) => inside.close(resolve)))

  test.each([
    ['an address of its network', 'https://127.0.0.1:PORT/token', 'is not public'],
    ['a name of its network', 'https://localhost:PORT/token', 'is not public'],
    ['a server without TLS', 'http://127.0.0.1:PORT/token', 'needs https'],
  ])('cannot send this server to %s (E47)', async (_, endpoint, why) => {
    connections = 0
    const { port } = inside.address() as AddressInfo
    company.tokenEndpoint = endpoint.replace('PORT', String(port))
    const error = await askCompany()
    expect([error.code, deepest(error)]).toEqual(['provider_refused', expect.stringContaining(why)])
    expect(connections).toBe(0)
  })

  test('cannot send this server on by a redirect (E47)', async () => {
    connections = 0
    company.redirectsTo = `http://127.0.0.1:${(inside.address() as AddressInfo).port}/`
    expect((await askCompany()).code).toBe('provider_refused')
    expect(company.requests).toContain('/token')
    expect(connections).toBe(0)
  })

  /** A sign-in at a provider whose document nobody has read yet. */
  async function askCompany(): Promise<Problem> {
    const [provider] = createProviders({
      issuer,
      providers: [{ kind: 'oidc', id: 'oidc', name: 'Company', issuer: company.url, trustedDomains: [], ...client }],
    })
    const secrets = { state: 'state', nonce: 'nonce', verifier: 'v'.repeat(43) }
    const back = await answerOf((await provider?.authorizationUrl(secrets)) ?? '')
    return provider?.personOf(back.slice(back.indexOf('?') + 1), secrets).catch((error) => error) as Promise<Problem>
  }
  const deepest = (error: Error): string => (error.cause instanceof Error ? deepest(error.cause) : error.message)
})
