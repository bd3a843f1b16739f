import { anAuthenticator } from '@muster/testkit/authenticator.ts'
import { type Human, type Muster, PASSWORD, startMuster } from '@muster/testkit/muster.ts'
import { decodeJwt } from 'jose'
import * as client from 'openid-client'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { signInWithPassword } from '../../src/domain/accounts/password-login.ts'
import { discovered, pollDevice, postForm, SCOPE, startDevice, visitorOf } from '../oauth/conversation.ts'
import { codeOf } from './authenticator-app.ts'
import { passkeyIn, SCRIPTS_CLIENT_ID, signingIn, type Visitor } from './signing-in.ts'

let muster: Muster
let people: ReturnType<typeof signingIn>
beforeAll(async () => {
  muster = await startMuster({ env: { MUSTER_COMPAT: 'featurebase' } })
  people = signingIn(muster)
})
afterAll(() => muster.close())
afterEach(() => muster.clock.restore())

const policyPath = (org: string): string => `/v1/organizations/${org}/factor-policy`
const DAY = 86_400

/** An organization of an admin with a passkey and a member with a password only. `admin` is the admin's browser. */
async function anOrganization(name: string) {
  const members = await muster.organization({ [name]: 'admin', [`${name}_bo`]: 'member' })
  const [owner, bo] = [members[name] as Human, members[`${name}_bo`] as Human]
  const admin = await people.signIn(owner)
  const passkey = await people.addPasskey(admin)
  const set = (policy: string, more: Record<string, unknown> = {}) => people.asConsole(admin, 'PUT', policyPath(name), { policy, ...more })
  return { name, owner, bo, admin, passkey, set }
}

const readsOrganization = async (browser: Visitor, org: string) => people.asConsole(browser, 'GET', `/v1/organizations/${org}`)
const unmet = (acr: string) => ({ status: 401, body: { code: 'insufficient_user_authentication', acr_values: acr } })
const TWO_FACTORS = 'urn:muster:acr:two-factors'

describe('an organization requires a second factor (F13)', () => {
  test('a member without a factor adds one, and goes on in the same session', async () => {
    const { name, bo, set } = await anOrganization('alder')
    const browser = await people.signIn(bo)
    expect((await readsOrganization(browser, name)).status).toBe(200)
    expect((await set('any')).body).toMatchObject({ policy: 'any', in_force: 'any' })

    const refused = await readsOrganization(browser, name)
    expect(refused).toMatchObject(unmet(TWO_FACTORS))
    expect(refused.body.detail).toBe('alder requires a second factor: a passkey or an authenticator app.')
    expect((await muster.call('GET', `/v1/organizations/${name}`, { token: bo.token })).body.code).toBe('insufficient_user_authentication')
    expect((await people.asConsole(browser, 'GET', '/v1/me/factors')).body.required).toMatchObject({ organization: 'alder', policy: 'any', ready: false })
    expect((await browser.visit('/account/security')).text).toMatch(/alder requires a second factor[\s\S]*Until then you cannot work/)
    await people.addApp(browser)
    expect((await readsOrganization(browser, name)).status).toBe(200)
    expect((await browser.visit('/account/security')).text).not.toContain('alder requires')
  })

  test('a member with a passkey is asked for it after the password', async () => {
    const { bo, set } = await anOrganization('birch')
    const browser = await people.signIn(bo)
    const passkey = await people.addPasskey(browser)
    expect((await (await people.signIn(bo)).visit('/')).text).toContain('Signed in as') // a passkey alone changes nothing (F1)
    await set('any')
    const next = visitorOf(muster)
    const page = await next.visit('/sign-in', { identifier: bo.email, password: PASSWORD })
    expect(page.at.pathname).toBe('/sign-in/factor')
    expect(page.text).toContain('Use your passkey')
    expect(page.text).not.toContain('name="code"')
    const response = passkey.use({ ...people.here(), challenge: passkeyIn(page.text).challenge })
    await next.visit('/sign-in/factor', { response })
    expect((await readsOrganization(next, 'birch')).status).toBe(200)
  })

  test('a password does not add a factor where the policy asks for another', async () => {
    const { bo, set } = await anOrganization('cedar')
    const stolen = await people.signIn(bo)
    await people.addPasskey(await people.signIn(bo))
    await set('any')
    expect((await stolen.visit('/account/add-authenticator')).at.pathname).toBe('/account/confirm')
    const answer = await people.asConsole(stolen, 'POST', '/v1/me/confirmation', { password: PASSWORD })
    expect(answer.body.code).toBe('factor_required')
  })

  test('a code does not replace the passkey that a phishing-resistant policy asks for', async () => {
    const { name, bo, set } = await anOrganization('dogwood')
    const browser = await people.signIn(bo)
    const secret = await people.addApp(browser)
    const passkey = await people.addPasskey(browser)
    await set('phishing-resistant')
    await muster.clock.advance(60)
    const phished = visitorOf(muster)
    await phished.visit('/sign-in', { identifier: bo.email, password: PASSWORD })
    await phished.visit('/sign-in/factor', { code: codeOf(secret) })
    expect(await readsOrganization(phished, name)).toMatchObject(unmet('phr'))
    // It does not confirm either, on the page and in the console.
    await muster.clock.advance(30)
    const page = await phished.visit('/account/confirm')
    expect([page.text.includes('name="code"'), page.text.includes('Confirm with a passkey')]).toEqual([false, true])
    expect((await people.asConsole(phished, 'POST', '/v1/me/confirmation', { code: codeOf(secret) })).body.code).toBe('factor_required')
    // Nor does it add a passkey of its own.
    expect((await phished.visit('/account/add-passkey')).at.pathname).toBe('/account/confirm')
    const { passkey: asked } = (await people.asConsole(phished, 'GET', '/v1/me/confirmation')).body
    const response = JSON.parse(passkey.use({ ...people.here(), challenge: asked.challenge }))
    await people.asConsole(phished, 'POST', '/v1/me/confirmation', { passkey: response })
    expect((await readsOrganization(phished, name)).status).toBe(200)
  })

  test('nothing is required before the days of grace are over', async () => {
    const { name, bo, set } = await anOrganization('elder')
    const browser = await people.signIn(bo)
    const from = (await set('any', { grace_days: 7 })).body.from
    expect(Math.round((Date.parse(from) - Date.now()) / 1_000 / DAY)).toBe(7)
    expect((await readsOrganization(browser, name)).status).toBe(200)
    await muster.clock.advance(7 * DAY + 60)
    const fresh = await muster.login(bo)
    expect((await muster.call('GET', `/v1/organizations/${name}`, { token: fresh.token })).body.code).toBe('insufficient_user_authentication')
  })

  test('during the grace of a stricter policy, the weaker one stays in force', async () => {
    const { name, bo, set } = await anOrganization('fir')
    await set('any')
    expect((await set('phishing-resistant', { grace_days: 3 })).body).toMatchObject({ policy: 'phishing-resistant', in_force: 'any' })
    const browser = await people.signIn(bo)
    expect(await readsOrganization(browser, name)).toMatchObject(unmet(TWO_FACTORS))
    expect((await set('none')).body).toMatchObject({ policy: 'none', from: null, in_force: 'none' })
    expect((await readsOrganization(browser, name)).status).toBe(200)
  })

  test('an application gets no token for a session that does not meet it', async () => {
    const { bo, set } = await anOrganization('ebony')
    const { body } = await muster.call('POST', '/v1/operator/clients', {
      token: muster.config.operatorToken ?? '',
      body: {
        name: 'Dashboard',
        grants: ['authorization_code', 'refresh_token'],
        redirect_uris: ['https://app.example/callback'],
        scopes: ['openid', 'offline_access'],
      },
    })
    const config = await discovered(muster, body.id, body.secret)
    const verifier = client.randomPKCECodeVerifier()
    const parameters = {
      redirect_uri: 'https://app.example/callback',
      scope: 'openid offline_access',
      prompt: 'consent',
      code_challenge: await client.calculatePKCECodeChallenge(verifier),
      code_challenge_method: 'S256',
    }
    const browser = await people.signIn(bo)
    const consent = await browser.visit(client.buildAuthorizationUrl(config, parameters).href)
    const { at } = await browser.visit(consent.at.pathname, { decision: 'allow' })
    const tokens = await client.authorizationCodeGrant(config, at, { pkceCodeVerifier: verifier })
    await set('any')
    await expect(client.refreshTokenGrant(config, tokens.refresh_token ?? '')).rejects.toMatchObject({ error: 'invalid_grant' })
    expect((await browser.visit(client.buildAuthorizationUrl(config, parameters).href)).at.pathname).toBe('/account/security')
  })

  test('a change of the other setting keeps the policy and its time', async () => {
    const { set, admin, name } = await anOrganization('fern')
    const { from } = (await set('any', { grace_days: 5 })).body
    await muster.clock.advance(86_400 / 2)
    await people.asConsole(admin, 'POST', '/v1/me/confirmation', { password: PASSWORD })
    const kept = await people.asConsole(admin, 'PUT', policyPath(name), { remembered_devices: false })
    expect(kept.body).toMatchObject({ policy: 'any', from, in_force: 'none', remembered_devices: false })
  })

  test('setting it again, or a weaker one, does not switch it off for the days of grace', async () => {
    const { set } = await anOrganization('fig')
    await set('phishing-resistant')
    expect((await set('phishing-resistant', { grace_days: 14, remembered_devices: false })).body.in_force).toBe('phishing-resistant')
    expect((await set('any', { grace_days: 14 })).body).toMatchObject({ policy: 'any', in_force: 'any' })
  })

  test('until it is met, tokens do not name the organization, and leaving is possible', async () => {
    const { name, bo, set } = await anOrganization('gum')
    const { id } = (await muster.call('POST', '/v1/me/keys', { token: bo.token, body: { description: 'leaked', scope: 'all' } })).body
    await set('any')
    const { access_token } = (await muster.call('POST', '/v1/me/token', { token: bo.token })).body
    expect(decodeJwt(access_token)['org_id']).toBe(undefined)
    expect((await muster.call('DELETE', `/v1/me/keys/${id}`, { token: bo.token })).status).toBe(200)
    expect((await muster.call('POST', `/v1/organizations/${name}/leave`, { token: bo.token })).status).toBe(200)
  })

  test('a refresh token of CI joins no organization whose policy it does not meet', async () => {
    const { owner, set } = await anOrganization('holly')
    const { secret } = (await muster.call('POST', '/v1/organizations/holly/secrets', { token: owner.token, body: { kind: 'secret' } })).body
    await set('phishing-resistant')
    const guest = await muster.person('holly_guest')
    const browser = await people.signIn(guest)
    const { body } = await startDevice(muster, `${SCOPE} offline_access`)
    const page = await browser.visit('/device', { user_code: body.user_code })
    await browser.visit(page.at.pathname, { decision: 'approve' })
    const { access_token: token } = (await pollDevice(muster, body.device_code)).body
    expect(await muster.call('POST', '/v1/organizations/join', { token, body: { organization: 'holly', secret } })).toMatchObject(unmet('phr'))
  })

  test('a refresh token from before registration is checked when its person registers', async () => {
    const { owner, set } = await anOrganization('iroko')
    const invite = async () =>
      (await muster.call('POST', '/v1/organizations/iroko/secrets', { token: owner.token, body: { kind: 'secret' } })).body.secret as string
    const ciLogin = async (browser: Visitor) => {
      const { body } = await startDevice(muster, `${SCOPE} offline_access`)
      const page = await browser.visit('/device', { user_code: body.user_code })
      await browser.visit(page.at.pathname, { decision: 'approve' })
      return (await pollDevice(muster, body.device_code)).body as { access_token: string; refresh_token: string }
    }
    const newcomer = await muster.newcomer('iroko_new')
    const browser = await people.signIn(newcomer)
    const ci = await ciLogin(browser)
    const secret = await invite()
    await set('any')
    const register = (token: string, secret: string) => muster.call('POST', '/v1/me/registration', { token, body: { username: 'iroko_new', secret } })
    expect(await register(ci.access_token, secret)).toMatchObject(unmet(TWO_FACTORS))
    // Registered in a browser, the person is a member, and the refresh token has ended.
    const registered = await people.asConsole(browser, 'POST', '/v1/me/registration', { username: 'iroko_new', secret })
    expect([registered.status, registered.body.code]).toEqual([201, undefined])
    const refreshed = await postForm(muster, '/oauth/token', { grant_type: 'refresh_token', refresh_token: ci.refresh_token, client_id: 'muster-cli' })
    expect(refreshed.body.error).toBe('invalid_grant')
  })

  test('a session that is not asked for the factor otherwise creates no key without it', async () => {
    const { bo, set, name } = await anOrganization('juneberry')
    const browser = await people.signIn(bo)
    const { body } = await startDevice(muster, `${SCOPE} offline_access`)
    const page = await browser.visit('/device', { user_code: body.user_code })
    await browser.visit(page.at.pathname, { decision: 'approve' })
    const { access_token: token } = (await pollDevice(muster, body.device_code)).body
    await set('any')
    expect((await muster.call('GET', `/v1/organizations/${name}`, { token })).status).toBe(200)
    expect(await muster.call('POST', '/v1/me/keys', { token, body: { description: 'another', scope: 'all' } })).toMatchObject(unmet(TWO_FACTORS))
  })

  test('a login of a terminal is approved only in a browser that meets the policy', async () => {
    const { bo, set } = await anOrganization('ginkgo')
    await set('any')
    const browser = await people.signIn(bo)
    const { body } = await startDevice(muster, SCOPE)
    const security = await browser.visit('/device', { user_code: body.user_code })
    expect(security.at.pathname).toBe('/account/security')
    expect((await pollDevice(muster, body.device_code)).body.error).toBe('authorization_pending')
    // The page leads to the missing factor, and from there back to the terminal's request.
    const step = /href="(\/account\/add-passkey\?continue=[^"]*)"/.exec(security.text)?.[1] ?? ''
    const asked = passkeyIn((await browser.visit(step)).text)
    const response = anAuthenticator().create({ ...people.here(), challenge: asked.challenge, userHandle: Buffer.from(asked.user.id, 'base64url') })
    const page = await browser.visit('/account/add-passkey', { response, name: '', continue: new URLSearchParams(step.split('?')[1]).get('continue') ?? '' })
    expect(page.at.pathname).toBe('/device')
    const approval = await browser.visit('/device', { user_code: body.user_code })
    await browser.visit(approval.at.pathname, { decision: 'approve' })
    expect((await pollDevice(muster, body.device_code)).status).toBe(200)
  })

  test('a refresh token of CI goes on, because it was checked when it was created', async () => {
    const { name, bo, set } = await anOrganization('hazel')
    const browser = await people.signIn(bo)
    const { body } = await startDevice(muster, `${SCOPE} offline_access`)
    const page = await browser.visit('/device', { user_code: body.user_code })
    await browser.visit(page.at.pathname, { decision: 'approve' })
    const { refresh_token: token } = (await pollDevice(muster, body.device_code)).body
    await set('any')
    const refreshed = await postForm(muster, '/oauth/token', { grant_type: 'refresh_token', refresh_token: token, client_id: 'muster-cli' })
    expect(refreshed.status).toBe(200)
    expect((await muster.call('GET', `/v1/organizations/${name}`, { token: refreshed.body.access_token })).status).toBe(200)
  })

  test('a key stays valid, and a new one requires the factor', async () => {
    const { name, bo, set } = await anOrganization('juniper')
    const { key } = (await muster.call('POST', '/v1/me/keys', { token: bo.token, body: { description: 'CI', scope: 'all' } })).body
    await set('any')
    expect((await muster.call('GET', `/v1/organizations/${name}`, { token: key })).status).toBe(200)
    expect((await muster.call('POST', '/v1/me/keys', { token: bo.token, body: { description: 'more', scope: 'all' } })).status).toBe(401)
  })

  test('a remembered browser satisfies the policy unless the organization forbids it', async () => {
    const { name, bo, set } = await anOrganization('jasmine')
    const secret = await people.addApp(await people.signIn(bo))
    await set('any')
    await muster.clock.advance(60)
    const browser = await people.signIn(bo)
    await browser.visit('/sign-in/factor', { code: codeOf(secret), remember: 'yes' })
    await browser.visit('/sign-out', {})
    await browser.visit('/sign-in', { identifier: bo.email, password: PASSWORD })
    expect((await readsOrganization(browser, name)).status).toBe(200)
    await set('any', { remembered_devices: false })
    expect(await readsOrganization(browser, name)).toMatchObject(unmet(TWO_FACTORS))
    await browser.visit('/sign-out', {})
    const page = await browser.visit('/sign-in', { identifier: bo.email, password: PASSWORD })
    expect([page.at.pathname, page.text.includes('name="remember"')]).toEqual(['/sign-in/factor', false])
  })

  test('a script that signs in by password gets factor_required (F6)', async () => {
    const { bo, set } = await anOrganization('kapok')
    await set('any')
    const origin = { address: '127.0.0.1', userAgent: null, requestId: 'test' }
    const attempt = signInWithPassword(
      muster.server.services,
      { kind: 'anonymous', origin },
      {
        identifier: bo.email,
        password: PASSWORD,
        clientId: SCRIPTS_CLIENT_ID,
        scopes: ['api'],
      },
    )
    await expect(attempt).rejects.toMatchObject({ code: 'factor_required' })
  })
})

describe('the admin sets the policy (F13)', () => {
  test('only with a factor that the policy accepts, proved in this session', async () => {
    const owner = await muster.person('larch')
    const browser = await people.signIn(owner)
    const set = (policy: string) => people.asConsole(browser, 'PUT', policyPath('larch'), { policy })
    expect((await set('any')).body.code).toBe('factor_missing')
    await people.addApp(browser)
    expect((await set('phishing-resistant')).body.code).toBe('factor_missing')
    expect((await set('any')).status).toBe(200)
  })

  test('only soon after a sign-in or a confirmation (F15)', async () => {
    const { set } = await anOrganization('maple')
    await muster.clock.advance(601)
    const answer = await set('any')
    expect(answer.body).toMatchObject({ code: 'insufficient_user_authentication', action: 'factor-policy:change' })
  })

  test('a member and a key cannot', async () => {
    const { name, owner, bo } = await anOrganization('nutmeg')
    expect((await muster.call('PUT', policyPath(name), { token: bo.token, body: { policy: 'any' } })).body.code).toBe('forbidden')
    const { key } = (await muster.call('POST', '/v1/me/keys', { token: owner.token, body: { description: 'admin', scope: 'all' } })).body
    expect((await muster.call('PUT', policyPath(name), { token: key, body: { policy: 'any' } })).body.code).toBe('session_required')
  })

  test('the list names the members who are not ready, page by page', async () => {
    const members = await muster.organization({ oak: 'admin', oak_app: 'member', oak_key: 'member', oak_pwd: 'member' })
    const admin = await people.signIn(members['oak'] as Human)
    await people.addPasskey(admin)
    await people.addApp(await people.signIn(members['oak_app'] as Human))
    await people.addPasskey(await people.signIn(members['oak_key'] as Human))
    const list = async (query: string) => (await people.asConsole(admin, 'GET', `/v1/organizations/oak/unready-members?${query}`)).body
    expect((await list('policy=any')).items.map(({ username }: { username: string }) => username)).toEqual(['oak_pwd'])
    const first = await list('policy=phishing-resistant&limit=1')
    const second = await list(`policy=phishing-resistant&limit=1&cursor=${first.next_cursor}`)
    expect([...first.items, ...second.items].map((one) => [one.username, one.authenticator]).sort()).toEqual([
      ['oak_app', true],
      ['oak_pwd', false],
    ])
    expect(second.next_cursor).toBe(null)
    expect((await list('')).items).toEqual([]) // nothing is required yet
  })
})

test('the operator lifts a policy that nobody can meet any more', async () => {
  const { name, bo, set } = await anOrganization('quince')
  await set('phishing-resistant')
  const path = `/v1/operator/organizations/${name}/factor-policy`
  expect((await muster.call('DELETE', path, { token: bo.token })).body.code).toBe('operator_required')
  expect((await muster.call('DELETE', path, { token: muster.config.operatorToken ?? '' })).body.factor_policy).toBe('none')
  expect((await muster.call('GET', `/v1/organizations/${name}`, { token: bo.token })).status).toBe(200)
})

test('the last factor that the policy demands is not removed (F9)', async () => {
  const { set, admin } = await anOrganization('pine')
  await set('any', { grace_days: 5 })
  const page = await admin.visit('/account/security')
  const path = /\/account\/passkeys\/pky_\w+/.exec(page.text)?.[0] ?? ''
  const refused = await admin.visit(`${path}/remove`, {})
  expect([refused.status, /This factor is required/.test(refused.text)]).toEqual([409, true])
  await people.addApp(admin)
  expect((await admin.visit(`${path}/remove`, {})).text).toContain('Your passkey was removed')
})
