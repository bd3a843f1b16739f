import { randomBytes } from 'node:crypto'
import type { ClientId, OrganizationId, SessionId } from '@muster/contract/ids.ts'
import { type Answer, type Human, type Muster, PASSWORD, startMuster } from '@muster/testkit/muster.ts'
import { decodeJwt } from 'jose'
import { sql } from 'kysely'
import * as client from 'openid-client'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { requestDevice } from '../../src/domain/credentials/device-authorization.ts'
import { startSession } from '../../src/domain/credentials/session.ts'
import { systemPrincipal } from '../../src/domain/model/principal.ts'
import { browserOf, discovered, pollDevice, SCOPE, startDevice, visitorOf } from '../oauth/conversation.ts'
import { codeOf } from './authenticator-app.ts'
import { SCRIPTS_CLIENT_ID, signingIn, type Visitor } from './signing-in.ts'

let muster: Muster
let ada: Human
let bob: Human
let people: ReturnType<typeof signingIn>
beforeAll(async () => {
  muster = await startMuster({ env: { MUSTER_COMPAT: 'featurebase' } })
  const members = await muster.organization({ ada: 'admin', bob: 'member' })
  ada = members['ada'] as Human
  bob = members['bob'] as Human
  people = signingIn(muster)
})
afterAll(() => muster.close())
afterEach(async () => {
  await muster.clock.restore()
  ada = await muster.login(ada)
  bob = await muster.login(bob)
})

const OLD_SECONDS = 601
const refused = { status: 401, body: { code: 'insufficient_user_authentication', max_age: 600 } }
const confirmedAt = async (sessionId: string): Promise<Date | null> =>
  (await muster.server.services.store.reading.sessions.find(sessionId as SessionId))?.confirmedAt ?? null

describe('a change that gives lasting access (F15)', () => {
  const bobPath = '/v1/organizations/ada/members/bob'
  const changes: [action: string, change: () => Promise<Answer>, status: number][] = [
    ['keys:create', () => muster.call('POST', '/v1/me/keys', { token: ada.token, body: { description: 'CI', scope: 'all' } }), 201],
    [
      'keys:create',
      async () => {
        await muster.call('POST', '/v1/organizations/ada/service-accounts', { token: ada.token, body: { name: 'ci_bot' } })
        return muster.call('POST', '/v1/organizations/ada/service-accounts/ci_bot/keys', { token: ada.token, body: { description: 'CI', scope: 'all' } })
      },
      201,
    ],
    ['members:promote', () => muster.call('PATCH', bobPath, { token: ada.token, body: { role: 'admin' } }), 200],
    ['members:promote', () => muster.call('POST', '/v1/organizations/ada/secrets', { token: ada.token, body: { kind: 'secret', role: 'admin' } }), 201],
    [
      'members:promote',
      () => muster.call('POST', '/v1/organizations/ada/invitations', { token: ada.token, body: { emails: ['new@example.com'], role: 'admin' } }),
      200,
    ],
    ['members:reset-factors', () => muster.call('POST', `${bobPath}/factor-reset`, { token: ada.token }), 200],
    ['members:sign-out', () => muster.call('DELETE', `${bobPath}/sessions`, { token: ada.token }), 200],
    ['audit:export', () => muster.call('GET', '/v1/organizations/ada/audit-events', { token: ada.token, headers: { accept: 'text/csv' } }), 200],
  ]

  test.each(changes)('an old session is refused %s, and a session that was confirmed is not', async (action, change, status) => {
    await muster.clock.advance(OLD_SECONDS)
    const answer = await change()
    expect(answer).toMatchObject(refused)
    expect(answer.body.action).toBe(action)
    expect(answer.headers.get('www-authenticate')).toBe(
      'Bearer error="insufficient_user_authentication", error_description="This requires a recent sign-in.", max_age="600"',
    )
    await muster.server.services.store.reading.sessions.confirm(ada.sessionId as SessionId, { methods: ['pwd'] })
    expect((await change()).status).toBe(status)
    await muster.call('PATCH', bobPath, { token: ada.token, body: { role: 'member' } })
  })

  test('an old session still demotes a member and reads the audit log', async () => {
    await muster.clock.advance(OLD_SECONDS)
    expect((await muster.call('PATCH', bobPath, { token: ada.token, body: { role: 'member' } })).status).toBe(200)
    expect((await muster.call('GET', '/v1/organizations/ada/audit-events', { token: ada.token })).status).toBe(200)
  })

  test('a key is not asked, because nobody can confirm for it', async () => {
    const { key } = (await muster.call('POST', '/v1/me/keys', { token: ada.token, body: { description: 'admin', scope: 'all' } })).body
    await muster.clock.advance(OLD_SECONDS)
    expect((await muster.call('PATCH', bobPath, { token: key, body: { role: 'admin' } })).status).toBe(200)
    expect((await muster.call('PATCH', bobPath, { token: key, body: { role: 'member' } })).status).toBe(200)
    expect((await muster.call('POST', '/v1/me/terminal-confirmations', { token: key, body: {} })).body.code).toBe('session_required')
  })

  test('a session of the client of a compatibility folder always counts', async () => {
    const { execute, accessTokens } = muster.server.services
    const session = await execute(
      async (context, _: undefined) => {
        const account = await context.tx.accounts.find(ada.id)
        const membership = await context.tx.memberships.current(ada.id)
        if (!account) throw new Error('ada has no account')
        const organizationId = membership?.organizationId as OrganizationId
        return startSession(context, { kind: 'refresh', account, organizationId, clientId: SCRIPTS_CLIENT_ID as ClientId, methods: ['pwd'] })
      },
      systemPrincipal,
      undefined,
    )
    const { accessToken } = await accessTokens.issueAccessToken({
      sessionId: session.id,
      clientId: SCRIPTS_CLIENT_ID,
      scopes: new Set(['api']),
      expiresAt: session.expiresAt,
    })
    await muster.clock.advance(OLD_SECONDS)
    expect((await muster.call('POST', '/v1/me/keys', { token: accessToken, body: { description: 'scripts', scope: 'all' } })).status).toBe(201)
  })

  test('an admin removes five members in ten minutes, and confirms for the sixth', async () => {
    const names = ['r_one', 'r_two', 'r_three', 'r_four', 'r_five', 'r_six']
    const members = await muster.organization({ remover: 'admin', ...Object.fromEntries(names.map((name) => [name, 'member' as const])) })
    const { token, sessionId } = members['remover'] as Human
    await muster.clock.advance(OLD_SECONDS)
    const remove = (name: string) => muster.call('DELETE', `/v1/organizations/remover/members/${name}`, { token })
    expect((await remove('nobody_there')).status).toBe(404) // does not count
    for (const name of names.slice(0, 5)) expect((await remove(name)).status).toBe(200)
    const deactivated = await muster.call('POST', '/v1/organizations/remover/members/r_six/deactivate', { token })
    expect(deactivated).toMatchObject(refused) // counted together
    const sixth = await remove('r_six')
    expect(sixth).toMatchObject(refused)
    expect(sixth.body.action).toBe('members:remove')
    await muster.server.services.store.reading.sessions.confirm(sessionId as SessionId, { methods: ['pwd'] })
    expect((await muster.call('POST', '/v1/organizations/remover/members/r_six/deactivate', { token })).status).toBe(200)
  })

  test('with an authenticator app, the password alone changes no password or address', async () => {
    const gil = await muster.person('gil')
    const browser = await people.signIn(gil)
    const secret = await people.addApp(browser)
    await muster.clock.advance(OLD_SECONDS)
    const password = { current_password: PASSWORD, new_password: 'a new lantern for the harbor' }
    expect(await people.asConsole(browser, 'POST', '/v1/me/password', password)).toMatchObject(refused)
    expect(await people.asConsole(browser, 'POST', '/v1/me/email', { password: PASSWORD, email: 'gil@example.org' })).toMatchObject(refused)
    expect((await browser.visit('/account/password')).at.pathname).toBe('/account/confirm')
    expect((await browser.visit('/account/email')).at.pathname).toBe('/account/confirm')
    const late = await browser.visit('/account/email', { email: 'gil@example.org', password: PASSWORD })
    expect([late.at.pathname, late.at.searchParams.get('continue')]).toEqual(['/account/confirm', '/account/email'])
    const back = await browser.visit('/account/confirm', { code: codeOf(secret), continue: '/account/email' })
    expect(back.at.pathname).toBe('/account/email')
    expect(back.text).toContain('value="gil@example.org"') // nothing typed is lost (F17)
    expect((await people.asConsole(browser, 'POST', '/v1/me/password', password)).status).toBe(200)
  })
})

describe('a proof that a server of an earlier version has noted without its methods (F18)', () => {
  /** Both versions run during an upgrade. */
  const note = (name: string, what: string) =>
    sql`update session set ${sql.raw(what)} where user_id = (select id from account where username = ${name})`.execute(muster.server.database.kysely)
  const isRecent = async (browser: Visitor): Promise<boolean> => (await people.asConsole(browser, 'GET', '/v1/me/confirmation')).body.recent

  test.each([
    ['signed in', 'authenticated_at = muster_now(), methods = null, confirmed_at = null, confirmed_methods = null'],
    ['confirmed', 'confirmed_at = muster_now(), confirmed_methods = null'],
  ])('a person with an app who has %s by it is not recent', async (what, noted) => {
    const name = `lea_${what.slice(0, 4)}`
    const browser = await people.signIn(await muster.person(name))
    await people.addApp(browser)
    await muster.clock.advance(OLD_SECONDS)
    await note(name, noted)
    expect(await isRecent(browser)).toBe(false)
    expect(await people.asConsole(browser, 'POST', '/v1/me/keys', { description: 'CI', scope: 'all' })).toMatchObject(refused)
  })

  test('a person without an app who has confirmed by it is recent', async () => {
    const browser = await people.signIn(await muster.person('lia'))
    await muster.clock.advance(OLD_SECONDS)
    await note('lia', 'confirmed_at = muster_now(), confirmed_methods = null')
    expect(await isRecent(browser)).toBe(true)
  })
})

describe('the console confirms in place (F17)', () => {
  test('by password, for a person without an authenticator app', async () => {
    const hal = await muster.person('hal')
    const browser = await people.signIn(hal)
    await muster.clock.advance(OLD_SECONDS)
    expect((await people.asConsole(browser, 'GET', '/v1/me/confirmation')).body).toEqual({ recent: false, password: true, code: false, passkey: null })
    expect((await people.asConsole(browser, 'POST', '/v1/me/keys', { description: 'CI', scope: 'all' })).status).toBe(401)
    expect((await people.asConsole(browser, 'POST', '/v1/me/confirmation', { password: 'wrong' })).body.code).toBe('password_wrong')
    expect((await people.asConsole(browser, 'POST', '/v1/me/confirmation', { password: PASSWORD })).body).toEqual({ recent: true })
    expect((await people.asConsole(browser, 'POST', '/v1/me/keys', { description: 'CI', scope: 'all' })).status).toBe(201)
  })

  test('by a code, for a person with an authenticator app', async () => {
    const ida = await muster.person('ida')
    const browser = await people.signIn(ida)
    const secret = await people.addApp(browser)
    await muster.clock.advance(OLD_SECONDS)
    expect((await people.asConsole(browser, 'GET', '/v1/me/confirmation')).body).toMatchObject({ recent: false, password: false, code: true })
    expect((await people.asConsole(browser, 'POST', '/v1/me/confirmation', { password: PASSWORD })).body.code).toBe('factor_required')
    expect((await people.asConsole(browser, 'POST', '/v1/me/confirmation', { code: codeOf(secret) })).body).toEqual({ recent: true })
  })

  test('by a passkey of this person', async () => {
    const joy = await muster.person('joy')
    const browser = await people.signIn(joy)
    const authenticator = await people.addPasskey(browser)
    await muster.clock.advance(OLD_SECONDS)
    const { passkey } = (await people.asConsole(browser, 'GET', '/v1/me/confirmation')).body
    const response = JSON.parse(authenticator.use({ ...people.here(), challenge: passkey.challenge }))
    expect((await people.asConsole(browser, 'POST', '/v1/me/confirmation', { passkey: response })).body).toEqual({ recent: true })
    expect((await people.asConsole(browser, 'POST', '/v1/me/confirmation', { passkey: response })).body.code).toBe('passkey_refused')
  })

  test('an application with a token is refused, so that it does not ask for the password', async () => {
    const answer = await muster.call('POST', '/v1/me/confirmation', { token: ada.token, body: { password: PASSWORD } })
    expect(answer).toMatchObject({ status: 403, body: { code: 'terminal_confirms' } })
  })
})

describe('a terminal confirms by a code (F16)', () => {
  const request = (human: Human, body: Record<string, unknown> = { action: 'keys:create' }) =>
    muster.call('POST', '/v1/me/terminal-confirmations', { token: human.token, body })
  const stateOf = async (human: Human, id: string): Promise<string> =>
    (await muster.call('GET', `/v1/me/terminal-confirmations/${id}`, { token: human.token })).body.state
  const openCode = (browser: ReturnType<typeof visitorOf>, userCode: string) => browser.visit('/device', { user_code: userCode })

  test('its person confirms in a browser, and the same session goes on', async () => {
    const browser = await people.signIn(ada)
    await muster.clock.advance(OLD_SECONDS)
    const sessions = (await muster.server.services.store.reading.sessions.listAlive(ada.id)).length
    const { body } = await request(ada)
    expect(body).toMatchObject({ verification_uri_complete: `${muster.url}/device?user_code=${body.user_code}`, interval: 5 })
    expect(await stateOf(ada, body.id)).toBe('pending')
    const asked = await openCode(browser, body.user_code)
    expect(asked.at.pathname).toBe('/account/confirm') // what was proved before the terminal asked does not count
    const returnPath = asked.at.searchParams.get('continue') ?? ''
    expect((await browser.visit('/account/confirm', { password: PASSWORD, continue: returnPath })).at.pathname).toBe('/device')
    const page = await openCode(browser, body.user_code)
    expect(page.text).toMatch(/Is this your terminal\?[\s\S]*about to create a key[\s\S]*127\.0\.0\.1/)
    const done = await browser.visit(page.at.pathname, { decision: 'approve' })
    expect(done.text).toContain('Your terminal goes on now')
    expect(await stateOf(ada, body.id)).toBe('approved')
    expect((await muster.call('POST', '/v1/me/keys', { token: ada.token, body: { description: 'CI', scope: 'all' } })).status).toBe(201)
    expect((await muster.server.services.store.reading.sessions.listAlive(ada.id)).length).toBe(sessions)
    const { access_token } = (await muster.call('POST', '/v1/me/token', { token: ada.token })).body
    const [before, after] = [decodeJwt(ada.token), decodeJwt(access_token)]
    expect(after).toMatchObject({ sid: before['sid'], exp: before.exp, acr: 'urn:muster:acr:one-factor', amr: ['pwd'] })
    expect(Number(after['auth_time']) - Number(before['auth_time'])).toBeGreaterThan(600)
  })

  test('another person cannot enter the code', async () => {
    const { body } = await request(ada)
    const page = await openCode(await people.signIn(bob), body.user_code)
    expect([page.status, page.at.pathname]).toEqual([403, '/device'])
    expect(page.text).toContain('This code belongs to another account.')
    expect(await stateOf(ada, body.id)).toBe('pending')
  })

  test('approving without a proof since the request leads to the confirmation', async () => {
    const browser = await people.signIn(ada)
    await muster.clock.advance(OLD_SECONDS)
    const { body } = await request(ada)
    await openCode(browser, body.user_code)
    const answer = await browser.visit(`/device/${body.id}`, { decision: 'approve' })
    expect(answer.at.pathname).toBe('/account/confirm')
    expect([await stateOf(ada, body.id), await confirmedAt(ada.sessionId)]).toEqual(['pending', null])
  })

  test('its person denies the code', async () => {
    const { body } = await request(ada)
    const browser = await people.signIn(ada)
    const page = await openCode(browser, body.user_code)
    expect((await browser.visit(page.at.pathname, { decision: 'deny' })).text).toContain('The terminal was not confirmed')
    expect([await stateOf(ada, body.id), await confirmedAt(ada.sessionId)]).toEqual(['denied', null])
  })

  test('a new request of the session ends the one before', async () => {
    const first = (await request(ada)).body
    const second = (await request(ada, {})).body
    expect([await stateOf(ada, first.id), await stateOf(ada, second.id)]).toEqual(['expired', 'pending'])
  })

  test('only the session that asked learns the state', async () => {
    const { body } = await request(ada)
    expect((await muster.call('GET', `/v1/me/terminal-confirmations/${body.id}`, { token: bob.token })).status).toBe(404)
  })

  test('a session that ended is not confirmed', async () => {
    const { body } = await request(ada)
    const browser = await people.signIn(ada)
    const page = await openCode(browser, body.user_code)
    await muster.call('DELETE', '/v1/me/sessions/current', { token: ada.token })
    expect((await browser.visit(page.at.pathname, { decision: 'approve' })).status).toBe(401)
    expect(await confirmedAt(ada.sessionId)).toBe(null)
  })

  test('the session of a browser is sent to its own page', async () => {
    const answer = await people.asConsole(await people.signIn(ada), 'POST', '/v1/me/terminal-confirmations', {})
    expect(answer).toMatchObject({ status: 409, body: { code: 'browser_confirms' } })
  })
})

describe('tokens say how and when their person signed in (F14)', () => {
  test('a device that a browser approves has the sign-in of the browser', async () => {
    const { principal, cookie } = await browserOf(muster, ada)
    await muster.clock.advance(OLD_SECONDS)
    const { body } = await startDevice(muster, SCOPE)
    const browser = visitorOf(muster, cookie)
    const page = await browser.visit('/device', { user_code: body.user_code })
    await browser.visit(page.at.pathname, { decision: 'approve' })
    const tokens = (await pollDevice(muster, body.device_code)).body
    const signedIn = await muster.server.services.store.reading.sessions.find(principal.sessionId)
    const seconds = Math.floor((signedIn?.authenticatedAt.getTime() ?? 0) / 1_000)
    expect(decodeJwt(tokens.access_token)).toMatchObject({ auth_time: seconds, amr: ['pwd'] })
    expect(decodeJwt(tokens.id_token)).toMatchObject({ auth_time: seconds })
    expect(await muster.call('POST', '/v1/me/keys', { token: tokens.access_token, body: { description: 'CI', scope: 'all' } })).toMatchObject(refused)
  })

  test.each([
    ['with a refresh token', 'muster-cli', `${SCOPE} offline_access`],
    ['of a client that cannot confirm', SCRIPTS_CLIENT_ID, SCOPE],
  ])('a login %s is approved only soon after a sign-in (F15)', async (_, clientId, scope) => {
    const browser = await people.signIn(ada)
    await muster.clock.advance(OLD_SECONDS)
    const { execute, store } = muster.server.services
    const { userCode } = await execute(
      requestDevice,
      { kind: 'anonymous', origin: systemPrincipal.origin },
      { deviceCodeHash: randomBytes(32), clientId, scopes: scope.split(' '), params: {} },
    )
    const asked = await browser.visit('/device', { user_code: userCode })
    expect(asked.at.pathname).toBe('/account/confirm')
    const device = await store.reading.deviceAuthorizations.findByUserCode(userCode.replace('-', ''))
    expect((await browser.visit(`/device/${device?.id}`, { decision: 'approve' })).at.pathname).toBe('/account/confirm')
    await browser.visit('/account/confirm', { password: PASSWORD })
    await browser.visit(`/device/${device?.id}`, { decision: 'approve' })
    expect((await store.reading.deviceAuthorizations.findByUserCode(userCode.replace('-', '')))?.state).toBe('approved')
  })

  const REDIRECT = 'https://app.example/callback'
  const application = async () => {
    const { body } = await muster.call('POST', '/v1/operator/clients', {
      token: muster.config.operatorToken ?? '',
      body: { name: 'Vault', grants: ['authorization_code'], redirect_uris: [REDIRECT], scopes: ['openid'] },
    })
    const config = await discovered(muster, body.id, body.secret)
    const verifier = client.randomPKCECodeVerifier()
    const challenge = await client.calculatePKCECodeChallenge(verifier)
    const address = (more: Record<string, string>) =>
      client.buildAuthorizationUrl(config, { redirect_uri: REDIRECT, scope: 'openid', code_challenge: challenge, code_challenge_method: 'S256', ...more }).href
    return { address, tokens: (at: URL) => client.authorizationCodeGrant(config, at, { pkceCodeVerifier: verifier }) }
  }

  test('an application that asks for two factors leads a person with a passkey to it', async () => {
    const kit = await muster.person('kit')
    await people.addPasskey(await people.signIn(kit))
    const { address } = await application()
    const asked = await (await people.signIn(kit)).visit(address({ acr_values: 'urn:muster:acr:two-factors' }))
    expect([asked.at.pathname, asked.at.searchParams.get('with')]).toEqual(['/account/confirm', 'passkey'])
  })

  test('an application that asks for a passkey gets it, or learns that there is none', async () => {
    const kay = await muster.person('kay')
    const browser = await people.signIn(kay)
    const { address, tokens } = await application()
    const unmet = await browser.visit(address({ acr_values: 'phr' }))
    expect(unmet.at.searchParams.get('error')).toBe('unmet_authentication_requirements')

    const authenticator = await people.addPasskey(await people.signIn(kay))
    const asked = await browser.visit(address({ acr_values: 'phr' }))
    expect([asked.at.pathname, asked.at.searchParams.get('with')]).toEqual(['/account/confirm', 'passkey'])
    expect(asked.text).not.toContain('type="password"')
    const { challenge } = JSON.parse(/data-passkey="([^"]*)"/.exec(asked.text)?.[1]?.replaceAll('&quot;', '"') ?? 'null')
    const response = authenticator.use({ ...people.here(), challenge })
    const done = await browser.visit('/account/confirm/passkey', { response, continue: asked.at.searchParams.get('continue') ?? '' })
    expect((await tokens(done.at)).claims()).toMatchObject({ acr: 'phr', amr: ['swk', 'user', 'mfa'] })
  })

  test('a stronger proof satisfies a weaker class, and an unknown class is ignored', async () => {
    const browser = await people.signIn(await muster.person('lea'))
    const { address, tokens } = await application()
    const { at } = await browser.visit(address({ acr_values: 'urn:muster:acr:one-factor' }))
    expect((await tokens(at)).claims()).toMatchObject({ acr: 'urn:muster:acr:one-factor', amr: ['pwd'] })
    expect((await browser.visit(address({ acr_values: 'urn:example:gold' }))).at.searchParams.get('code')).toBeTruthy()
  })
})
