import type { ApiKeyId } from '@muster/contract/ids.ts'
import type { Role } from '@muster/contract/permissions.ts'
import { updateNames } from '@muster/server/domain/accounts/person-names.ts'
import { refusalOf } from '@muster/server/domain/command/refused-credential.ts'
import {
  type CreatedKey,
  createKey,
  KEYS_PER_SERVICE_ACCOUNT,
  KEYS_PER_USER,
  keyHash,
  renameKey,
  revokeKey,
} from '@muster/server/domain/credentials/api-key.ts'
import { changeServiceAccount, createServiceAccount, createServiceAccountKey, removeServiceAccount } from '@muster/server/domain/credentials/service-account.ts'
import { endOtherSessions } from '@muster/server/domain/credentials/session.ts'
import { createSecret } from '@muster/server/domain/invitations/invitation.ts'
import type { KeyPrincipal } from '@muster/server/domain/model/principal.ts'
import { digest } from '@muster/server/domain/model/secret-keys.ts'
import { changeRole } from '@muster/server/domain/organizations/change-role.ts'
import { deactivateMember } from '@muster/server/domain/organizations/deactivation.ts'
import { removeMember } from '@muster/server/domain/organizations/membership.ts'
import { joinOrganization, leaveOrganization } from '@muster/server/domain/organizations/move.ts'
import { registerResource, transferResource } from '@muster/server/domain/resources/resource.ts'
import { engines } from '@muster/testkit/database.ts'
import { aWorld, type Person, type World } from '@muster/testkit/world.ts'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'

// Keys of users and of service accounts: who can change them, what they can do, and when they become invalid.
describe.each(engines)('keys on %s', (engine) => {
  let world: World
  beforeAll(async () => {
    world = await aWorld(engine)
  })
  afterAll(() => world.close())

  let count = 0
  const codeOf = (promise: Promise<unknown>) => promise.then(() => 'ok').catch((error: { code?: string }) => error.code ?? String(error))
  const three = async (bobs: Role = 'member') => {
    const number = ++count
    const names = [`ada_${number}`, `bob_${number}`, `carol_${number}`] as const
    const { organization, id, people } = await world.organization({ [names[0]]: 'admin', [names[1]]: bobs, [names[2]]: 'member' })
    const [ada, bob, carol] = names.map((name) => people[name] as Person) as [Person, Person, Person]
    return { organization, id, ada, bob, carol }
  }
  const keyOf = (person: Person, description = 'CI') => world.execute(createKey, person.principal, { description, scope: null, expiresInDays: null })
  const machineOf = async (admin: Person, organization: string) => {
    const machine = await world.execute(createServiceAccount, admin.principal, { organization, name: `robot-${++count}` })
    return {
      machine,
      key: await world.execute(createServiceAccountKey, admin.principal, {
        organization,
        serviceAccount: machine.name,
        description: 'CI',
        scope: null,
        expiresInDays: null,
      }),
    }
  }
  const standing = async ({ key }: { key: string }) => {
    const live = await world.store.reading.apiKeys.live({ tokenHash: digest(key) })
    return refusalOf(live, live?.key ?? { epoch: 0, organizationId: null })
  }
  const principalOf = async ({ id }: CreatedKey): Promise<KeyPrincipal> => {
    const live = await world.store.reading.apiKeys.live({ id })
    if (!live) throw new Error('no such key')
    const { key } = live
    const holder = key.userId ? ({ kind: 'user', id: key.userId } as const) : ({ kind: 'service_account', id: key.serviceAccountId as never } as const)
    return {
      kind: 'key',
      keyId: id,
      holder,
      epoch: key.epoch,
      organizationId: key.organizationId,
      origin: { address: '::1', userAgent: null, requestId: 'test' },
    }
  }
  const alive = async (of: Parameters<World['store']['reading']['apiKeys']['pageAlive']>[0]) =>
    (await world.store.reading.apiKeys.pageAlive(of, { limit: 100 })).items.map(({ description }) => description)

  test('a key carries a checksum, and only its hash is stored (E14)', async () => {
    const { ada, organization } = await three()
    const [mine, machine] = [await keyOf(ada), (await machineOf(ada, organization)).key]
    expect(mine.key).toMatch(/^muster_uk_[0-9A-Za-z]{49}$/)
    expect(machine.key).toMatch(/^muster_sk_[0-9A-Za-z]{49}$/)
    for (const { key } of [mine, machine]) {
      expect(keyHash(key)).toEqual(digest(key))
      for (let at = 0; at < key.length; at++) expect(keyHash(key.slice(0, at) + (key[at] === 'a' ? 'b' : 'a') + key.slice(at + 1))).toBeNull()
    }
    const [row] = await world.rows<{ text: string }>(`select string_agg(k::text, '') as text from api_key k`)
    for (const { key } of [mine, machine]) {
      const part = key.slice(10, 40)
      for (const form of [part, Buffer.from(part).toString('hex')]) expect(row?.text).not.toContain(form)
    }
  })

  test('a key is refused without a readable description of at most 200 characters', async () => {
    const { ada } = await three()
    expect(await codeOf(keyOf(ada, '  '))).toBe('description_invalid')
    expect(await codeOf(keyOf(ada, 'x'.repeat(201)))).toBe('description_invalid')
    expect(await codeOf(keyOf(ada, 'left\u202eright'))).toBe('description_invalid')
    expect((await keyOf(ada, ' two \n lines ')).description).toBe('two lines')
  })

  test('a user at the key limit can create another key after revoking one', async () => {
    const { ada } = await three()
    const keys: CreatedKey[] = []
    for (let number = 0; number < KEYS_PER_USER; number++) keys.push(await keyOf(ada, `number ${number}`))
    expect(await codeOf(keyOf(ada))).toBe('key_limit')
    await world.execute(revokeKey, ada.principal, { id: (keys[0] as CreatedKey).id })
    expect(await codeOf(keyOf(ada))).toBe('ok')
  })

  test('a key is revoked once and is refused as token_revoked from then on (S36)', async () => {
    const { ada, id } = await three()
    const key = await keyOf(ada)
    await world.written()
    expect(await world.execute(revokeKey, ada.principal, { id: key.id })).toEqual({ ended: 1 })
    expect(await standing(key)).toBe('token_revoked')
    expect(await world.execute(revokeKey, ada.principal, { id: key.id })).toEqual({ ended: 0 })
    expect(await world.written()).toMatchObject([{ type: 'key.ended', target: key.id }])
    expect(await world.rows(`select kind from revocation where subject = '${key.id}'`)).toEqual([{ kind: 'key' }])
    expect(await alive({ organizationId: id })).toEqual([])
  })

  test('a key is changed only by its user and by admins of its organization (S4, B01)', async () => {
    const { ada, bob, carol, organization, id } = await three()
    const key = await keyOf(bob, 'of bob')
    expect(await codeOf(world.execute(revokeKey, carol.principal, { id: key.id }))).toBe('key_not_found')
    expect(await codeOf(world.execute(revokeKey, carol.principal, { id: key.id, organization }))).toBe('forbidden')
    const stranger = await world.person(`stranger_${++count}`)
    expect(await codeOf(world.execute(revokeKey, stranger.principal, { id: key.id, organization: stranger.name }))).toBe('key_not_found')
    expect(await codeOf(world.execute(renameKey, stranger.principal, { id: key.id, organization, description: 'x' }))).toBe('organization_not_found')
    expect(await codeOf(world.execute(revokeKey, ada.principal, { id: 'key_nonsense', organization }))).toBe('key_not_found')
    expect(await world.execute(renameKey, bob.principal, { id: key.id, description: 'renamed' })).toMatchObject({
      description: 'renamed',
      holderName: bob.name,
    })
    expect(await world.execute(renameKey, ada.principal, { id: key.id, organization, description: 'by the admin' })).toMatchObject({ createdByName: bob.name })
    expect(await alive({ organizationId: id })).toEqual(['by the admin'])
    expect(await world.execute(revokeKey, ada.principal, { id: key.id, organization })).toEqual({ ended: 1 })
    expect(await standing(key)).toBe('token_revoked')
  })

  test("a key acts with its user's current role and is named in the audit log (S32)", async () => {
    const { ada, bob, organization } = await three('admin')
    const principal = await principalOf(await keyOf(bob))
    expect(await codeOf(world.execute(createSecret, principal, { organization, role: 'member' }))).toBe('ok')
    const [row] = await world.rows(`select actor_kind, actor_id, actor_key_id, actor_session_id from audit_event order by seq desc limit 1`)
    expect(row).toEqual({ actor_kind: 'user', actor_id: bob.id, actor_key_id: principal.keyId, actor_session_id: null })
    await world.execute(changeRole, ada.principal, { organization, user: bob.name, role: 'member' })
    expect(await codeOf(world.execute(createSecret, principal, { organization, role: 'member' }))).toBe('forbidden')
    expect(await codeOf(world.execute(removeMember, principal, { organization, user: bob.name }))).toBe('forbidden')
  })

  test('a key is refused every command that needs a session', async () => {
    const { ada, bob, organization } = await three('admin')
    const other = await three()
    const key = await keyOf(bob)
    const principal = await principalOf(key)
    const machine = await world.execute(createServiceAccount, ada.principal, { organization, name: 'robot' })
    const attempts = [
      world.execute(joinOrganization, principal, { token: await world.secretOf(other.ada, other.organization) }),
      world.execute(leaveOrganization, principal, { organization }),
      world.execute(createKey, principal, { description: 'a child', scope: null, expiresInDays: null }),
      world.execute(createServiceAccountKey, principal, {
        organization,
        serviceAccount: machine.name,
        description: 'a child',
        scope: null,
        expiresInDays: null,
      }),
      world.execute(revokeKey, principal, { id: key.id }),
      world.execute(updateNames, principal, { givenName: 'Mallory' }),
      world.execute(endOtherSessions, principal, undefined),
    ]
    expect(await Promise.all(attempts.map(codeOf))).toEqual(attempts.map(() => 'session_required'))
    await world.execute(revokeKey, bob.principal, { id: key.id })
    expect(await codeOf(world.execute(leaveOrganization, principal, { organization }))).toBe('token_revoked')
  })

  test('a key is invalid after its user leaves, even if the user returns (S32, S36)', async () => {
    const { ada, bob, carol, organization } = await three()
    const [bobs, carols] = [await keyOf(bob), await keyOf(carol)]
    await world.execute(leaveOrganization, bob.principal, { organization })
    expect(await standing(bobs)).toBe('membership_left')
    const removed = await world.execute(removeMember, ada.principal, { organization, user: carol.name })
    expect(removed.endedKeys).toBe(1)
    expect(await standing(carols)).toBe('membership_left')
    // The old key stays invalid when bob joins the same organization again.
    await world.execute(joinOrganization, (await world.again(bob)).principal, { token: await world.secretOf(ada, organization) })
    expect(await standing(bobs)).toBe('token_revoked')
  })

  test("a service account has a member's rights in its own organization only (S4, B01)", async () => {
    const { ada, organization } = await three()
    const other = await three()
    const { machine, key } = await machineOf(ada, organization)
    const principal = await principalOf(key)
    const made = await world.execute(registerResource, principal, { organization, kind: 'database', name: 'stock' })
    expect(made).toMatchObject({ resource: { ownerId: machine.id } })
    expect(await codeOf(world.execute(createSecret, principal, { organization, role: 'member' }))).toBe('forbidden')
    expect(await codeOf(world.execute(deactivateMember, principal, { organization, user: ada.name }))).toBe('forbidden')
    expect(await codeOf(world.execute(createServiceAccount, principal, { organization, name: 'another' }))).toBe('forbidden')
    expect(await codeOf(world.execute(registerResource, principal, { organization: other.organization, kind: 'database', name: 'stock' }))).toBe(
      'organization_not_found',
    )
    expect(await codeOf(world.execute(leaveOrganization, principal, { organization }))).toBe('session_required')
    const [row] = await world.rows(`select actor_kind, actor_id, actor_key_id from audit_event where outcome = 'done' order by seq desc limit 1`)
    expect(row).toEqual({ actor_kind: 'service_account', actor_id: machine.id, actor_key_id: key.id })
  })

  test("a removed service account's keys are revoked and its resources transferred (S28)", async () => {
    const { ada, bob, organization } = await three()
    const { machine, key } = await machineOf(ada, organization)
    await world.execute(registerResource, bob.principal, { organization, kind: 'application', name: 'shop' })
    await world.execute(transferResource, bob.principal, { organization, kind: 'application', name: 'shop', owner: machine.name })
    const removed = await world.execute(removeServiceAccount, ada.principal, { organization, serviceAccount: machine.name })
    expect(removed).toMatchObject({ name: machine.name, endedKeys: 1, handedOver: [{ kind: 'application', name: 'shop' }] })
    expect(await standing(key)).toBe('token_revoked')
    expect(await codeOf(world.execute(removeServiceAccount, ada.principal, { organization, serviceAccount: machine.id }))).toBe('service_account_not_found')
    // A new service account can have the name, but the old key does not become valid with it.
    const anew = await world.execute(createServiceAccount, ada.principal, { organization, name: machine.name })
    expect(anew.id).not.toBe(machine.id)
    expect(await standing(key)).toBe('token_revoked')
  })

  test('a service account name is valid and unique within its organization', async () => {
    const { ada, bob, organization } = await three()
    const other = await three()
    await world.execute(createServiceAccount, ada.principal, { organization, name: 'builder', description: 'builds' })
    expect(await codeOf(world.execute(createServiceAccount, ada.principal, { organization, name: 'builder' }))).toBe('name_taken')
    expect(await codeOf(world.execute(createServiceAccount, other.ada.principal, { organization: other.organization, name: 'builder' }))).toBe('ok')
    for (const name of ['x', 'Builder', '-builder', 'a b', 'sva_builder', 'usr_builder', 'x'.repeat(31)])
      expect(await codeOf(world.execute(createServiceAccount, ada.principal, { organization, name }))).toBe('service_account_name_invalid')
    await world.execute(createServiceAccount, ada.principal, { organization, name: 'tester' })
    expect(await codeOf(world.execute(changeServiceAccount, ada.principal, { organization, serviceAccount: 'tester', name: 'builder' }))).toBe('name_taken')
    expect(
      await world.execute(changeServiceAccount, ada.principal, { organization, serviceAccount: 'tester', name: 'checker', description: 'checks' }),
    ).toMatchObject({ account: { name: 'checker', description: 'checks' } })
    expect(await codeOf(world.execute(createServiceAccount, bob.principal, { organization, name: 'mine' }))).toBe('forbidden')
  })

  test('a service account cannot have more keys than the limit', async () => {
    const { ada, organization } = await three()
    const { machine } = await machineOf(ada, organization)
    const another = () =>
      world.execute(createServiceAccountKey, ada.principal, {
        organization,
        serviceAccount: machine.id,
        description: 'one more',
        scope: null,
        expiresInDays: null,
      })
    for (let number = 1; number < KEYS_PER_SERVICE_ACCOUNT; number++) await another()
    expect(await codeOf(another())).toBe('key_limit')
  })

  test('every key of a suspended organization is refused until it is resumed (S32)', async () => {
    const { ada, organization, id } = await three()
    const keys = [await keyOf(ada), (await machineOf(ada, organization)).key]
    const suspend = (at: string) => world.rows(`update organization set suspended_at = ${at} where id = '${id}' returning id`)
    await suspend('muster_now()')
    for (const key of keys) expect(await standing(key)).toBe('organization_suspended')
    await suspend('null')
    for (const key of keys) expect(await standing(key)).toBeNull()
  })

  test('a service account key is revoked when the last member leaves (S23)', async () => {
    const other = await three()
    const alone = await world.person(`alone_${++count}`)
    const { key } = await machineOf(alone, alone.name)
    expect(await standing(key)).toBeNull()
    await world.execute(joinOrganization, alone.principal, { token: await world.secretOf(other.ada, other.organization) })
    expect(await standing(key)).toBe('token_revoked')
    await world.execute(leaveOrganization, (await world.again(alone)).principal, { organization: other.organization })
    expect(await standing(key)).toBe('token_revoked')
  })

  test('a key records the time and address of its last use, once a minute', async () => {
    const { ada } = await three()
    const { id } = await keyOf(ada)
    const last = async () => {
      const found = await world.store.reading.apiKeys.find(id as ApiKeyId)
      return [found?.lastUsedAt !== null, found?.lastAddress]
    }
    expect(await last()).toEqual([false, null])
    await world.store.reading.apiKeys.touch(id, '192.0.2.1')
    await world.store.reading.apiKeys.touch(id, '192.0.2.2')
    expect(await last()).toEqual([true, '192.0.2.1'])
  })
})
