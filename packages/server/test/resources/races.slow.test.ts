import { deactivateMember, reactivateMember } from '@muster/server/domain/organizations/deactivation.ts'
import { removeMember } from '@muster/server/domain/organizations/membership.ts'
import { joinOrganization, leaveOrganization } from '@muster/server/domain/organizations/move.ts'
import { setPlan, suspendOrganization } from '@muster/server/domain/organizations/operator.ts'
import { renameOrganization } from '@muster/server/domain/organizations/rename.ts'
import { registerResource, transferAllResources, transferResource } from '@muster/server/domain/resources/resource.ts'
import { outcome, tally } from '@muster/testkit/outcomes.ts'
import { rounds } from '@muster/testkit/rounds.ts'
import { aWorld, type Person, type World } from '@muster/testkit/world.ts'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { operator } from '../credentials/platform.ts'

// These tests run on PostgreSQL, because PGlite runs one transaction at a time and would pass without any lock.
let world: World
beforeAll(async () => {
  world = await aWorld('postgres', { poolSize: 24, plans: { default: 'pro', seats: { free: 1, team: 4, pro: null } } })
})
afterAll(() => world.close())

let count = 0
const fresh = (name: string): string => `${name}_${++count}`
const stem = (): string => `n${++count}x`
const register = (person: Person, organization: string, name: string, owner?: string) =>
  world.execute(registerResource, person.principal, { organization, kind: 'application', name, owner })

/** Resources whose owner is not a member of their organization. There must be none (S6, I10). */
const ownerless = `select r.name from resource r left join membership m on m.organization_id = r.organization_id and m.user_id = r.owner_id and m.status <> 'left'
  where r.removed_at is null and r.owner_id like 'usr_%' and m.user_id is null`
/** Applications without a label in use, labels in use whose application is removed, and labels of another organization (S40). */
const labelless = `select r.name from resource r full join (select * from host_label where held_since is null) l on l.resource_id = r.id
  where (r.kind = 'application' and r.removed_at is null and l.label is null) or (l.label is not null and r.removed_at is not null)
    or l.organization_id <> r.organization_id`

test('one of two simultaneous registrations gets the host label (S40, I10)', async () => {
  for (const _ of rounds(8)) {
    const name = stem()
    const [short, long] = [await world.person(name), await world.person(`${name}_bbb`)]
    const outcomes = await Promise.all([outcome(register(short, name, 'bbb-ccc')), outcome(register(long, `${name}_bbb`, 'ccc'))])
    expect(tally(outcomes)).toEqual({ ok: 1, host_label_taken: 1 })
  }
  expect(await world.rows(labelless)).toEqual([])
})

test('a name registered many times at once is one resource (S6)', async () => {
  const ada = await world.person(fresh('ada'))
  const answers = await Promise.all(Array.from({ length: 24 }, () => register(ada, ada.name, 'shop')))
  expect(answers.filter(({ created }) => created)).toHaveLength(1)
  expect(new Set(answers.map(({ resource }) => resource.id)).size).toBe(1)
})

test("an application registered during a rename uses the new name's label (S40, S41)", async () => {
  for (const _ of rounds(8)) {
    const { organization, people } = await world.organization({ [fresh('acme')]: 'admin', [fresh('bob')]: 'member' })
    const [ada, bob] = Object.values(people) as [Person, Person]
    await register(ada, organization, 'first')
    const to = fresh('new')
    const outcomes = await Promise.all([
      outcome(world.execute(renameOrganization, ada.principal, { organization, from: organization, to })),
      outcome(register(bob, ada.principal.organizationId as string, 'second')),
    ])
    expect(tally(outcomes)).toEqual({ ok: 2 })
    const labels = await world.rows<{ label: string }>(
      `select label from host_label where organization_id = '${ada.principal.organizationId}' and held_since is null order by label`,
    )
    expect(labels.map(({ label }) => label)).toEqual(['first', 'second'].map((name) => `${to}-${name}`.replaceAll('_', '-')))
  }
  expect(await world.rows(labelless)).toEqual([])
})

test('a rename and a foreign registration never share a host label (S40, S41)', async () => {
  for (const _ of rounds(8)) {
    const name = stem()
    const [ada, eve] = [await world.person(fresh('ada')), await world.person(name)]
    for (const application of ['aaa', 'bbb', 'ccc']) await register(ada, ada.name, application)
    const outcomes = await Promise.all([
      outcome(world.execute(renameOrganization, ada.principal, { organization: ada.name, from: ada.name, to: `${name}_x` })),
      outcome(register(eve, name, 'x-bbb')),
    ])
    expect(tally(outcomes)).toEqual({ ok: 1, host_label_taken: 1 })
    const { length } = await world.rows(`select 1 from host_label where organization_id = '${ada.principal.organizationId}' and held_since is null`)
    expect(length).toBe(3)
  }
  expect(await world.rows(labelless)).toEqual([])
})

test('one of two renames that claim the same host labels is refused (S41)', async () => {
  for (const _ of rounds(8)) {
    const name = stem()
    const [ada, eve] = [await world.person(fresh('ada')), await world.person(fresh('eve'))]
    for (const application of ['b-aaa', 'b-bbb']) await register(ada, ada.name, application)
    for (const application of ['bbb', 'aaa']) await register(eve, eve.name, application)
    const outcomes = await Promise.all([
      outcome(world.execute(renameOrganization, ada.principal, { organization: ada.name, from: ada.name, to: name })),
      outcome(world.execute(renameOrganization, eve.principal, { organization: eve.name, from: eve.name, to: `${name}_b` })),
    ])
    expect(tally(outcomes)).toEqual({ ok: 1, host_label_taken: 1 })
  }
  expect(await world.rows(labelless)).toEqual([])
})

test('a resource is never owned by a member removed at the same moment (S6, S28)', async () => {
  for (const _ of rounds(8)) {
    const { organization, people } = await world.organization({ [fresh('acme')]: 'admin', [fresh('bob')]: 'member', [fresh('carol')]: 'member' })
    const [ada, bob, carol] = Object.values(people) as [Person, Person, Person]
    await register(carol, organization, 'shop')
    const [transfer, registration, removal] = await Promise.all([
      outcome(world.execute(transferResource, carol.principal, { organization, kind: 'application', name: 'shop', owner: bob.name })),
      outcome(register(carol, organization, 'more', bob.name)),
      outcome(world.execute(removeMember, ada.principal, { organization, user: bob.name })),
    ])
    expect(removal).toBe('ok')
    expect(['ok', 'owner_not_active']).toContain(transfer)
    expect(['ok', 'owner_not_active']).toContain(registration)
  }
  expect(await world.rows(ownerless)).toEqual([])
})

/** The owners of the organization's resources. */
const ownersIn = (id: string) =>
  world
    .rows<{ owner_id: string }>(`select owner_id from resource where organization_id = '${id}' and removed_at is null order by name`)
    .then((rows) => rows.map(({ owner_id }) => owner_id))

describe('all resources are transferred or none', () => {
  const names = ['one-app', 'two-app', 'three-app', 'four-app']
  const crew = async () => {
    const { organization, id, people } = await world.organization({ [fresh('acme')]: 'admin', [fresh('bob')]: 'member', [fresh('carol')]: 'member' })
    const [ada, bob, carol] = Object.values(people) as [Person, Person, Person]
    for (const name of names) await register(bob, organization, name)
    return { organization, id, ada, bob, carol }
  }

  test('when their owner is deactivated at the same moment', async () => {
    for (const _ of rounds(3)) {
      const { organization, id, ada, bob, carol } = await crew()
      const [transfer, deactivation] = await Promise.all([
        outcome(world.execute(transferAllResources, bob.principal, { organization, owner: carol.name })),
        outcome(world.execute(deactivateMember, ada.principal, { organization, user: bob.name })),
      ])
      expect(deactivation).toBe('ok')
      expect(['ok', 'user_deactivated']).toContain(transfer)
      expect(await ownersIn(id)).toEqual(names.map(() => (transfer === 'ok' ? carol.id : bob.id)))
    }
  })

  test('when the recipient leaves at the same moment', async () => {
    for (const _ of rounds(3)) {
      const { organization, id, bob, carol } = await crew()
      const outcomes = await Promise.all([
        outcome(world.execute(transferAllResources, bob.principal, { organization, owner: carol.name })),
        outcome(world.execute(leaveOrganization, carol.principal, { organization })),
      ])
      expect([
        ['ok', 'move_blocked'],
        ['owner_not_active', 'ok'],
      ]).toContainEqual(outcomes)
      expect(await ownersIn(id)).toEqual(names.map(() => (outcomes[0] === 'ok' ? carol.id : bob.id)))
    }
    expect(await world.rows(ownerless)).toEqual([])
  })

  test('when two transfers of the same owner run at the same moment', async () => {
    for (const _ of rounds(3)) {
      const { organization, id, ada, bob, carol } = await crew()
      const all = (owner: string) => world.execute(transferAllResources, bob.principal, { organization, owner })
      const [toAda, toCarol] = await Promise.all([all(ada.name), all(carol.name)])
      expect([toAda.transferred.length, toCarol.transferred.length].sort()).toEqual([0, names.length])
      expect(await ownersIn(id)).toEqual(names.map(() => (toAda.transferred.length > 0 ? ada.id : carol.id)))
    }
  })
})

test('a member cannot receive a resource and move at the same moment (S23)', async () => {
  for (const _ of rounds(8)) {
    const { organization, people } = await world.organization({ [fresh('acme')]: 'admin', [fresh('bob')]: 'member' })
    const [ada, bob] = Object.values(people) as [Person, Person]
    const other = await world.organization({ [fresh('other')]: 'admin' })
    const token = await world.secretOf(Object.values(other.people)[0] as Person, other.organization)
    const outcomes = await Promise.all([
      outcome(register(ada, organization, 'shop', bob.name)),
      outcome(world.execute(joinOrganization, bob.principal, { token })),
    ])
    expect([
      ['ok', 'move_blocked'],
      ['owner_not_active', 'ok'],
    ]).toContainEqual(outcomes)
  }
  expect(await world.rows(ownerless)).toEqual([])
})

test('concurrent accepts and reactivations never exceed the seats (S7)', async () => {
  for (const _ of rounds(5)) {
    const { organization, id, people } = await world.organization({ [fresh('acme')]: 'admin', [fresh('bob')]: 'member' })
    const [ada, bob] = Object.values(people) as [Person, Person]
    await world.execute(deactivateMember, ada.principal, { organization, user: bob.name })
    await world.execute(setPlan, operator, { organization, plan: 'team' })
    const crowd = await Promise.all(Array.from({ length: 8 }, () => world.person(fresh('p'))))
    const tokens = await Promise.all(crowd.map(() => world.secretOf(ada, organization)))
    const outcomes = await Promise.all([
      ...crowd.map((person, at) => outcome(world.execute(joinOrganization, person.principal, { token: tokens[at] ?? '' }))),
      outcome(world.execute(reactivateMember, ada.principal, { organization, user: bob.name })),
    ])
    expect(tally(outcomes)).toEqual({ ok: 3, seat_limit: 6 })
    expect(await world.store.reading.memberships.countActive(id)).toBe(4)
  }
})

test('a suspended organization does not change after the acknowledgement (S32)', async () => {
  for (const _ of rounds(6)) {
    const { organization, id, people } = await world.organization({ [fresh('acme')]: 'admin' })
    const [ada] = Object.values(people) as [Person]
    let acknowledged = false
    const registrations = Array.from({ length: 12 }, async (_, at) => {
      await new Promise((resolve) => setTimeout(resolve, Math.random() * 20))
      const after = acknowledged
      return { after, result: await outcome(register(ada, organization, `app-${at}`)) }
    })
    await world.execute(suspendOrganization, operator, { organization })
    acknowledged = true
    const before = await world.store.reading.resources.count(id)
    const results = await Promise.all(registrations)
    expect(results.filter(({ after, result }) => after && result !== 'organization_suspended')).toEqual([])
    expect(await world.store.reading.resources.count(id)).toBe(before)
  }
})
