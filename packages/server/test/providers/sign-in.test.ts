import { type GitHub, type GitHubPerson, startGitHub } from '@muster/testkit/github.ts'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { anOffice, type Browser, goodPassword, issuer, type Office } from '../accounts/office.ts'
import { startIssuer } from './issuer.ts'
import { addressIn, answerOf, continueWith } from './travel.ts'

let office: Office
let github: GitHub
let company: Awaited<ReturnType<typeof startIssuer>>
beforeAll(async () => {
  github = await startGitHub()
  company = await startIssuer(`${issuer}/sign-in/with/oidc/callback`)
  office = await anOffice({
    providers: [
      { kind: 'github', id: 'github', name: 'GitHub', url: github.url, clientId: github.clientId, clientSecret: github.clientSecret },
      { kind: 'oidc', id: 'oidc', name: 'Company', issuer: company.url, clientId: company.clientId, clientSecret: company.clientSecret, trustedDomains: [] },
    ],
  })
})
afterAll(async () => {
  await office.close()
  await github.close()
  await company.close()
})
beforeEach(() => {
  github.apiStatus = 200
  github.isSilent = false
})
afterEach(async () => {
  await office.clock.restore()
  await office.rows('delete from attempt')
})

let ids = 1_000
function onGitHub(login: string, email: Partial<GitHubPerson['emails'][number]> = {}): GitHubPerson {
  ids += 1
  const other = { email: `${ids}+${login}@users.noreply.github.com`, primary: false, verified: true, visibility: null }
  return {
    id: ids,
    login,
    name: `${login} of GitHub`,
    emails: [other, { email: `${login}@example.com`, primary: true, verified: true, visibility: null, ...email }],
  }
}

const emailOf = (name: string): string => `${name}@example.com`
const isSignedIn = async (browser: Browser): Promise<boolean> => (await browser.get('/account')).statusCode === 200
const linkedTo = async (name: string): Promise<string[]> =>
  (await office.rows<{ label: string }>(`select label from identity join account a on a.id = user_id where email = '${emailOf(name)}'`)).map(
    ({ label }) => label,
  )

/** A person whose account was created by GitHub. */
async function aNewcomer(login: string) {
  const person = onGitHub(login)
  const browser = office.browser()
  github.person = person
  await continueWith(browser, 'github')
  await browser.post('/sign-up/with', { email: emailOf(login), given_name: login, family_name: '' })
  await browser.post('/sign-up/username', { username: login })
  return { person, browser }
}

/** By a code, which is emailed to an account that has nothing else. */
async function confirm(browser: Browser, name: string): Promise<void> {
  await browser.post('/account/confirm/email', {})
  await browser.post('/account/confirm', { mail_code: (await office.mail(emailOf(name))).code ?? '' })
}

describe('a person who is new here', () => {
  test('gets an account without a password, by a trusted address of GitHub (F20)', async () => {
    github.person = onGitHub('ann')
    const browser = office.browser()
    expect((await browser.get('/sign-up')).body).toContain('Continue with GitHub')
    expect((await continueWith(browser, 'github')).headers.location).toBe('/sign-up/with')
    const page = (await browser.get('/sign-up/with')).body
    expect(page).toContain('value="ann@example.com"')
    expect(page).toContain('value="ann of GitHub"')
    expect(await office.accounts()).not.toContain(emailOf('ann'))
    const answer = await browser.post('/sign-up/with', { email: emailOf('ann'), given_name: 'Ann', family_name: '' })
    expect(answer.headers.location).toBe('/sign-up/username')
    expect((await browser.post('/sign-up/username', { username: 'ann' })).headers.location).toBe('/')
    expect((await browser.get('/account/security')).body).toMatch(/Add<span class="unseen"> a password[\s\S]*GitHub: ann/)
    expect(await linkedTo('ann')).toEqual(['ann'])

    const later = office.browser()
    expect((await continueWith(later, 'github')).headers.location).toBe('/')
    expect(await isSignedIn(later)).toBe(true)
    const sessions = await office.rows('select methods, provider from session order by created_at desc limit 2')
    expect(sessions).toEqual([
      { methods: ['fed'], provider: 'github' },
      { methods: ['fed'], provider: 'github' },
    ])
    expect((await later.get('/account/security')).body).toContain('<h3 class="subject">GitHub</h3>')
  })

  test.each([
    ['an issuer that is not trusted for it', 'oidc'],
    ['GitHub, which has not verified it', 'github'],
  ])('proves an address of %s by the emailed code (F20)', async (_, provider) => {
    const name = `bob${provider}`
    github.person = onGitHub(name, { verified: false })
    company.signInAs({ sub: name, email: emailOf(name), email_verified: true, given_name: 'Bob' })
    const browser = office.browser()
    await continueWith(browser, provider)
    const answer = await browser.post('/sign-up/with', { email: emailOf(name), given_name: 'Bob', family_name: '' })
    expect(answer.headers.location).toBe('/sign-up/verify')
    expect(await office.accounts()).not.toContain(emailOf(name))
    const { code = '' } = await office.mail(emailOf(name))
    expect((await browser.post('/sign-up/verify', { code })).headers.location).toBe('/sign-up/username')
    expect(await linkedTo(name)).toHaveLength(1)
    const later = office.browser()
    await continueWith(later, provider)
    expect(await isSignedIn(later)).toBe(true)
  })

  test('learns only from the email that an untrusted address has an account (F20, C06)', async () => {
    await office.person('cyd')
    const answers = []
    for (const [sub, email] of [
      ['c1', emailOf('cyd')],
      ['c2', emailOf('nobody')],
    ] as const) {
      company.signInAs({ sub, email, email_verified: true, given_name: 'Cyd' })
      const browser = office.browser()
      const first = await continueWith(browser, 'oidc')
      const second = await browser.post('/sign-up/with', { email, given_name: 'Cyd', family_name: '' })
      const page = (await browser.get('/sign-up/verify')).body.replaceAll(email, 'x').replace(/\d{4}-\d\d-\d\dT[\d:.]+Z|\d\d:\d\d UTC/g, '')
      answers.push([first.headers.location, second.headers.location, page])
    }
    expect(answers[0]).toEqual(answers[1])
    await office.mailIsDone()
    expect((await office.mail(emailOf('cyd'))).subject).toBe('You already have an account')
    expect(await linkedTo('cyd')).toEqual([])
  })

  test('may type another address, which then needs the code (F20)', async () => {
    github.person = onGitHub('dot')
    const browser = office.browser()
    await continueWith(browser, 'github')
    const answer = await browser.post('/sign-up/with', { email: 'dot@other.example.com', given_name: 'Dot', family_name: '' })
    expect(answer.headers.location).toBe('/sign-up/verify')
  })

  test('reads to sign in with an identity that was linked meanwhile (F20)', async () => {
    const person = onGitHub('edi')
    const [first, second] = [office.browser(), office.browser()]
    for (const browser of [first, second]) {
      github.person = person
      await continueWith(browser, 'github', '/account/names')
    }
    const typed = { given_name: 'Edi', family_name: '', continue: '/account/names' }
    await first.post('/sign-up/with', { ...typed, email: emailOf('edi') })
    await second.post('/sign-up/with', { ...typed, email: 'edi@other.example.com' })
    const { code = '' } = await office.mail('edi@other.example.com')
    const answer = await second.post('/sign-up/verify', { code, continue: '/account/names' })
    const page = '/sign-in?continue=%2Faccount%2Fnames&reason=identity_taken&again=yes'
    expect(answer.headers.location).toBe(page)
    expect((await second.get(page)).body).toContain('Continue with the provider to sign in.')
    expect(await office.accounts()).not.toContain('edi@other.example.com')
  })

  test('reads to sign in if the identity is linked before the form is sent (F20)', async () => {
    github.person = onGitHub('edo')
    const { id } = github.person
    const browser = office.browser()
    await continueWith(browser, 'github')
    await office.person('edith')
    await office.rows(
      `insert into identity (id, user_id, provider, issuer, subject, label, address) select 'idn_' || substr(id, 5), id, 'github', '${github.url}/login/oauth', '${id}', 'edo', '192.0.2.1' from account where username = 'edith'`,
    )
    const answer = await browser.post('/sign-up/with', { email: emailOf('edo'), given_name: 'Edo', family_name: '' })
    expect(answer.headers.location).toBe('/sign-in?reason=identity_taken&again=yes')
    expect((await continueWith(browser, 'github')).headers.location).toBe('/')
  })

  test('sees every fault of the form at its field, and keeps what they typed', async () => {
    github.person = onGitHub('eli')
    const browser = office.browser()
    await continueWith(browser, 'github')
    const answer = await browser.post('/sign-up/with', { email: 'nonsense', given_name: '', family_name: 'Elison' })
    expect(answer.statusCode).toBe(422)
    expect(answer.body).toMatch(/href="#email"[\s\S]*href="#given_name"/)
    expect(answer.body).toContain('value="Elison"')
  })
})

describe('a person with an account here', () => {
  test('signs in to it first, then links an identity with its trusted address (F20)', async () => {
    await office.person('fay')
    github.person = onGitHub('fay')
    const browser = office.browser()
    const answer = await continueWith(browser, 'github')
    expect(answer.headers.location).toBe('/sign-in?continue=%2Faccount%2Flink-provider&reason=account_exists')
    expect(await isSignedIn(browser)).toBe(false)
    expect((await browser.get(answer.headers.location as string)).body).toContain('Sign in to it, then link the provider.')
    const signedIn = await browser.post('/sign-in', { identifier: 'fay', password: goodPassword, continue: '/account/link-provider' })
    expect(signedIn.headers.location).toBe('/account/link-provider')
    expect(await linkedTo('fay')).toEqual([])
    expect((await browser.get('/account/link-provider')).body).toContain('Link GitHub?')
    expect((await browser.post('/account/link-provider', {})).headers.location).toBe('/account/security?done=linked')
    expect(await linkedTo('fay')).toEqual(['fay'])
    expect((await office.mail(emailOf('fay'))).subject).toBe('GitHub can now sign you in')
    expect(await office.written()).toContain('identity.linked')
    const later = office.browser()
    await continueWith(later, 'github')
    expect(await isSignedIn(later)).toBe(true)
  })

  test('links and unlinks a provider under Security, and both addresses are told (F21)', async () => {
    const browser = await office.person('gus')
    github.person = onGitHub('gus', { email: 'gus@work.example.com' })
    const page = await browser.post('/account/add-provider', { provider: 'github' })
    expect((await browser.get(await answerOf(addressIn(page)))).headers.location).toBe('/account/link-provider')
    expect((await browser.post('/account/link-provider', {})).headers.location).toBe('/account/security?done=linked')
    expect((await office.mail(emailOf('gus'))).subject).toBe('GitHub can now sign you in')
    expect((await office.mail('gus@work.example.com')).subject).toBe('GitHub can now sign you in')
    const [, path = ''] = /href="(\/account\/providers\/idn_\w+)"/.exec((await browser.get('/account/security')).body) ?? []
    expect((await browser.get(path)).body).toContain('gus at GitHub')
    expect((await browser.post(`${path}/unlink`, {})).headers.location).toBe('/account/security?done=unlinked')
    expect((await office.mail(emailOf('gus'))).subject).toBe('GitHub was unlinked from your account')
    expect(await linkedTo('gus')).toEqual([])
    const later = office.browser()
    await continueWith(later, 'github')
    expect(await isSignedIn(later)).toBe(false)
  })

  test('links and unlinks only soon after a sign-in (F15)', async () => {
    const browser = await office.person('hal')
    github.person = onGitHub('hal')
    const page = await browser.post('/account/add-provider', { provider: 'github' })
    await browser.get(await answerOf(addressIn(page)))
    await office.clock.advance(601)
    for (const path of ['/account/link-provider', '/account/add-provider'])
      expect((await browser.post(path, { provider: 'github' })).headers.location).toMatch(/^\/account\/confirm\?continue=/)
    expect(await linkedTo('hal')).toEqual([])
  })

  test('keeps the last way in, and reads what to add (F21)', async () => {
    const { browser } = await aNewcomer('ida')
    await confirm(browser, 'ida')
    const [, path = ''] = /href="(\/account\/providers\/idn_\w+)"/.exec((await browser.get('/account/security')).body) ?? []
    const refused = await browser.post(`${path}/unlink`, {})
    expect(refused.statusCode).toBe(409)
    expect(refused.body).toContain('Add a password, a passkey or another provider first.')
    await browser.post('/account/password', { password: goodPassword })
    expect((await browser.post(`${path}/unlink`, {})).headers.location).toBe('/account/security?done=unlinked')
  })

  test('confirms first that it is them, by an emailed code (F15)', async () => {
    const { browser } = await aNewcomer('jim')
    for (const path of ['/account/password', '/account/add-passkey', '/account/add-authenticator'])
      expect((await browser.get(path)).headers.location).toBe(`/account/confirm?continue=${encodeURIComponent(path)}`)
    await confirm(browser, 'jim')
    expect((await browser.get('/account/password')).body).toContain('Add a password')
  })

  test('is asked for their second factor after the provider too (F1)', async () => {
    const { browser } = await aNewcomer('jon')
    await office.rows(
      `insert into authenticator (user_id, secret, key_generation, last_step, address) select id, '\\x00', 0, 0, '192.0.2.1' from account where username = 'jon'`,
    )
    const later = office.browser()
    expect((await continueWith(later, 'github')).headers.location).toBe('/sign-in/factor')
    expect(await isSignedIn(later)).toBe(false)
    expect(await office.rows('select provider from pending_sign_in')).toEqual([{ provider: 'github' }])
    // The session from before the app proves too little for a change.
    expect((await browser.get('/account/add-passkey')).headers.location).toContain('/account/confirm')
  })

  test('learns that they are suspended only after the provider has named them (S35, O14)', async () => {
    const { person } = await aNewcomer('kai')
    await office.rows(`update account set suspended_at = now() where username = 'kai'`)
    const answer = await continueWith(office.browser(), 'github')
    expect([answer.statusCode, answer.body.includes('This account is suspended')]).toEqual([403, true])
    github.person = { ...person, id: person.id + 1 }
    expect((await continueWith(office.browser(), 'github')).headers.location).toContain('account_exists')
  })

  test('keeps their address and account when the provider changes theirs (F21)', async () => {
    const { person } = await aNewcomer('kim')
    await office.person('lou')
    github.person = { ...person, login: 'renamed', emails: [{ email: emailOf('lou'), primary: true, verified: true, visibility: null }] }
    const later = office.browser()
    await continueWith(later, 'github')
    expect((await later.get('/account')).body).toContain(emailOf('kim'))
  })
})

describe('the purpose of a sign-in', () => {
  test('is kept: a device code, an application, a page of the person (F22)', async () => {
    await aNewcomer('max')
    for (const returnPath of ['/device?user_code=ABCD-EFGH', '/account/names', '/interaction/abc']) {
      const answer = await continueWith(office.browser(), 'github', returnPath)
      expect(answer.headers.location).toBe(returnPath)
    }
    const elsewhere = await continueWith(office.browser(), 'github', 'https://evil.example.com/')
    expect(elsewhere.headers.location).toBe('/')
  })

  test('is kept through a sign-up, and through linking (F22)', async () => {
    const browser = office.browser()
    github.person = onGitHub('noa')
    expect((await continueWith(browser, 'github', '/join')).headers.location).toBe('/sign-up/with?continue=%2Fjoin')
    const joined = await browser.post('/sign-up/with', { email: emailOf('noa'), given_name: 'Noa', family_name: '', continue: '/join' })
    expect(joined.headers.location).toBe('/join')

    await office.person('oli')
    github.person = onGitHub('oli')
    const other = office.browser()
    await continueWith(other, 'github', '/device?user_code=ABCD-EFGH')
    await other.post('/sign-in', { identifier: 'oli', password: goodPassword, continue: '/account/link-provider' })
    expect((await other.post('/account/link-provider', {})).headers.location).toBe('/device?user_code=ABCD-EFGH')
  })

  test('is kept if the person does not link the provider (F22)', async () => {
    await office.person('olga')
    github.person = onGitHub('olga')
    const browser = office.browser()
    await continueWith(browser, 'github', '/device?user_code=ABCD-EFGH')
    await browser.post('/sign-in', { identifier: 'olga', password: goodPassword, continue: '/account/link-provider' })
    expect((await browser.get('/account/link-provider')).body).toContain('Do not link')
    const declined = await browser.post('/account/link-provider', { decision: 'decline' })
    expect(declined.headers.location).toBe('/device?user_code=ABCD-EFGH')
    expect(await linkedTo('olga')).toEqual([])
    // The identity is forgotten with the decision.
    expect((await browser.post('/account/link-provider', {})).headers.location).toBe('/account/security')
    expect(await linkedTo('olga')).toEqual([])
  })

  test('costs an office no sign-ups, if they are completed (F20)', async () => {
    for (let number = 0; number < 31; number += 1) {
      github.person = onGitHub(`many${number}`)
      const browser = office.browser()
      await continueWith(browser, 'github')
      const answer = await browser.post('/sign-up/with', { email: emailOf(`many${number}`), given_name: 'Many', family_name: '' })
      expect(answer.headers.location).toBe('/sign-up/username')
    }
  })

  test('costs an office no tries, if it is completed (F22)', async () => {
    await aNewcomer('una')
    for (let number = 0; number < 70; number += 1) await continueWith(office.browser(), 'github')
    expect((await continueWith(office.browser(), 'github')).headers.location).toBe('/')
  })

  test('the browser remembers its last way in, and nothing about the account (F23)', async () => {
    const { browser } = await aNewcomer('pam')
    expect(browser.cookies.get('muster_last_way')).toBe('github')
    await browser.post('/sign-out', {})
    expect((await browser.get('/sign-in')).body).toContain('This browser signed in with GitHub last time.')
    browser.cookies.set('muster_last_way', 'made-up')
    expect((await browser.get('/sign-in')).body).not.toContain('last time')
  })
})

describe('a provider that does not answer', () => {
  test('leaves the other ways, and says so (F22)', async () => {
    const { person } = await aNewcomer('quin')
    github.person = person
    github.apiStatus = 503
    const browser = office.browser()
    const answer = await continueWith(browser, 'github', '/account/names')
    expect(answer.headers.location).toBe('/sign-in?continue=%2Faccount%2Fnames&reason=provider_unavailable&again=yes')
    const page = (await browser.get(answer.headers.location as string)).body
    expect(page).toContain('The provider did not answer.')
    expect(page).toContain('name="password"')
  })

  test('before anybody leaves for it, is reported at once (F22)', async () => {
    const other = await anOffice({
      providers: [{ kind: 'oidc', id: 'oidc', name: 'Gone', issuer: 'http://localhost:1', clientId: 'x', clientSecret: 'x', trustedDomains: [] }],
    })
    const answer = await other.browser().post('/sign-in/with', { provider: 'oidc' })
    expect(answer.headers.location).toBe('/sign-in?reason=provider_unavailable&again=yes')
    await other.close()
  })

  test('is given five seconds (F22)', async () => {
    github.person = onGitHub('ray')
    const browser = office.browser()
    const back = await answerOf(addressIn(await browser.post('/sign-in/with', { provider: 'github' })))
    github.isSilent = true
    const before = performance.now()
    expect((await browser.get(back)).headers.location).toContain('reason=provider_unavailable')
    expect(performance.now() - before).toBeLessThan(7_000)
  })

  test('or a person who cancels there, is back at the sign-in page', async () => {
    github.person = null
    expect((await continueWith(office.browser(), 'github')).headers.location).toContain('reason=provider_refused')
  })

  test('a provider that the operator has not set is unknown (F19)', async () => {
    const browser = office.browser()
    for (const answer of [await browser.post('/sign-in/with', { provider: 'google' }), await browser.get('/sign-in/with/google/callback?code=1&state=2')])
      expect(answer.statusCode).toBe(404)
    const other = await anOffice()
    expect((await other.browser().get('/sign-in')).body).not.toContain('Continue with')
    await other.close()
  })
})

test('no token of a provider is stored, and no secret of a sign-in (F21)', async () => {
  await aNewcomer('sam')
  const browser = office.browser()
  const address = new URL(addressIn(await browser.post('/sign-in/with', { provider: 'github' })))
  const rows = JSON.stringify([
    await office.rows(`select *, encode(token_hash, 'escape') from provider_sign_in`),
    await office.rows('select * from identity'),
    await office.rows('select * from proven_person'),
  ])
  const secrets = [...github.tokens, address.searchParams.get('state'), address.searchParams.get('code_challenge'), browser.cookies.get('muster_provider')]
  for (const secret of secrets) expect(rows).not.toContain(secret)
  expect(github.tokens.length).toBeGreaterThan(0)
})
