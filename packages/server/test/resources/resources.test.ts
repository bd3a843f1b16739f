import { changeServiceAccount, createServiceAccount, removeServiceAccount } from '@muster/server/domain/credentials/service-account.ts'
import { removeMember } from '@muster/server/domain/organizations/membership.ts'
import { joinOrganization, leaveOrganization } from '@muster/server/domain/organizations/move.ts'
import { renameOrganization } from '@muster/server/domain/organizations/rename.ts'
import { heirOf, registerResource, removeResource, resourceBlockers, transferResource } from '@muster/server/domain/resources/resource.ts'
import { engines } from '@muster/testkit/database.ts'
import { aWorld, type Person, type World } from '@muster/testkit/world.ts'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { aPlatform, aServiceAccount } from '../credentials/platform.ts'

// Resources of an organization: their owners, their host labels, and how they block a move.
describe.each(engines)('resources on %s', (engine) => {
  let world: World
  beforeAll(async () => {
    world = await aWorld(engine)
  })
  afterAll(() => world.close())

  let count = 0
  const fresh = (name: string): string => `${name}_${++count}`
  const refusalOf = (promise: Promise<unknown>): Promise<any> => promise.then((answer) => ({ code: 'ok', answer })).catch((error) => error)
  const codeOf = async (promise: Promise<unknown>): Promise<string> => (await refusalOf(promise)).code
  const register = (person: Person, organization: string, name: string, { kind = 'application', owner }: { kind?: string; owner?: string } = {}) =>
    world.execute(registerResource, person.principal, { organization, kind, name, owner })
  const acme = async (...others: string[]) => {
    const made = await world.organization({ [fresh('acme')]: 'admin', ...Object.fromEntries(others.map((name) => [fresh(name), 'member' as const])) })
    const [ada, ...rest] = Object.values(made.people) as [Person, ...Person[]]
    return { ...made, ada, rest }
  }
  const ownerOf = async (organizationId: `org_${string}`, name: string, kind = 'application') =>
    (await world.store.reading.resources.find(organizationId, kind, name))?.ownerId

  test('a member who registers a resource for the organization owns it (S6)', async () => {
    const { organization, id, ada } = await acme()
    const { resource, created } = await register(ada, organization, 'shop')
    expect(created).toBe(true)
    expect(resource).toMatchObject({ organizationId: id, kind: 'application', name: 'shop', ownerId: ada.id, ownerName: ada.name })
    expect(resource.hostLabel).toBe(`${organization}-shop`.replaceAll('_', '-'))
    expect(await world.written()).toMatchObject([{ type: 'resource.registered', target: resource.id, details: { ownerId: ada.id, name: 'shop' } }])
  })

  test('a repeated registration of a resource changes nothing (S6)', async () => {
    const { organization, ada, rest } = await acme('bob')
    const first = await register(ada, organization, 'shop')
    await world.written()
    // A platform may register the same resource at every deployment.
    for (const owner of [undefined, ada.name]) {
      const again = await register(rest[0] as Person, organization, 'shop', owner === undefined ? {} : { owner })
      expect(again).toEqual({ resource: first.resource, created: false })
    }
    for (const owner of [rest[0]?.name ?? '', 'nobody_there']) expect(await codeOf(register(ada, organization, 'shop', { owner }))).toBe('resource_owned')
    expect(await world.written()).toEqual([])
  })

  test('a resource needs a valid name; only applications get a host label (S39, S40)', async () => {
    const { organization, ada } = await acme()
    for (const name of ['ab', 'Shop', 'sh.op', 'a'.repeat(31), 'sh op'])
      expect(await codeOf(register(ada, organization, name)), name).toBe('resource_name_invalid')
    for (const kind of ['1app', 'A', 'a', 'app lication', 'a'.repeat(31)])
      expect(await codeOf(register(ada, organization, 'shop', { kind })), kind).toBe('resource_kind_invalid')
    expect((await register(ada, organization, 'main-db_1', { kind: 'database' })).resource.hostLabel).toBeNull()
    // A name is unique within its kind only.
    expect(await codeOf(register(ada, organization, 'main-db_1', { kind: 'queue' }))).toBe('ok')
  })

  test('an owner is an active member or a service account of the same organization (S6)', async () => {
    const { organization, id, ada, rest } = await acme('bob')
    const [bob] = rest as [Person]
    const stranger = await world.person(fresh('eve'))
    expect((await register(ada, organization, 'one', { owner: bob.name })).resource.ownerId).toBe(bob.id)
    expect((await register(ada, organization, 'two', { owner: bob.id })).resource.ownerId).toBe(bob.id)
    const robot = await aServiceAccount(world, ada, organization, fresh('robot'))
    expect((await register(ada, organization, 'three', { owner: robot.name })).resource).toMatchObject({ ownerId: robot.id, ownerName: robot.name })
    expect((await register(ada, organization, 'four', { owner: robot.id })).resource.ownerId).toBe(robot.id)
    expect(await codeOf(register(ada, organization, 'five', { owner: stranger.name }))).toBe('member_not_found')
    await world.rows(`update membership set status = 'deactivated' where organization_id = '${id}' and user_id = '${bob.id}'`)
    expect(await codeOf(register(ada, organization, 'six', { owner: bob.name }))).toBe('owner_not_active')
    expect(await codeOf(world.execute(transferResource, ada.principal, { organization, kind: 'application', name: 'three', owner: bob.id }))).toBe(
      'owner_not_active',
    )
    await world.execute(removeServiceAccount, ada.principal, { organization, serviceAccount: robot.name })
    expect(await codeOf(register(ada, organization, 'seven', { owner: robot.id }))).toMatch(/member_not_found|owner_not_active/)
  })

  test('a name refers to at most one active member or service account (S6)', async () => {
    const { organization, ada, rest } = await acme('bob')
    const [bob] = rest as [Person]
    const named = (name: string) => world.execute(createServiceAccount, ada.principal, { organization, name })
    expect(await codeOf(named(bob.name))).toBe('name_taken')
    const { id: other } = await named(fresh('robot'))
    expect(await codeOf(world.execute(changeServiceAccount, ada.principal, { organization, serviceAccount: other, name: bob.name }))).toBe('name_taken')
    await world.execute(removeMember, ada.principal, { organization, user: bob.name })
    const { id } = await named(bob.name)
    expect((await register(ada, organization, 'shop', { owner: bob.name })).resource.ownerId).toBe(id)
    await world.execute(removeServiceAccount, ada.principal, { organization, serviceAccount: id })
    expect(await codeOf(register(ada, organization, 'other', { owner: bob.name }))).toBe('owner_not_active')
  })

  test("a removed service account's resources are transferred to the removing admin (S6)", async () => {
    const { organization, id, ada } = await acme()
    const robot = await aServiceAccount(world, ada, organization, fresh('robot'))
    await register(ada, organization, 'shop', { owner: robot.id })
    const removed = await world.execute(removeServiceAccount, ada.principal, { organization, serviceAccount: robot.id })
    expect(removed.handedOver).toMatchObject([{ kind: 'application', name: 'shop' }])
    expect(await ownerOf(id, 'shop')).toBe(ada.id)
  })

  test('any member can transfer a resource; the audit log names both owners (S4, S6)', async () => {
    const { organization, ada, rest } = await acme('bob', 'carol')
    const [bob, carol] = rest as [Person, Person]
    const { resource } = await register(ada, organization, 'shop')
    await world.written()
    const handed = await world.execute(transferResource, bob.principal, { organization, kind: 'application', name: 'shop', owner: carol.name })
    expect(handed.ownerId).toBe(carol.id)
    expect(await world.written()).toMatchObject([
      { type: 'resource.transferred', target: resource.id, details: { from: ada.id, to: carol.id, reason: 'transferred' } },
    ])
    // A transfer to the present owner changes nothing.
    await world.execute(transferResource, bob.principal, { organization, kind: 'application', name: 'shop', owner: carol.name })
    expect(await world.written()).toEqual([])
    expect(await codeOf(world.execute(transferResource, bob.principal, { organization, kind: 'application', name: 'none', owner: carol.name }))).toBe(
      'resource_not_found',
    )
  })

  test('an outsider cannot register, remove or transfer a resource (B01)', async () => {
    const { organization, ada } = await acme()
    const eve = await world.person(fresh('eve'))
    await register(ada, organization, 'shop')
    expect(await codeOf(register(eve, organization, 'shop'))).toBe('organization_not_found')
    expect(await codeOf(world.execute(removeResource, eve.principal, { organization, kind: 'application', name: 'shop' }))).toBe('organization_not_found')
    expect(await codeOf(world.execute(transferResource, eve.principal, { organization, kind: 'application', name: 'shop', owner: eve.name }))).toBe(
      'organization_not_found',
    )
  })

  test('a platform can register resources for any organization with a named owner (S58)', async () => {
    const { organization, ada } = await acme()
    const platform = await aPlatform(world, ['resources:register'])
    const input = { organization, kind: 'application', name: 'shop' }
    expect(await codeOf(world.execute(registerResource, platform, input))).toBe('owner_required')
    expect((await world.execute(registerResource, platform, { ...input, owner: ada.name })).resource.ownerId).toBe(ada.id)
    expect(await codeOf(world.execute(transferResource, platform, { ...input, owner: ada.name }))).toBe('authentication_required')
    expect(await codeOf(world.execute(registerResource, await aPlatform(world, ['hosts:read']), { ...input, name: 'other', owner: ada.name }))).toBe(
      'insufficient_scope',
    )
    expect((await world.execute(removeResource, platform, input)).name).toBe('shop')
  })

  test('a host label is unique across all organizations (S40)', async () => {
    const stem = fresh('one').replaceAll('_', '')
    const [short, long] = [await world.person(stem), await world.person(`${stem}_two`)]
    await register(long, `${stem}_two`, 'three')
    const clash = await refusalOf(register(short, stem, 'two-three'))
    expect(clash.code).toBe('host_label_taken')
    expect(clash.extensions).toEqual({ clashes: [{ name: 'two-three', label: `${stem}-two-three` }] })
    // A database has no host label, so it clashes with none. Within one organization the rule is the same.
    expect(await codeOf(register(short, stem, 'two-three', { kind: 'database' }))).toBe('ok')
    expect(await codeOf(register(long, `${stem}_two`, 'a-b'))).toBe('ok')
    expect(await codeOf(register(long, `${stem}_two`, 'a_b'))).toBe('host_label_taken')
  })

  test('an invalid host label is refused at registration and at a rename (S40)', async () => {
    const { organization, ada } = await acme()
    for (const name of ['shop-', 'shop_']) expect(await codeOf(register(ada, organization, name)), name).toBe('host_label_invalid')
    await register(ada, organization, 'shop')
    for (const to of ['_abc', 'ab_']) {
      const refused = await refusalOf(world.execute(renameOrganization, ada.principal, { organization, from: organization, to }))
      expect([refused.code, refused.extensions], to).toEqual(['host_label_invalid', { labels: [{ name: 'shop', label: `${to}-shop`.replaceAll('_', '-') }] }])
    }
    expect((await world.store.reading.organizations.find(organization))?.former).toBe(false)
  })

  test('a reserved host label is refused (S43)', async () => {
    const ada = await world.person('static_1')
    await world.execute(renameOrganization, ada.principal, { organization: 'static_1', from: 'static_1', to: 'well' })
    expect(await codeOf(register(await world.again(ada), 'well', 'known'))).toBe('name_reserved')
  })

  test("a removed application's host label stays held for its organization (S40)", async () => {
    const stem = fresh('org').replaceAll('_', '')
    const [short, long] = [await world.person(stem), await world.person(`${stem}_two`)]
    await register(long, `${stem}_two`, 'three')
    await world.execute(removeResource, long.principal, { organization: `${stem}_two`, kind: 'application', name: 'three' })
    expect(await codeOf(register(short, stem, 'two-three'))).toBe('host_label_taken')
    expect(await codeOf(register(long, `${stem}_two`, 'three'))).toBe('ok')
  })

  test('a rename and its dry run list the applications whose address changes (S41)', async () => {
    const { organization, ada } = await acme()
    for (const name of ['shop', 'blog']) await register(ada, organization, name)
    await register(ada, organization, 'main', { kind: 'database' })
    await world.written()
    const to = fresh('renamed')
    const dry = await world.execute(renameOrganization, ada.principal, { organization, from: organization, to, dryRun: true })
    expect(dry).toMatchObject({ renamed: false, applications: ['blog', 'shop'] })
    expect(await world.written()).toEqual([])
    const done = await world.execute(renameOrganization, ada.principal, { organization, from: organization, to })
    expect(done).toMatchObject({ renamed: true, applications: ['blog', 'shop'] })
    const label = `${to}-shop`.replaceAll('_', '-')
    expect(await world.store.reading.hostLabels.find(label)).toMatchObject({ held: false })
    expect(await world.store.reading.hostLabels.find(`${organization}-shop`.replaceAll('_', '-'))).toMatchObject({ held: true })
  })

  test('a rename to taken host labels is refused and lists them (S41, S40)', async () => {
    const stem = fresh('two').replaceAll('_', '')
    const [ada, eve] = [await world.person(fresh('ada')), await world.person(stem)]
    for (const name of ['one', 'two', 'three']) await register(ada, ada.name, name)
    for (const name of ['long-one', 'long-two']) await register(eve, stem, name)
    for (const dryRun of [true, false]) {
      const refused = await refusalOf(world.execute(renameOrganization, ada.principal, { organization: ada.name, from: ada.name, to: `${stem}_long`, dryRun }))
      expect([refused.code, refused.extensions.clashes]).toEqual([
        'host_label_taken',
        [
          { name: 'one', label: `${stem}-long-one` },
          { name: 'two', label: `${stem}-long-two` },
        ],
      ])
    }
    expect(await world.store.reading.hostLabels.find(`${ada.name}-three`.replaceAll('_', '-'))).toMatchObject({ held: false })
    expect(await world.store.reading.names.holder(`${stem}_long`)).toBeNull()
  })

  test('an organization can take back its former name and host labels (S42)', async () => {
    const { organization, ada } = await acme()
    await register(ada, organization, 'shop')
    const to = fresh('renamed')
    await world.execute(renameOrganization, ada.principal, { organization, from: organization, to })
    await world.execute(renameOrganization, ada.principal, { organization: to, from: to, to: organization })
    expect(await world.store.reading.hostLabels.find(`${organization}-shop`.replaceAll('_', '-'))).toMatchObject({ held: false })
    expect(await world.store.reading.hostLabels.find(`${to}-shop`.replaceAll('_', '-'))).toMatchObject({ held: true })
  })

  test('an owner cannot move or leave until every resource is transferred (S23, S24)', async () => {
    const { organization, ada, rest } = await acme('bob')
    const [bob] = rest as [Person]
    for (const name of ['shop', 'blog']) await register(bob, organization, name)
    await register(bob, organization, 'main', { kind: 'database' })
    await register(ada, organization, 'hers')
    const refused = await refusalOf(world.execute(leaveOrganization, bob.principal, { organization }))
    expect(refused.code).toBe('move_blocked')
    expect(refused.extensions.blockers).toMatchObject([
      { kind: 'resource', command: `muster resource transfer application/blog ${ada.name}`, resource: { kind: 'application', name: 'blog' } },
      { kind: 'resource', command: `muster resource transfer application/shop ${ada.name}` },
      { kind: 'resource', command: `muster resource transfer database/main ${ada.name}` },
    ])
    const other = await acme()
    const token = await world.secretOf(other.ada, other.organization)
    expect(await codeOf(world.execute(joinOrganization, bob.principal, { token }))).toBe('move_blocked')
    for (const [kind, name] of [
      ['application', 'shop'],
      ['application', 'blog'],
      ['database', 'main'],
    ] as const)
      await world.execute(transferResource, bob.principal, { organization, kind, name, owner: ada.name })
    // The refused attempt did not use up the secret.
    expect(await codeOf(world.execute(joinOrganization, bob.principal, { token }))).toBe('ok')
  })

  test('the last member cannot move while the organization has any resource (S23)', async () => {
    const ada = await world.person(fresh('ada'))
    const robot = await aServiceAccount(world, ada, ada.name, fresh('robot'))
    await register(ada, ada.name, 'shop', { owner: robot.id })
    const { ada: host, organization } = await acme()
    const token = await world.secretOf(host, organization)
    const refused = await refusalOf(world.execute(joinOrganization, ada.principal, { token }))
    expect(refused.extensions.blockers).toMatchObject([{ kind: 'resource', command: 'muster resource remove application/shop' }])
    await world.execute(removeResource, ada.principal, { organization: ada.name, kind: 'application', name: 'shop' })
    expect(await codeOf(world.execute(joinOrganization, ada.principal, { token }))).toBe('ok')
  })

  test('a resource blocker names no new owner when there are several admins (S24)', async () => {
    const { organization, id, ada, rest } = await acme('bob', 'carol')
    const [bob, carol] = rest as [Person, Person]
    await world.rows(`update membership set role = 'admin' where organization_id = '${id}' and user_id = '${carol.id}'`)
    await register(bob, organization, 'shop')
    expect(await resourceBlockers({ tx: world.store.reading }, { userId: bob.id, organization: { id, name: organization } }, { others: true })).toMatchObject([
      { command: 'muster resource transfer application/shop USER' },
    ])
    expect(await resourceBlockers({ tx: world.store.reading }, { userId: ada.id, organization: { id, name: organization } }, { others: true })).toEqual([])
  })

  test("a removed member's resources are transferred to the removing admin (S28)", async () => {
    const { organization, id, ada, rest } = await acme('bob')
    const [bob] = rest as [Person]
    await register(bob, organization, 'shop')
    await register(bob, organization, 'main', { kind: 'database' })
    await world.written()
    const removed = await world.execute(removeMember, ada.principal, { organization, user: bob.name })
    expect(removed.handedOver).toMatchObject([
      { kind: 'application', name: 'shop' },
      { kind: 'database', name: 'main' },
    ])
    expect([await ownerOf(id, 'shop'), await ownerOf(id, 'main', 'database')]).toEqual([ada.id, ada.id])
    const told = (await world.written()).map(({ type }) => type)
    expect(told.filter((type) => type === 'resource.transferred')).toHaveLength(2)
    expect(told.indexOf('resource.transferred')).toBeLessThan(told.indexOf('membership.ended'))
  })

  test('the deactivating or else the longest-serving admin is the heir (S26)', async () => {
    const { id, ada, rest } = await acme('bob', 'carol', 'dave')
    const [bob, carol, dave] = rest as [Person, Person, Person]
    await world.rows(`update membership set role = 'admin' where organization_id = '${id}' and user_id in ('${carol.id}', '${dave.id}')`)
    const heir = (deactivatedBy: string | null) => heirOf(world.store.reading, id, { userId: bob.id, deactivatedBy })
    expect(await heir(dave.id)).toBe(dave.id)
    expect(await heir('operator')).toBe(ada.id)
    expect(await heir(null)).toBe(ada.id)
    await world.rows(`update membership set status = 'deactivated' where organization_id = '${id}' and user_id in ('${ada.id}', '${dave.id}')`)
    expect(await heir(dave.id)).toBe(carol.id)
  })
})
