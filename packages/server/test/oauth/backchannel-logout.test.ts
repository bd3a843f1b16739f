import assert from 'node:assert/strict'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { SessionId } from '@muster/contract/ids.ts'
import { requestPasswordReset } from '@muster/server/domain/accounts/password-reset.ts'
import { systemPrincipal } from '@muster/server/domain/model/principal.ts'
import { logoutHandler } from '@muster/server/jobs/backchannel-logout.ts'
import { createGuardedPost } from '@muster/server/signals/guarded-post.ts'
import { type Human, type Muster, PASSWORD, startMuster } from '@muster/testkit/muster.ts'
import { createRemoteJWKSet, decodeJwt, type JWTPayload, jwtVerify } from 'jose'
import * as client from 'openid-client'
import { afterAll, afterEach, beforeAll, describe, test, vi } from 'vitest'
import { browserOf, discovered, visitorOf } from './conversation.ts'

// OpenID Connect Back-Channel Logout 1.0, with a receiver that checks each token as section 2.6 requires.

const REDIRECT = 'https://app.example/callback'
let muster: Muster
let receiver: Server
let receiverUrl: string
let answerWith = 200
let received: { token: string; type: string }[] = []

beforeAll(async () => {
  receiver = createServer((request, response) => {
    let body = ''
    request.on('data', (text) => {
      body += text
    })
    request.on('end', () => {
      received.push({ token: new URLSearchParams(body).get('logout_token') ?? '', type: request.headers['content-type'] ?? '' })
      response.writeHead(answerWith, { 'cache-control': 'no-store' }).end()
    })
  })
  await new Promise<void>((ready) => receiver.listen(0, '127.0.0.1', ready))
  receiverUrl = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/logout`
  muster = await startMuster()
})
afterAll(async () => {
  receiver?.close()
  await muster?.close()
})
afterEach(() => {
  received = []
  answerWith = 200
})

async function register(extra: Record<string, unknown> = {}) {
  return muster.call('POST', '/v1/operator/clients', {
    token: muster.config.operatorToken ?? '',
    body: {
      name: 'CRM',
      grants: ['authorization_code', 'refresh_token'],
      redirect_uris: [REDIRECT],
      scopes: ['openid', 'offline_access'],
      backchannel_logout_uri: receiverUrl,
      ...extra,
    },
  })
}

interface SignedIn {
  app: { id: string; secret: string }
  sid: string
  cookie: string
  accessToken: string
  refreshToken: string | undefined
}

async function signIn(human: Human, extra: Record<string, unknown> = {}, asked: Record<string, string> = {}): Promise<SignedIn> {
  const { status, body: app } = await register(extra)
  assert.equal(status, 201, JSON.stringify(app))
  const config = await discovered(muster, app.id, app.secret)
  const verifier = client.randomPKCECodeVerifier()
  const challenge = await client.calculatePKCECodeChallenge(verifier)
  const url = client.buildAuthorizationUrl(config, {
    redirect_uri: REDIRECT,
    scope: 'openid',
    code_challenge: challenge,
    code_challenge_method: 'S256',
    ...asked,
  })
  const { cookie } = await browserOf(muster, human)
  const visitor = visitorOf(muster, cookie)
  let { at } = await visitor.visit(url.href)
  if (at.origin === muster.url) at = (await visitor.visit(at.href, { decision: 'allow' })).at
  const tokens = await client.authorizationCodeGrant(config, at, { pkceCodeVerifier: verifier })
  const { sid } = decodeJwt(tokens.id_token ?? '')
  assert.equal(sid, decodeJwt(tokens.access_token)['sid'])
  return { app, sid: String(sid), cookie, accessToken: tokens.access_token, refreshToken: tokens.refresh_token }
}

/** Validates a logout token by the steps of section 2.6. */
async function verified(token: string, { app }: SignedIn, alg = 'ES256'): Promise<JWTPayload> {
  const keys = createRemoteJWKSet(new URL('/.well-known/jwks.json', muster.url))
  const { payload } = await jwtVerify(token, keys, { issuer: muster.url, audience: app.id, typ: 'logout+jwt', algorithms: [alg], maxTokenAge: '2 minutes' })
  assert.deepEqual(payload['events'], { 'http://schemas.openid.net/event/backchannel-logout': {} })
  assert.ok(typeof payload.jti === 'string' && !('nonce' in payload))
  assert.ok((payload.exp ?? 0) - (payload.iat ?? 0) <= 120)
  return payload
}

/** Filters by audience, because a retry for an earlier application may arrive during a later test. */
const tokensFor = ({ app }: SignedIn): string[] => received.map(({ token }) => token).filter((token) => token.length > 20 && decodeJwt(token).aud === app.id)

async function tokenFor(signedIn: SignedIn, count = 1): Promise<string> {
  await vi.waitFor(() => assert.equal(tokensFor(signedIn).length, count), { timeout: 60_000, interval: 50 })
  assert.ok(received.every(({ type }) => type === 'application/x-www-form-urlencoded' || type === ''))
  return tokensFor(signedIn)[count - 1] ?? ''
}

async function isInformed(human: Human, signedIn: SignedIn): Promise<void> {
  const { sub, sid } = await verified(await tokenFor(signedIn), signedIn)
  assert.deepEqual([sub, sid], [human.id, signedIn.sid])
}

async function join(admin: Human, token: string): Promise<void> {
  const { body } = await muster.call('POST', `/v1/organizations/${admin.name}/secrets`, { token: admin.token, body: {} })
  const joined = await muster.call('POST', '/v1/organizations/join', { token, body: { organization: admin.name, secret: body.secret } })
  assert.equal(joined.status, 200, JSON.stringify(joined.body))
}

describe('back-channel logout', () => {
  test('an application is informed when its user signs out of the browser', async () => {
    const ada = await muster.person('ada')
    const signedIn = await signIn(ada)
    await visitorOf(muster, signedIn.cookie).visit('/sign-out', {})
    await isInformed(ada, signedIn)
  })

  test('an application is informed when its session is ended in the list of logins', async () => {
    const bea = await muster.person('bea')
    const signedIn = await signIn(bea)
    assert.equal((await muster.call('DELETE', `/v1/me/sessions/${signedIn.sid}`, { token: bea.token })).status, 200)
    await isInformed(bea, signedIn)
  })

  test('an application is informed when its user is deactivated', async () => {
    const { cat, dan } = (await muster.organization({ cat: 'admin', dan: 'member' })) as Record<'cat' | 'dan', Human>
    const signedIn = await signIn(dan)
    assert.equal((await muster.call('POST', '/v1/organizations/cat/members/dan/deactivate', { token: cat.token, body: {} })).status, 200)
    await isInformed(dan, signedIn)
  })

  test('an application is informed when its user is removed from the organization', async () => {
    const { eli, fay } = (await muster.organization({ eli: 'admin', fay: 'member' })) as Record<'eli' | 'fay', Human>
    const signedIn = await signIn(fay)
    assert.equal((await muster.call('DELETE', '/v1/organizations/eli/members/fay', { token: eli.token })).status, 200)
    await isInformed(fay, signedIn)
  })

  test('an application is informed when its user leaves the organization', async () => {
    const { gil } = (await muster.organization({ hal: 'admin', gil: 'member' })) as Record<'gil', Human>
    const signedIn = await signIn(gil)
    const left = await muster.call('POST', '/v1/organizations/hal/leave', { token: gil.token, body: {} })
    assert.equal(left.status, 200, JSON.stringify(left.body))
    await isInformed(gil, signedIn)
  })

  test('an application is informed when its user changes the password', async () => {
    const joe = await muster.person('joe')
    const signedIn = await signIn(joe)
    const body = { current_password: PASSWORD, new_password: 'another marmalade sandwich' }
    assert.equal((await muster.call('POST', '/v1/me/password', { token: joe.token, body })).status, 200)
    await isInformed(joe, signedIn)
  })

  test('an application is informed when its user resets the password', async () => {
    const kay = await muster.person('kay')
    const signedIn = await signIn(kay)
    await requestPasswordReset({ ...muster.server.services }, systemPrincipal, { email: kay.email })
    const [, token = ''] = /reset-password\?token=([\w-]+)/.exec((await muster.mail.next(kay.email)).text) ?? []
    const form = new URLSearchParams({ token, password: 'another marmalade sandwich' })
    const done = await fetch(`${muster.url}/reset-password`, { method: 'POST', body: form, headers: { origin: muster.url }, redirect: 'manual' })
    assert.deepEqual([done.status, done.headers.get('location')], [303, '/reset-password/done'])
    await isInformed(kay, signedIn)
  })

  test('an application is informed when its user moves to another organization', async () => {
    const [lou, may] = [await muster.person('lou'), await muster.person('may')]
    const signedIn = await signIn(may)
    await join(lou, may.token)
    await isInformed(may, signedIn)
  })

  test('an application is informed when an admin signs its user out everywhere', async () => {
    const { nat, ora } = (await muster.organization({ nat: 'admin', ora: 'member' })) as Record<'nat' | 'ora', Human>
    const signedIn = await signIn(ora)
    assert.equal((await muster.call('DELETE', '/v1/organizations/nat/members/ora/sessions', { token: nat.token })).status, 200)
    await isInformed(ora, signedIn)
  })

  test('an application is informed when its session moved and then ended', async () => {
    const [pat, rae] = [await muster.person('pat'), await muster.person('rae')]
    const signedIn = await signIn(rae, { scopes: ['openid', 'api'] }, { scope: 'openid api' })
    await join(pat, signedIn.accessToken)
    assert.equal((await jobs(signedIn)).rows, 1) // The job of the move finds the session active, and sends nothing.
    await vi.waitFor(async () => assert.equal((await jobs(signedIn, 'completed')).rows, 1), { timeout: 60_000, interval: 50 })
    assert.deepEqual(tokensFor(signedIn), [])
    assert.equal((await muster.call('DELETE', `/v1/me/sessions/${signedIn.sid}`, { token: (await muster.login(rae)).token })).status, 200)
    await isInformed(rae, signedIn)
  })

  test('an application is informed when its refresh token is revoked', async () => {
    const ida = await muster.person('ida')
    const signedIn = await signIn(ida, {}, { scope: 'openid offline_access', prompt: 'consent' })
    const form = new URLSearchParams({ token: signedIn.refreshToken ?? '' })
    assert.equal((await fetch(`${muster.url}/oauth/revoke`, { method: 'POST', body: form })).status, 200)
    await isInformed(ida, signedIn)
  })
})

test('an application registered for RS256 gets a logout token signed with RS256', async () => {
  const jan = await muster.person('jan')
  const signedIn = await signIn(jan, { alg: 'RS256' })
  await muster.call('DELETE', `/v1/me/sessions/${signedIn.sid}`, { token: jan.token })
  assert.equal((await verified(await tokenFor(signedIn), signedIn, 'RS256')).sub, jan.id)
})

test('a logout token is sent again, newly signed, when the application fails', async () => {
  answerWith = 503
  const kim = await muster.person('kim')
  const signedIn = await signIn(kim)
  await muster.call('DELETE', `/v1/me/sessions/${signedIn.sid}`, { token: kim.token })
  await tokenFor(signedIn)
  answerWith = 204
  assert.equal((await verified(await tokenFor(signedIn, 2), signedIn)).sid, signedIn.sid)
})

test('an application is informed once when its session ends twice', async () => {
  const { lea, max } = (await muster.organization({ lea: 'admin', max: 'member' })) as Record<'lea' | 'max', Human>
  const signedIn = await signIn(max)
  await muster.call('POST', '/v1/organizations/lea/members/max/deactivate', { token: lea.token, body: {} })
  await isInformed(max, signedIn)
  await muster.call('DELETE', '/v1/organizations/lea/members/max', { token: lea.token })
  const { rows } = await jobs(signedIn)
  assert.equal(rows, 1)
})

test('an application is not informed if it has no logout URI or was removed', async () => {
  const ned = await muster.person('ned')
  const silent = await signIn(ned, { backchannel_logout_uri: undefined })
  await muster.call('DELETE', `/v1/me/sessions/${silent.sid}`, { token: ned.token })
  assert.equal((await jobs(silent)).rows, 0)
  const gone = await signIn(ned)
  await muster.call('DELETE', `/v1/operator/clients/${gone.app.id}`, { token: muster.config.operatorToken ?? '' })
  await muster.call('DELETE', `/v1/me/sessions/${gone.sid}`, { token: ned.token })
  assert.equal((await jobs(gone)).rows, 0)
})

const jobs = async ({ sid }: SignedIn, state?: 'completed'): Promise<{ rows: number }> => {
  const { services, database } = muster.server
  assert.notEqual((await services.store.reading.sessions.find(sid as SessionId))?.id, undefined)
  const { sql } = await import('kysely')
  const { rows } = await sql<{ n: number }>`select count(*)::int as n from jobs.job
    where name = 'backchannel-logout' and data->>'sessionId' = ${sid} and (${state ?? null}::text is null or state::text = ${state ?? null}::text)`.execute(
    database.kysely,
  )
  return { rows: rows[0]?.n ?? 0 }
}

describe('the job that sends logout tokens', () => {
  const handler = (sent: string[]) =>
    logoutHandler({
      config: muster.config,
      store: muster.server.services.store,
      sign: async () => 'a.b.c',
      post: async (url) => {
        sent.push(url)
        return { status: 200 }
      },
      log: { warn: () => {} },
    })
  const job = (sid: string, at: Date) => ({
    id: 'job',
    data: { sessionId: sid, at: at.toISOString() },
    retryCount: 0,
    retryLimit: 40,
    signal: new AbortController().signal,
  })

  test('a logout token is not sent more than an hour after the session ended', async () => {
    const oli = await muster.person('oli')
    const signedIn = await signIn(oli)
    await muster.call('DELETE', `/v1/me/sessions/${signedIn.sid}`, { token: oli.token })
    const sent: string[] = []
    await handler(sent)(job(signedIn.sid, new Date(Date.now() - 3_590_000)))
    await handler(sent)(job(signedIn.sid, new Date(Date.now() - 3_610_000)))
    assert.deepEqual(sent, [receiverUrl])
    await tokenFor(signedIn)
  })

  test('a logout token is not sent while the session is active', async () => {
    const pia = await muster.person('pia')
    const signedIn = await signIn(pia)
    const sent: string[] = []
    await handler(sent)(job(signedIn.sid, new Date()))
    assert.deepEqual(sent, [])
  })
})

describe('addresses that logout tokens are sent to (F01)', () => {
  const message = { headers: {}, body: 'logout_token=a.b.c' }
  const guardedTokens = () => received.filter(({ token }) => token === 'a.b.c').length

  test('a logout token is not sent to an internal address unless its host is allowed', async () => {
    const allowed = new URL(receiverUrl).host
    const guarded = createGuardedPost({ isInternal: ({ host }) => host === allowed, timeoutMilliseconds: 2_000 })
    for (const host of ['127.0.0.1:1', '10.0.0.1', '169.254.169.254', '[::1]', 'localhost'])
      await assert.rejects(guarded(`https://${host}/`, message), /not a public address/, host)
    await assert.rejects(guarded('http://93.184.215.14/', message), /https/)
    assert.equal(guardedTokens(), 0)
    assert.equal((await guarded(receiverUrl, message)).status, 200)
  })

  test('a redirect of a logout token is not followed', async () => {
    answerWith = 302
    const guarded = createGuardedPost({ isInternal: () => true })
    assert.equal((await guarded(receiverUrl, message)).status, 302)
    assert.equal(guardedTokens(), 1)
  })

  test('a logout URI is https, or http to this machine or an allowed host', async () => {
    for (const uri of ['http://crm.example/logout', 'ftp://crm.example/', 'https://crm.example/#x', 'https://a:b@crm.example/', 'nonsense']) {
      const { status, body } = await register({ backchannel_logout_uri: uri })
      assert.deepEqual([uri, status, body.faults?.[0]?.field], [uri, 422, 'backchannel_logout_uri'])
    }
  })

  test('a logout URI is refused for a client that does not sign in users with openid', async () => {
    for (const extra of [
      { grants: ['client_credentials'], redirect_uris: [], scopes: ['introspect'] },
      { scopes: ['profile'], grants: ['authorization_code'] },
    ]) {
      const { status, body } = await register(extra)
      assert.deepEqual([status, body.faults?.[0]?.field], [422, 'backchannel_logout_uri'])
    }
  })
})

test('discovery announces back-channel logout with sid', async () => {
  const { body } = await muster.call('GET', '/.well-known/openid-configuration')
  assert.deepEqual([body.backchannel_logout_supported, body.backchannel_logout_session_supported], [true, true])
})
