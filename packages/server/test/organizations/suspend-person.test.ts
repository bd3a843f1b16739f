import { changeRole } from '@muster/server/domain/organizations/change-role.ts'
import { removeMember } from '@muster/server/domain/organizations/membership.ts'
import { leaveOrganization } from '@muster/server/domain/organizations/move.ts'
import { promoteMember } from '@muster/server/domain/organizations/operator.ts'
import { resumePerson, suspendPerson } from '@muster/server/domain/organizations/suspend-person.ts'
import { engines } from '@muster/testkit/database.ts'
import { aWorld, type Person, type World } from '@muster/testkit/world.ts'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { operator } from '../credentials/platform.ts'

// A suspended admin is not an active admin (O14, S23, S29).
describe.each(engines)('a suspended person on %s', (engine) => {
  let world: World
  beforeAll(async () => {
    world = await aWorld(engine)
  })
  afterAll(() => world.close())

  let count = 0
  const team = async (...roles: ('admin' | 'member')[]) => {
    const names = roles.map((role, at) => [`p${++count}_${at}`, role] as const)
    const { organization, id, people } = await world.organization(Object.fromEntries(names))
    return { organization, id, people: Object.values(people) as [Person, Person, ...Person[]] }
  }
  const refusalOf = (promise: Promise<unknown>) => promise.then(() => ({ code: 'ok', extensions: {} as any })).catch((error) => error)
  const suspend = (user: string) => world.execute(suspendPerson, operator, { user })

  test('suspending the only admin reports the organization, and a promotion is possible', async () => {
    const { organization, id, people } = await team('admin', 'member')
    expect(await suspend(people[0].name)).toMatchObject({ changed: true, withoutAdmin: [{ id, name: organization }] })
    expect(await suspend(people[0].name)).toMatchObject({ changed: false, withoutAdmin: [{ id, name: organization }] })
    expect(await world.execute(resumePerson, operator, { user: people[0].id })).toMatchObject({ changed: true, withoutAdmin: [] })
  })

  test('suspending a person who is alone in their organization reports none', async () => {
    const { name } = await world.person(`solo_${++count}`)
    expect((await suspend(name)).withoutAdmin).toEqual([])
  })

  test('the other admin cannot leave while one of two admins is suspended', async () => {
    const { organization, people } = await team('admin', 'admin', 'member')
    const [ada, bob, cid] = people as [Person, Person, Person]
    expect((await suspend(ada.name)).withoutAdmin).toEqual([])
    const { code, extensions } = await refusalOf(world.execute(leaveOrganization, bob.principal, { organization }))
    expect(code).toBe('move_blocked')
    // A suspended member would be no active admin, so only the other one is named.
    expect(extensions.blockers).toMatchObject([{ kind: 'last_admin', candidates: [{ username: cid.name }] }])
    await world.execute(resumePerson, operator, { user: ada.name })
    expect((await refusalOf(world.execute(leaveOrganization, bob.principal, { organization }))).code).toBe('ok')
  })

  test('the blocker names removal when the operator has suspended all other members', async () => {
    const { organization, people } = await team('admin', 'admin')
    await suspend(people[0].name)
    const { extensions } = await refusalOf(world.execute(leaveOrganization, people[1].principal, { organization }))
    expect(extensions.blockers).toMatchObject([{ kind: 'last_admin', command: `muster user remove ${people[0].name}`, candidates: [] }])
  })

  test('admins demote and remove a suspended admin, who stays suspended', async () => {
    const { organization, people } = await team('admin', 'admin')
    const [ada, bob] = people
    await suspend(ada.name)
    expect(await world.execute(changeRole, bob.principal, { organization, user: ada.name, role: 'member' })).toMatchObject({ member: { role: 'member' } })
    await world.execute(removeMember, bob.principal, { organization, user: ada.name })
    expect((await world.store.reading.accounts.find(ada.id))?.suspendedAt).not.toBeNull()
  })

  test('the operator cannot promote a suspended member', async () => {
    const { organization, people } = await team('admin', 'member')
    const user = people[1].name
    await suspend(user)
    expect((await refusalOf(world.execute(promoteMember, operator, { organization, user }))).code).toBe('member_suspended')
    await world.execute(resumePerson, operator, { user })
    expect(await world.execute(promoteMember, operator, { organization, user })).toMatchObject({ role: 'admin' })
  })

  test('an account without a username is suspended by its id', async () => {
    const newcomer = await world.newcomer(`new_${++count}`)
    expect(await suspend(newcomer.id)).toMatchObject({ changed: true, withoutAdmin: [] })
    expect((await refusalOf(world.execute(({ account }) => account({ unregistered: true }), newcomer.principal, undefined))).code).toBe('account_suspended')
  })

  test('only the operator suspends a person', async () => {
    const { people } = await team('admin', 'member')
    expect((await refusalOf(world.execute(suspendPerson, people[0].principal, { user: people[1].name }))).code).toBe('operator_required')
    expect((await refusalOf(world.execute(resumePerson, people[0].principal, { user: people[1].name }))).code).toBe('operator_required')
  })

  test('the events of a suspension are in no audit log of an organization', async () => {
    const { people } = await team('admin', 'member')
    await world.written()
    await world.execute(suspendPerson, operator, { user: people[1].name, reason: 'abuse' })
    await world.execute(resumePerson, operator, { user: people[1].name })
    expect(await world.written()).toMatchObject([
      { type: 'user.suspended', target: people[1].id, details: { reason: 'abuse', deactivated: false } },
      { type: 'user.resumed', target: people[1].id },
    ])
    expect(await world.rows(`select type from audit_event where type like 'user.%ed' and target = '${people[1].id}' and organization_id is not null`)).toEqual(
      [],
    )
    expect(
      await world.rows(
        `select kind, value ->> 'reason' as reason from revocation where subject = '${people[1].id}' and kind in ('user', 'account') order by id desc limit 3`,
      ),
    ).toEqual([
      { kind: 'account', reason: null },
      { kind: 'account', reason: null },
      { kind: 'user', reason: 'account_suspended' },
    ])
  })
})
