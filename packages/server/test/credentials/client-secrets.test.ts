import type { ClientSecretId } from '@muster/contract/ids.ts'
import { machineScopes, personScopes } from '@muster/contract/permissions.ts'
import { changeClient, clientOf, registerClient, removeClient } from '@muster/server/domain/credentials/client.ts'
import { createClientSecret, presentedSecret, revokeClientSecret } from '@muster/server/domain/credentials/client-secret.ts'
import { createStream } from '@muster/server/domain/signals/receiver.ts'
import { engines } from '@muster/testkit/database.ts'
import { aWorld, type World } from '@muster/testkit/world.ts'
import { sql } from 'kysely'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { aPlatform, operator } from './platform.ts'

// Clients that change, and their secrets (P14).
describe.each(engines)('a client on %s', (engine) => {
  let world: World
  beforeAll(async () => {
    world = await aWorld(engine, { poolSize: 4 })
  })
  afterAll(() => world.close())

  const codeOf = (promise: Promise<unknown>): Promise<string> =>
    promise.then(
      () => 'ok',
      ({ code }) => code,
    )
  const register = async (more: object = {}) => {
    const { client, secret } = await world.execute(registerClient, operator, {
      name: 'Shop',
      grants: ['client_credentials'],
      scopes: ['introspect', 'hosts:read'],
      ...more,
    })
    return { clientId: client.id, secret: secret ?? '' }
  }
  const rotate = (clientId: string) => world.execute(createClientSecret, operator, { clientId })
  const revoke = (clientId: string, secretId: string) => world.execute(revokeClientSecret, operator, { clientId, secretId })
  const change = (clientId: string, values: object) => world.execute(changeClient, operator, { clientId, ...values })
  const read = async (clientId: string) => {
    const client = await world.store.reading.clients.find(clientId)
    if (!client) throw new Error('no client')
    return client
  }
  const accepts = async (clientId: string, secret: string): Promise<boolean> => presentedSecret(await read(clientId), secret) !== null
  /** The secret that a server of the version before accepts: it knows the column only. */
  const olderAccepts = async (clientId: string, secret: string): Promise<boolean> => {
    const [row] = await world.rows<{ same: boolean }>(`select secret_hash = sha256('${secret}'::bytea) as same from client where id = '${clientId}'`)
    return row?.same ?? false
  }

  test('a client has two secrets after a rotation, and one after a revocation (P14)', async () => {
    const { clientId, secret } = await register()
    await world.written()
    const [first] = (await read(clientId)).secrets
    const second = await rotate(clientId)
    expect([await accepts(clientId, secret), await accepts(clientId, second.secret), await accepts(clientId, 'muster_cs_other')]).toEqual([true, true, false])
    await revoke(clientId, first?.id ?? '')
    expect([await accepts(clientId, secret), await accepts(clientId, second.secret)]).toEqual([false, true])
    expect(await world.written()).toMatchObject([
      { type: 'client.secret_created', target: clientId, details: { secretId: second.id } },
      { type: 'client.secret_revoked', target: clientId, details: { secretId: first?.id } },
    ])
  })

  test('a server of the version before accepts the older of two secrets (P14)', async () => {
    const { clientId, secret } = await register()
    const second = await rotate(clientId)
    expect([await olderAccepts(clientId, secret), await olderAccepts(clientId, second.secret)]).toEqual([true, false])
    await revoke(clientId, (await read(clientId)).secrets[0]?.id ?? '')
    expect(await olderAccepts(clientId, second.secret)).toBe(true)
    const third = await rotate(clientId)
    await revoke(clientId, third.id)
    expect(await olderAccepts(clientId, second.secret)).toBe(true)
  })

  test('a client that an older server registered needs no row of its secret (P14)', async () => {
    const clientId = `cli_older_${engine}`
    await world.rows(`insert into client (id, name, secret_hash, grants, scopes) values
      ('${clientId}', 'Older', sha256('muster_cs_older'), '["client_credentials"]', '["introspect"]')`)
    expect([await accepts(clientId, 'muster_cs_older'), (await read(clientId)).public]).toEqual([true, false])
    const { secrets } = await clientOf(world.store.reading, clientId)
    expect(secrets).toEqual([{ id: `csc_older_${engine}`, createdAt: expect.any(Date), lastUsedAt: null }])
    const second = await rotate(clientId)
    await revoke(clientId, secrets[0]?.id ?? '')
    expect([await accepts(clientId, 'muster_cs_older'), await accepts(clientId, second.secret)]).toEqual([false, true])
  })

  test('a third secret is refused, also when two are created at once (P14)', async () => {
    const { clientId } = await register()
    const outcomes = await Promise.all(Array.from({ length: 4 }, () => codeOf(rotate(clientId))))
    expect(outcomes.sort()).toEqual(['client_secret_limit', 'client_secret_limit', 'client_secret_limit', 'ok'])
    expect((await read(clientId)).secrets).toHaveLength(2)
  })

  test('the last secret cannot be revoked, also when both are revoked at once (P14)', async () => {
    const { clientId } = await register()
    expect(await codeOf(revoke(clientId, (await read(clientId)).secrets[0]?.id ?? ''))).toBe('client_secret_last')
    await rotate(clientId)
    const { secrets } = await read(clientId)
    const outcomes = await Promise.all(secrets.map(({ id }) => codeOf(revoke(clientId, id))))
    expect(outcomes.sort()).toEqual(['client_secret_last', 'ok'])
    expect((await read(clientId)).secrets).toHaveLength(1)
  })

  test('a use never makes a revoked secret valid again (P14, E74)', async () => {
    for (const isUsedBefore of [false, true]) {
      const { clientId, secret } = await register()
      const [first] = (await read(clientId)).secrets
      if (!first) throw new Error('no secret')
      const touch = () => world.store.reading.clients.touchSecret(clientId, first)
      if (isUsedBefore) await touch()
      await rotate(clientId)
      await revoke(clientId, first.id)
      await touch()
      expect([isUsedBefore, await accepts(clientId, secret), (await read(clientId)).secrets.length]).toEqual([isUsedBefore, false, 1])
    }
  })

  test('the last use of a secret is noted once a minute (P14)', async () => {
    const { clientId } = await register()
    const second = await rotate(clientId)
    const times = async () => (await read(clientId)).secrets.map(({ lastUsedAt }) => lastUsedAt)
    const touch = async () => {
      const secret = (await read(clientId)).secrets.find(({ id }) => id === second.id)
      if (secret) await world.store.reading.clients.touchSecret(clientId, secret)
    }
    await touch()
    const [unused, used] = await times()
    expect([unused, used]).toEqual([null, expect.any(Date)])
    await touch()
    expect(await times()).toEqual([null, used])
    await sql`update client_secret set last_used_at = last_used_at - interval '61 seconds' where id = ${second.id}`.execute(world.database.kysely)
    await touch()
    expect((await times())[1]?.getTime()).toBeGreaterThanOrEqual(used?.getTime() ?? 0)
  })

  test('each change gives the row another version, so that no process keeps it (P14)', async () => {
    const { clientId } = await register()
    const versions = [(await read(clientId)).version]
    const created = await rotate(clientId)
    versions.push((await read(clientId)).version)
    await revoke(clientId, created.id)
    versions.push((await read(clientId)).version)
    await change(clientId, { scopes: ['introspect'] })
    versions.push((await read(clientId)).version)
    expect(new Set(versions).size).toBe(4)
    await change(clientId, { scopes: ['introspect'] })
    expect((await read(clientId)).version).toBe(versions[3])
  })

  test('the operator changes only the values that they name (P14)', async () => {
    const { clientId } = await register({
      grants: ['authorization_code'],
      scopes: ['openid', 'profile'],
      redirectUris: ['https://shop.example/a'],
      postLogoutRedirectUris: ['https://shop.example/bye'],
      backchannelLogoutUri: 'https://shop.example/logout',
    })
    await world.written()
    const before = await clientOf(world.store.reading, clientId)
    const redirectUris = ['https://shop.example/a', 'https://shop.example/b']
    expect(await change(clientId, { redirectUris })).toEqual({ ...before, redirectUris })
    expect(await clientOf(world.store.reading, clientId)).toEqual({ ...before, redirectUris })
    await change(clientId, { name: ' Web shop ', scopes: ['openid'], backchannelLogoutUri: null, postLogoutRedirectUris: [] })
    expect(await clientOf(world.store.reading, clientId)).toMatchObject({
      name: 'Web shop',
      scopes: ['openid'],
      redirectUris,
      postLogoutRedirectUris: [],
      backchannelLogoutUri: null,
    })
    expect(await world.written()).toMatchObject([
      { type: 'client.changed', target: clientId, details: { fields: ['redirect_uris'], redirectUris } },
      {
        type: 'client.changed',
        details: { name: 'Web shop', fields: ['name', 'post_logout_redirect_uris', 'scopes', 'backchannel_logout_uri'], scopes: ['openid'] },
      },
    ])
  })

  test('a change reports all faults at once, and changes nothing (P14)', async () => {
    const { clientId } = await register()
    const refused = await change(clientId, { name: '', redirectUris: ['http://shop.example'], scopes: ['openid', 'nothing'] }).catch((error) => error)
    expect(refused.code).toBe('client_invalid')
    expect(refused.extensions.faults.map(({ field }: { field: string }) => field)).toEqual(['name', 'redirect_uris', 'redirect_uris', 'scopes', 'scopes'])
    expect(await clientOf(world.store.reading, clientId)).toMatchObject({ name: 'Shop', scopes: ['introspect', 'hosts:read'] })
  })

  test('a push stream of a client that lost the scope signals gets nothing more (P14)', async () => {
    const platform = await aPlatform(world, ['signals', 'introspect'])
    const settings = { method: 'push', endpointUrl: 'https://hooks.example/x', authorization: null, description: null, eventsRequested: null, leaseSeconds: 30 }
    const stream = await world.execute(createStream, platform, settings as never)
    const { receivers } = world.store.reading
    await receivers.addEvent(stream.id, {})
    const isServed = async () => (await receivers.claimPushes(50, 0, [])).some(({ id }) => id === stream.id)
    expect(await isServed()).toBe(true)
    await change(platform.clientId, { scopes: ['introspect'] })
    expect(await isServed()).toBe(false)
    await change(platform.clientId, { scopes: ['signals'] })
    expect(await isServed()).toBe(true)
  })

  test('a client that ships with Muster, is public, or was removed gets no secret (P14)', async () => {
    expect(await codeOf(change('muster-cli', { name: 'x' }))).toBe('client_invalid')
    expect(await codeOf(rotate('muster-cli'))).toBe('client_invalid')
    const page = await register({ public: true, grants: ['authorization_code'], redirectUris: ['https://shop.example/a'], scopes: ['openid'] })
    expect(await codeOf(rotate(page.clientId))).toBe('client_invalid')
    const { clientId } = await register()
    await world.execute(removeClient, operator, { clientId })
    expect([await codeOf(rotate(clientId)), await codeOf(change(clientId, { name: 'x' }))]).toEqual(['client_not_found', 'client_not_found'])
    expect(await codeOf(revoke((await register()).clientId, 'csc_other' as ClientSecretId))).toBe('client_secret_not_found')
  })
})

test('a scope is for people or for clients themselves, never for both (P15)', () => {
  expect(machineScopes.filter((scope) => (personScopes as readonly string[]).includes(scope))).toEqual([])
})
