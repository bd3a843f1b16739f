import type { ClientId } from '@muster/contract/ids.ts'
import { type Claims, createVerifier, type Verifier } from '@muster/sdk'
import { installBuiltInClients } from '@muster/server/domain/credentials/client.ts'
import { issueRefreshToken } from '@muster/server/domain/credentials/refresh-token.ts'
import { startSession } from '@muster/server/domain/credentials/session.ts'
import type { BuiltInClient } from '@muster/server/domain/model/client.ts'
import { newOpaqueToken } from '@muster/server/domain/model/opaque-token.ts'
import { systemPrincipal } from '@muster/server/domain/model/principal.ts'
import { digest } from '@muster/server/domain/model/secret-keys.ts'
import type { Session } from '@muster/server/domain/model/session.ts'
import { type Human, type Muster, OPERATOR_TOKEN, startMuster } from '@muster/testkit/muster.ts'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { aResourceServer } from './receiving.ts'

// A removed application loses its tokens and sessions, at once and everywhere.

let muster: Muster
let ada: Human
let verifier: Verifier<Claims>
beforeAll(async () => {
  muster = await startMuster()
  ada = (await muster.organization({ ada: 'admin' }))['ada'] as Human
  const { id: clientId, secret: clientSecret } = await register({ grants: ['client_credentials'], scopes: ['signals', 'introspect'] })
  verifier = createVerifier({ issuer: muster.url, clientId, clientSecret, scope: null, clients: true })
  await verifier.ready(60)
})
afterAll(async () => {
  await verifier?.close()
  await muster?.close()
})

const operate = (method: string, path: string, body?: unknown, headers: Record<string, string> = {}) =>
  muster.call(method, `/v1/operator${path}`, { token: OPERATOR_TOKEN, body, headers })
const register = async (settings: Record<string, unknown>): Promise<{ id: ClientId; secret: string }> =>
  (await operate('POST', '/clients', { name: 'An application', ...settings })).body

/** Starts a session of ada at an application, as her consent would. */
const loginAt = (clientId: ClientId): Promise<Session> =>
  muster.server.services.execute(
    async (context, _: undefined) => {
      const account = await context.tx.accounts.find(ada.id)
      const current = await context.tx.memberships.current(ada.id)
      if (!account || !current) throw new Error('no ada')
      return startSession(context, { kind: 'application', account, organizationId: current.organizationId, clientId })
    },
    systemPrincipal,
    undefined,
  )
async function tokenOf({ id: sessionId, clientId, expiresAt }: Session): Promise<string> {
  const issued = { sessionId, clientId: clientId as ClientId, scopes: new Set(['openid']), expiresAt }
  return (await muster.server.services.accessTokens.issueAccessToken(issued)).accessToken
}
const givenTo = async (clientId: ClientId): Promise<string> => tokenOf(await loginAt(clientId))
const sessions = async (): Promise<string[]> => (await muster.call('GET', '/v1/me/sessions', { token: ada.token })).body.items.map((one: any) => one.client_id)

const seen = async (token: string) => ({
  userinfo: (await muster.call('GET', '/oauth/userinfo', { token })).body.code ?? 'good',
  gateway: (await muster.call('GET', '/v1/forward-auth?scope=openid', { token })).body.code ?? 'good',
  resourceServer: await verifier.verify(token).then(
    () => 'good',
    ({ code }) => code,
  ),
})
const everywhere = (what: string) => ({ userinfo: what, gateway: what, resourceServer: what })

test("a removed client's tokens are refused everywhere, and its sessions end", async () => {
  const application = { grants: ['authorization_code'], redirect_uris: ['https://app.example.com/callback'], scopes: ['openid'] }
  const [app, other] = [await register(application), await register(application)]
  const [its, others] = [await givenTo(app.id), await givenTo(other.id)]
  expect([await seen(its), await seen(others)]).toEqual([everywhere('good'), everywhere('good')])
  expect(await sessions()).toEqual(expect.arrayContaining([app.id, other.id]))

  const { body } = await operate('DELETE', `/clients/${app.id}`, undefined, { prefer: 'wait=10' })
  expect(body).toMatchObject({ removed: app.id, revocation: { missing: [] } })
  expect(body.revocation.acknowledged, 'the verifier, and this server once it answers from memory').toBeGreaterThanOrEqual(1)
  expect([await seen(its), await seen(others)]).toEqual([everywhere('token_revoked'), everywhere('good')])
  expect(await sessions()).not.toContain(app.id)
  expect(await sessions()).toContain(other.id)
})

test("a removed client's token is refused even if the issuing clock was ahead (S54)", async () => {
  const app = await register({ grants: ['authorization_code'], redirect_uris: ['https://app.example.com/callback'], scopes: ['openid'] })
  const now = Date.now
  Date.now = () => now() + 2_000
  const its = await givenTo(app.id).finally(() => {
    Date.now = now
  })
  await operate('DELETE', `/clients/${app.id}`, undefined, { prefer: 'wait=10' })
  expect(await seen(its)).toEqual(everywhere('token_revoked'))
})

test("a removed client's own token is refused by verifiers", async () => {
  const { clientId, token } = await aResourceServer(muster, ['hosts:read'])
  const judged = () =>
    verifier.verify(token).then(
      ({ kind }) => kind as string,
      ({ code }) => code,
    )
  expect(await judged()).toBe('client')
  await operate('DELETE', `/clients/${clientId}`, undefined, { prefer: 'wait=10' })
  expect(await judged()).toBe('token_revoked')
})

test('a built-in client that is removed and added again has none of its old logins', async () => {
  const id = 'another-make' as ClientId
  const client: BuiltInClient = { id, name: 'Another make', grants: ['refresh_token'], scopes: ['openid'], alg: 'ES256', impliedScopes: [] }
  const startWith = (clients: BuiltInClient[]) => muster.server.services.execute(installBuiltInClients, systemPrincipal, { clients })
  await startWith([client])
  const before = await loginAt(id)
  const token = await tokenOf(before)
  const { execute, store } = muster.server.services
  const refreshToken = newOpaqueToken('muster_rt')
  const refresh = {
    name: null,
    tokenHash: digest(refreshToken),
    sessionId: before.id,
    userId: ada.id,
    clientId: id,
    scopes: ['openid'],
    payload: {},
    rotates: false,
  }
  await execute((context, _: undefined) => issueRefreshToken(context, refresh), systemPrincipal, undefined)
  const refreshTokens = async () => (await store.reading.refreshTokens.listAlive(ada.id)).map(({ clientId }) => clientId)
  expect([await sessions(), await refreshTokens()]).toEqual([expect.arrayContaining([id]), [id]])
  expect((await seen(token)).userinfo).toBe('good')

  await startWith([])
  await startWith([client])
  await startWith([client])
  expect(await sessions()).not.toContain(id)
  expect(await refreshTokens()).toEqual([])
  await expect.poll(() => seen(token)).toEqual(everywhere('token_revoked'))
  const used = await muster.call('POST', '/oauth/token', {
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: `grant_type=refresh_token&client_id=${id}&refresh_token=${refreshToken}`,
  })
  expect(used).toMatchObject({ status: 400, body: { error: 'invalid_grant' } })
  await expect(tokenOf(before)).rejects.toMatchObject({ code: 'token_revoked' })
  await givenTo(id)
  expect(await sessions()).toContain(id)
})
