import { CLI_CLIENT_ID, type RefreshTokenId } from '@muster/contract/ids.ts'
import { createKey, renameKey, revokeKey, revokePresentedKey } from '@muster/server/domain/credentials/api-key.ts'
import { endRefreshToken, issueRefreshToken, revokeRefreshToken } from '@muster/server/domain/credentials/refresh-token.ts'
import { createServiceAccount, createServiceAccountKey, removeServiceAccount } from '@muster/server/domain/credentials/service-account.ts'
import { endSession } from '@muster/server/domain/credentials/session.ts'
import { digest } from '@muster/server/domain/model/secret-keys.ts'
import { leaveOrganization } from '@muster/server/domain/organizations/move.ts'
import { aWorld, type Person, type World } from '@muster/testkit/world.ts'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'

// A credential below its holder's epoch is as invalid as a revoked one. Ending it again must change nothing and record no event.
describe('credentials below the epoch of their holder', () => {
  let world: World
  beforeAll(async () => {
    world = await aWorld()
  })
  afterAll(() => world.close())

  const codeOf = (promise: Promise<unknown>) => promise.then(() => 'ok').catch((error: { code?: string }) => error.code ?? String(error))

  test('a former member adds no audit event to the organization they left (B01)', async () => {
    const { organization, people } = await world.organization({ ada: 'admin', bob: 'member' })
    const bob = people['bob'] as Person
    const key = await world.execute(createKey, bob.principal, { description: 'CI', scope: null, expiresInDays: null })
    const other = await world.login(bob)
    const tokenHash = digest('of no consequence')
    const { id: refreshTokenId } = await world.execute(issueRefreshToken, other.principal, {
      name: null,
      tokenHash,
      sessionId: other.principal.sessionId,
      userId: bob.id,
      clientId: CLI_CLIENT_ID,
      scopes: [],
      payload: {},
      rotates: false,
    })
    await world.execute(leaveOrganization, bob.principal, { organization })
    const home = await world.again(bob)
    await world.written()

    expect(await codeOf(world.execute(renameKey, home.principal, { id: key.id, description: 'hello from outside' }))).toBe('key_not_found')
    expect(await codeOf(world.execute(renameKey, home.principal, { id: key.id, description: 'CI' }))).toBe('key_not_found')
    expect(await world.execute(revokeKey, home.principal, { id: key.id })).toEqual({ ended: 0 })
    expect(await world.execute(endSession, home.principal, { sessionId: other.principal.sessionId, reason: 'ended_by_user' })).toEqual({ ended: 0 })
    expect(await world.execute(endRefreshToken, home.principal, { refreshTokenId: refreshTokenId as RefreshTokenId })).toEqual({ ended: 0 })
    await world.execute(revokePresentedKey, home.principal, { tokenHash: digest(key.key) })
    await world.execute(revokeRefreshToken, home.principal, { tokenHash })
    expect(await world.written()).toEqual([])
  })

  test('a key of a removed service account cannot be renamed or revoked', async () => {
    const { organization, people } = await world.organization({ eve: 'admin' })
    const { principal } = people['eve'] as Person
    const { id: serviceAccount } = await world.execute(createServiceAccount, principal, { organization, name: 'deploy' })
    const { id } = await world.execute(createServiceAccountKey, principal, {
      organization,
      serviceAccount,
      description: 'CI',
      scope: null,
      expiresInDays: null,
    })
    await world.execute(removeServiceAccount, principal, { organization, serviceAccount })
    await world.written()

    expect(await codeOf(world.execute(renameKey, principal, { organization, id, description: 'alive' }))).toBe('key_not_found')
    expect(await world.execute(revokeKey, principal, { organization, id })).toEqual({ ended: 0 })
    expect(await world.written()).toEqual([])
  })

  test('a login with an idle-expired refresh token is neither listed nor counted (S47)', async () => {
    const dan = await world.person('dan')
    const { sessions } = world.store.reading
    const { sessionId } = dan.principal
    await world.rows(`update session set kind = 'refresh' where id = '${sessionId}' returning id`)
    const token = { name: null, tokenHash: digest('idle'), sessionId, userId: dan.id, clientId: CLI_CLIENT_ID, scopes: [], payload: {}, rotates: false }
    await world.execute(issueRefreshToken, dan.principal, token)
    const seen = async () => [(await sessions.listAlive(dan.id)).length, await sessions.countAlive(dan.id, 10), (await sessions.refreshLogins(dan.id)).length]
    expect(await seen()).toEqual([1, 1, 1])
    await world.rows(`update refresh_token set idle_expires_at = muster_now() where session_id = '${sessionId}' returning id`)
    expect(await seen()).toEqual([0, 0, 0])
  })
})
