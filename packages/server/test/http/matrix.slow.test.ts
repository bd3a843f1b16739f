import { CLI_CLIENT_ID, type SessionId } from '@muster/contract/ids.ts'
import type { Role } from '@muster/contract/permissions.ts'
import { type Human, type Muster, OPERATOR_TOKEN, startMuster } from '@muster/testkit/muster.ts'
import { sql } from 'kysely'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { browserOf, deviceLogin, postForm, SCOPE } from '../oauth/conversation.ts'
import { fill, type Reviewed, reviewed } from './reviewed.ts'

// Every route × every kind of credential × every state of an account × own and foreign organization. The expected refusal is computed from the reviewed
// list and from one line about the credential. So a new route, which must be in the list, is in the matrix as well.

/** The access that a credential gives. */
type Worth = { refused: string } | { person: Role | 'unregistered'; scope?: 'openid' } | { key: Role } | { client: string } | 'operator'

interface Credential {
  token?: string
  cookie?: string
  headers?: Record<string, string>
  worth: Worth
  /** The current or former organization of the holder. */
  own: string
}

/** The rights of a backend (P15). */
const READING = ['platform:organizations:read', 'platform:members:read', 'platform:users:read']

let muster: Muster
const credentials: Record<string, Credential> = {}

beforeAll(async () => {
  muster = await startMuster()
  const acme = await muster.organization({ ada: 'admin', bob: 'member', gone: 'member', barred: 'member', boss: 'admin', sid: 'admin' })
  const closed = await muster.organization({ sue: 'admin' })
  await muster.organization({ eve: 'admin' })
  const newcomer = await muster.newcomer('newcomer')
  const { ada, bob, gone, barred, boss, sid } = acme as Record<'ada' | 'bob' | 'gone' | 'barred' | 'boss' | 'sid', Human>
  const sue = closed['sue'] as Human

  const done = async (method: string, path: string, token: string, body?: unknown) => {
    const answer = await muster.call(method, path, { token, body })
    if (answer.status >= 300) throw new Error(`${method} ${path}: ${answer.status} ${JSON.stringify(answer.body)}`)
    return answer.body
  }
  const keyOf = async ({ token }: Human) => (await done('POST', '/v1/me/keys', token, { description: 'CI', scope: 'all' })) as { id: string; key: string }
  const machineOf = async ({ token }: Human, organization: string, name: string) => {
    const path = `/v1/organizations/${organization}/service-accounts`
    await done('POST', path, token, { name })
    return (await done('POST', `${path}/${name}/keys`, token, { description: 'CI', scope: 'all' })) as { id: string; key: string }
  }
  const { accessTokens } = muster.server.services
  const issue = async ({ sessionId }: Human, scopes: string[], expiresAt = new Date(Date.now() + 3_600_000)) =>
    (await accessTokens.issueAccessToken({ sessionId: sessionId as SessionId, clientId: CLI_CLIENT_ID, scopes: new Set(scopes), expiresAt })).accessToken
  const forged = (token: string) => `${token.slice(0, -4)}${token.endsWith('AAAA') ? 'BBBB' : 'AAAA'}`
  const add = (name: string, token: string | undefined, worth: Worth, own = 'ada') => {
    credentials[name] = { ...(token !== undefined && { token }), worth, own }
  }

  // ---- not valid ----
  const ended = await muster.login(bob)
  const [revoked, short] = [await issue(await muster.login(bob), ['api']), await issue(await muster.login(bob), ['api'], new Date(Date.now() - 60_000))]
  const { cookie } = await browserOf(muster, bob)
  const login = await deviceLogin(muster, bob, `${SCOPE} offline_access`)
  const [adas, bobs, over] = [await keyOf(ada), await keyOf(bob), await keyOf(bob)]
  add('none', undefined, { refused: 'authentication_required' })
  add('garbage', 'nonsense', { refused: 'invalid_token' })
  add('forged access token', forged(bob.token), { refused: 'invalid_token' })
  add('forged key', forged(bobs.key), { refused: 'invalid_token' })
  add('garbage that says it is a key', 'muster_uk_nonsense', { refused: 'invalid_token' })
  add('expired access token', short, { refused: 'token_expired' })
  add('access token of an ended session', ended.token, { refused: 'token_revoked' })
  add('revoked access token', revoked, { refused: 'token_revoked' })
  add('revoked key', over.key, { refused: 'token_revoked' })
  add('refresh token', login.refresh_token, { refused: 'invalid_token' })
  add("browser session's cookie value", cookie.slice(cookie.indexOf('=') + 1), { refused: 'invalid_token' })
  credentials["browser session's cookie"] = { cookie, headers: { origin: muster.url }, worth: { person: 'member' }, own: 'ada' }
  const fromElsewhere: [string, Record<string, string>][] = [
    ['from another site', { origin: 'https://evil.example' }],
    ['from another site, by a link or an image', { 'sec-fetch-site': 'cross-site' }],
    ['from a sibling', { origin: muster.url, 'sec-fetch-site': 'same-site' }],
    ['typed into the address bar', { 'sec-fetch-site': 'none' }],
    ['and no word of where it comes from', {}],
  ]
  for (const [where, headers] of fromElsewhere)
    credentials[`browser session's cookie, ${where}`] = { cookie, headers, worth: { refused: 'cross_site_request' }, own: 'ada' }
  const name = cookie.slice(0, cookie.indexOf('='))
  credentials["browser session's cookie, forged"] = {
    cookie: `${name}=muster_bs_nonsense`,
    headers: { origin: muster.url },
    worth: { refused: 'invalid_token' },
    own: 'ada',
  }
  await done('DELETE', '/v1/me/sessions/current', ended.token)
  await done('DELETE', `/v1/me/keys/${over.id}`, bob.token)
  await postForm(muster, '/oauth/revoke', { token: revoked })

  const outside = {
    gone: await browserOf(muster, gone),
    barred: await browserOf(muster, barred),
    sid: await browserOf(muster, sid),
    sue: await browserOf(muster, sue),
  }

  // ---- valid ----
  const robot = await machineOf(ada, 'ada', 'robot')
  add('access token of an admin', ada.token, { person: 'admin' })
  add('access token of a member', bob.token, { person: 'member' })
  add('access token of an unregistered account', newcomer.token, { person: 'unregistered' })
  add('access token without the scope api', await issue(await muster.login(ada), ['openid']), { person: 'admin', scope: 'openid' })
  add('key of an admin', adas.key, { key: 'admin' })
  add('key of a member', bobs.key, { key: 'member' })
  add('key of a service account', robot.key, { key: 'member' })
  const client = await done('POST', '/v1/operator/clients', OPERATOR_TOKEN, { name: 'Gateway', grants: ['client_credentials'], scopes: ['introspect'] })
  const form = { grant_type: 'client_credentials', client_id: client.id, client_secret: client.secret, scope: 'introspect' }
  add("client's own token", (await postForm(muster, '/oauth/token', form)).body.access_token, { client: 'introspect' })
  const backend = await done('POST', '/v1/operator/clients', OPERATOR_TOKEN, { name: 'Backend', grants: ['client_credentials'], scopes: READING })
  for (const scope of READING) {
    const asked = { grant_type: 'client_credentials', client_id: backend.id, client_secret: backend.secret, scope }
    add(`client's own token with ${scope}`, (await postForm(muster, '/oauth/token', asked)).body.access_token, { client: scope })
  }
  add('operator token', OPERATOR_TOKEN, 'operator')
  // A named token is one of the operator's until it is revoked (O12).
  add('named operator token', (await done('POST', '/v1/operator/tokens', OPERATOR_TOKEN, { name: 'named' })).token, 'operator')
  add('revoked operator token', (await done('POST', '/v1/operator/tokens', OPERATOR_TOKEN, { name: 'revoked' })).token, { refused: 'invalid_token' })
  await done('DELETE', '/v1/operator/tokens/revoked', OPERATOR_TOKEN)

  // ---- genuine, but refused ----
  const [gones, barreds, bosses, sues, sids] = [await keyOf(gone), await keyOf(barred), await keyOf(boss), await keyOf(sue), await keyOf(sid)]
  const [removed, closeds] = [await machineOf(ada, 'ada', 'removed'), await machineOf(sue, 'sue', 'robot')]
  const made = await machineOf(boss, 'ada', 'made-by-boss')
  const madeBySid = await machineOf(sid, 'ada', 'made-by-sid')
  await done('DELETE', '/v1/organizations/ada/service-accounts/removed', ada.token)
  await done('DELETE', '/v1/organizations/ada/members/gone', ada.token)
  await done('POST', '/v1/organizations/ada/members/barred/deactivate', ada.token)
  await done('POST', '/v1/organizations/ada/members/boss/deactivate', ada.token)
  await done('POST', '/v1/operator/organizations/sue/suspend', OPERATOR_TOKEN, {})
  await done('POST', '/v1/operator/users/sid/suspend', OPERATOR_TOKEN, {})
  // Suspension counts before deactivation (S36).
  await done('POST', '/v1/organizations/ada/members/sid/deactivate', ada.token)
  const out: [string, string, string, string?][] = [
    ['a member who left', gone.token, 'membership_left'],
    ['a deactivated member', barred.token, 'user_deactivated'],
    ['a deactivated admin', boss.token, 'user_deactivated'],
    ['an admin of a suspended organization', sue.token, 'organization_suspended', 'sue'],
    ['a suspended person', sid.token, 'account_suspended'],
  ]
  const keysOut = [gones, barreds, bosses, sues, sids]
  for (const [at, [who, token, refused, own]] of out.entries()) {
    add(`access token of ${who}`, token, { refused }, own)
    add(`key of ${who}`, keysOut[at]?.key, { refused }, own)
  }
  const kept: [keyof typeof outside, string, string][] = [
    ['gone', 'membership_left', 'ada'],
    ['barred', 'user_deactivated', 'ada'],
    ['sue', 'organization_suspended', 'sue'],
    ['sid', 'account_suspended', 'ada'],
  ]
  for (const [who, refused, own] of kept)
    credentials[`cookie of ${who}`] = { cookie: outside[who].cookie, headers: { origin: muster.url }, worth: { refused }, own }
  add('key of a removed service account', removed.key, { refused: 'token_revoked' })
  add('key of a service account of a suspended organization', closeds.key, { refused: 'organization_suspended' }, 'sue')
  add('key of a service account, made by a suspended person', madeBySid.key, { key: 'member' })
  add('key of a service account, made by a deactivated admin', made.key, { key: 'member' }) // The key stays valid, and is marked (S37).
})
afterAll(() => muster.close())

/** Every code that refuses access. */
const refusals: ReadonlySet<string> = new Set([
  'authentication_required',
  'invalid_token',
  'token_expired',
  'token_revoked',
  'account_suspended',
  'user_deactivated',
  'organization_suspended',
  'membership_left',
  'user_not_registered',
  'insufficient_scope',
  'forbidden',
  'session_required',
  'operator_required',
  'organization_not_found',
  'cross_site_request',
])

/** The code that must refuse this credential at this route, or null. */
function expected(route: string, credential: Credential, foreign: boolean): string | null {
  const spec = reviewed[route] as Reviewed
  const { worth } = credential
  if (spec.for === 'anyone' && (!spec.optional || !credential.token)) return null
  if (spec.for === 'operator') return worth === 'operator' ? null : expectedOfClient(spec, worth)
  if (worth === 'operator') return 'invalid_token'
  if (spec.for === 'gateway' && credential.cookie !== undefined) return 'authentication_required'
  if ('refused' in worth) return worth.refused
  if ('client' in worth) return spec.client === undefined ? 'forbidden' : spec.client === worth.client ? null : 'insufficient_scope'
  if (spec.for === 'client') return 'scope' in worth ? 'insufficient_scope' : 'forbidden'
  if ('key' in worth && spec.for !== 'gateway' && !spec.keys) return 'session_required'
  if ('scope' in worth) return spec.anyScope ? null : 'insufficient_scope'
  if (spec.for === 'account' || spec.for === 'anyone') return null
  const role = 'key' in worth ? worth.key : worth.person
  if (role === 'unregistered') return 'user_not_registered'
  if (spec.for === 'gateway') return null
  if (route.includes('/v1/organizations/:org') && foreign) return 'organization_not_found'
  return spec.for === 'admin' && role !== 'admin' ? 'forbidden' : null
}

/** At a route for the operator, which may be open to clients. The expired token may be a client's, who then gets another one. */
function expectedOfClient({ client }: Reviewed, worth: Exclude<Worth, 'operator'>): string | null {
  if (client !== undefined && 'client' in worth) return client === worth.client ? null : 'insufficient_scope'
  return client !== undefined && 'refused' in worth && worth.refused === 'token_expired' ? worth.refused : 'operator_required'
}

/** Sends the request and returns the code that refused it, or null. */
async function met(route: string, { token, cookie, headers: more }: Credential, organization: string): Promise<string | null> {
  const [method = '', url = ''] = route.split(' ')
  const headers: Record<string, string> = { ...more, ...(cookie !== undefined && { cookie }) }
  const { status, body } = await muster.call(method, fill(url, organization), { token, body: reviewed[route]?.body, headers })
  expect(status, `${route} breaks`).toBeLessThan(500)
  expect(body?.code, `${route} was refused by a rate limit`).not.toBe('too_many_attempts')
  return refusals.has(body?.code) ? body.code : null
}

// Rate limits have tests of their own. Here they would hide the refusals behind them.
const forgetAttempts = () => sql`delete from attempt`.execute(muster.server.database.kysely)
beforeEach(async () => void (await forgetAttempts()))

describe.each(Object.keys(reviewed))('%s', (route) => {
  const spec = reviewed[route] as Reviewed
  const places = route.includes(':org') ? (['own', 'foreign'] as const) : (['own'] as const)

  test.each(places)('is open to its audience only: %s organization', async (place) => {
    const wrong: string[] = []
    for (const [name, credential] of Object.entries(credentials)) {
      const foreign = place === 'foreign'
      const should = expected(route, credential, foreign)
      if (should === null && spec.disturbs) continue // A separate person makes this request below.
      if (spec.for === 'operator') await forgetAttempts()
      const did = await met(route, credential, foreign ? 'eve' : credential.own)
      if (did !== should) wrong.push(`${name}: ${did ?? 'let in'} instead of ${should ?? 'let in'}`)
    }
    expect(wrong).toEqual([])
  })

  if (spec.disturbs)
    test('is open to its audience when it changes their own access', async () => {
      const name = `sole_${Object.keys(reviewed).indexOf(route)}`
      const human = spec.for === 'account' ? await muster.newcomer(name) : await muster.person(name)
      expect(await met(route, { token: human.token, worth: { person: 'admin' }, own: human.name }, human.name)).toBeNull()
    })
})

test('the reviewed list names the audience that the server requires (A09)', () => {
  for (const { method, url, audience } of muster.server.app.servedRoutes.filter(({ url }) => url.startsWith('/v1/'))) {
    const route = `${method} ${url}`
    const spec = reviewed[route]
    if (spec?.for === 'operator' || audience === 'operator') expect([route, audience], route).toEqual([route, spec?.for])
    else if (spec?.for === 'account' || spec?.for === 'client') expect(audience, route).toBe(spec.for)
    else if (spec?.for === 'member' || spec?.for === 'admin') expect(audience, route).toBe(spec.keys ? 'actor' : 'user')
  }
})

test('a key gets the same answer for a foreign and a missing organization (B01)', async () => {
  const still = ({ status, headers, body }: Awaited<ReturnType<Muster['call']>>) => {
    const { request_id: _, ...rest } = body
    return { status, challenge: headers.get('www-authenticate'), rest }
  }
  for (const route of Object.keys(reviewed).filter((one) => one.includes('/v1/organizations/:org') && reviewed[one]?.keys)) {
    const [method = '', url = ''] = route.split(' ')
    for (const name of ['key of an admin', 'key of a service account']) {
      const token = credentials[name]?.token
      const [foreign, missing] = await Promise.all(
        ['eve', 'no_such_thing'].map((organization) => muster.call(method, fill(url, organization), { token, body: reviewed[route]?.body })),
      )
      expect(still(foreign as never), `${route} with the ${name}`).toEqual(still(missing as never))
    }
  }
})

test('an object of another organization is not found by its id (B01)', async () => {
  const eve = await muster.call('POST', '/v1/me/keys', { token: (await muster.person('mallory')).token, body: { description: 'theirs', scope: 'all' } })
  const { kysely } = muster.server.database
  const admin = credentials['access token of an admin']?.token
  const foreign = {
    ':id': [eve.body.id as string, ...(await kysely.selectFrom('session').select('id').limit(3).execute()).map(({ id }) => id)],
    ':account': (
      await kysely
        .selectFrom('service_account as s')
        .innerJoin('organization as o', 'o.id', 's.organization_id')
        .select('s.id')
        .where('o.name', '=', 'sue')
        .execute()
    ).map(({ id }) => id),
    ':user': ['eve', 'sue', 'mallory', 'newcomer'],
  }
  for (const route of Object.keys(reviewed).filter((one) => one.includes('/v1/organizations/:org/'))) {
    for (const [parameter, ids] of Object.entries(foreign)) {
      if (!route.includes(parameter)) continue
      for (const id of ids) {
        const [method = '', url = ''] = route.split(' ')
        const answer = await muster.call(method, fill(url.replace(parameter, id), 'ada'), { token: admin, body: reviewed[route]?.body })
        expect(answer.status, `${method} ${url} with ${id}`).toBe(404)
      }
    }
  }
})
