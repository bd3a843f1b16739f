import { machineScopes } from '@muster/contract/permissions.ts'
import { updateNames } from '@muster/server/domain/accounts/person-names.ts'
import { createSecret } from '@muster/server/domain/invitations/invitation.ts'
import { changeDetails } from '@muster/server/domain/organizations/contacts.ts'
import { deactivateMember, reactivateMember } from '@muster/server/domain/organizations/deactivation.ts'
import { removeMember } from '@muster/server/domain/organizations/membership.ts'
import { joinOrganization, leaveOrganization } from '@muster/server/domain/organizations/move.ts'
import { movePlan } from '@muster/server/domain/organizations/move-plan.ts'
import { promoteMember, resumeOrganization, reviveOrganization, setPlan, suspendOrganization } from '@muster/server/domain/organizations/operator.ts'
import { registerUser } from '@muster/server/domain/organizations/register.ts'
import { registerResource, removeResource } from '@muster/server/domain/resources/resource.ts'
import { engines } from '@muster/testkit/database.ts'
import { aWorld, type Person, type World } from '@muster/testkit/world.ts'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { aPlatform, operator } from '../credentials/platform.ts'

// Plans, suspensions, contacts, and the operator's commands for organizations that can no longer help themselves.
describe.each(engines)('the operator and organizations on %s', (engine) => {
  let world: World
  beforeAll(async () => {
    world = await aWorld(engine, { plans: { default: 'pro', seats: { free: 1, team: 3, pro: null } } })
  })
  afterAll(() => world.close())

  let count = 0
  const fresh = (name: string): string => `${name}_${++count}`
  const refusalOf = (promise: Promise<unknown>) => promise.then(() => ({ code: 'ok', extensions: {}, detail: '' })).catch((error) => error)
  const codeOf = async (promise: Promise<unknown>): Promise<string> => (await refusalOf(promise)).code
  const acme = async (...others: string[]) => {
    const made = await world.organization({ [fresh('acme')]: 'admin', ...Object.fromEntries(others.map((name) => [fresh(name), 'member' as const])) })
    const [ada, ...rest] = Object.values(made.people) as [Person, ...Person[]]
    return { ...made, ada, rest }
  }
  const plan = (organization: string, to: string) => world.execute(setPlan, operator, { organization, plan: to })
  const join = async (organization: string, admin: Person) => {
    const token = await world.secretOf(admin, organization)
    const person = await world.person(fresh('p'))
    return { person, outcome: await codeOf(world.execute(joinOrganization, person.principal, { token })) }
  }

  test('a plan with one seat allows neither inviting nor joining (S7)', async () => {
    const { organization, ada } = await acme()
    const token = await world.secretOf(ada, organization)
    await plan(organization, 'free')
    expect(await refusalOf(world.execute(createSecret, ada.principal, { organization, role: 'member' }))).toMatchObject({
      code: 'plan_required',
      extensions: { plan: 'free', needed: 'team' },
    })
    // A secret created before the downgrade is refused without being used up.
    const bob = await world.person(fresh('bob'))
    expect(await codeOf(world.execute(joinOrganization, bob.principal, { token }))).toBe('plan_required')
    const carol = await world.newcomer(fresh('carol'))
    expect(await codeOf(world.execute(registerUser, carol.principal, { username: carol.name, token }))).toBe('plan_required')
    await plan(organization, 'team')
    expect(await codeOf(world.execute(joinOrganization, bob.principal, { token }))).toBe('ok')
  })

  test('an organization has the default plan until the operator sets a known one (S7)', async () => {
    const { organization } = await acme()
    expect((await world.store.reading.organizations.find(organization))?.organization.plan).toBe('pro')
    expect(await refusalOf(plan(organization, 'gold'))).toMatchObject({ code: 'plan_unknown', extensions: { plans: ['free', 'team', 'pro'] } })
    expect(await codeOf(plan(organization, 'toString'))).toBe('plan_unknown')
    expect(await codeOf(plan('no_such_thing', 'pro'))).toBe('organization_not_found')
  })

  test('only active members take seats, checked at accept and reactivation (S7)', async () => {
    const { organization, ada, rest } = await acme('bob', 'carol', 'dave')
    const [bob, carol] = rest as [Person, Person, Person]
    await plan(organization, 'team')
    // The downgrade to three seats leaves all four members active.
    for (const person of [ada, ...rest]) expect(await codeOf(world.execute(updateNames, person.principal, { givenName: 'Still' }))).toBe('ok')
    expect((await join(organization, ada)).outcome).toBe('seat_limit')
    await world.execute(deactivateMember, ada.principal, { organization, user: bob.name })
    expect((await join(organization, ada)).outcome).toBe('seat_limit')
    await world.execute(deactivateMember, ada.principal, { organization, user: carol.name })
    expect((await join(organization, ada)).outcome).toBe('ok')
    expect(await refusalOf(world.execute(reactivateMember, ada.principal, { organization, user: bob.name }))).toMatchObject({
      code: 'seat_limit',
      extensions: { plan: 'team', seats: 3 },
    })
    await plan(organization, 'pro')
    expect(await codeOf(world.execute(reactivateMember, ada.principal, { organization, user: bob.name }))).toBe('ok')
  })

  test('a removed member needs no seat in their personal organization (S2, S7)', async () => {
    const { organization, ada, rest } = await acme('bob')
    const [bob] = rest as [Person]
    await plan(bob.name, 'free')
    expect(await codeOf(world.execute(removeMember, ada.principal, { organization, user: bob.name }))).toBe('ok')
    expect((await world.store.reading.memberships.current(bob.id))?.organizationId).toBe((await world.store.reading.organizations.personalOf(bob.id))?.id)
  })

  test('a suspended organization refuses its members until it is resumed (S32, S36)', async () => {
    const { organization, id, ada, rest } = await acme('bob')
    const [bob] = rest as [Person]
    await world.written()
    await world.execute(suspendOrganization, operator, { organization, reason: 'unpaid' })
    await world.execute(suspendOrganization, operator, { organization })
    for (const person of [ada, bob]) expect(await codeOf(world.execute(updateNames, person.principal, { givenName: 'No' }))).toBe('organization_suspended')
    expect(await codeOf(world.execute(createSecret, ada.principal, { organization, role: 'member' }))).toBe('organization_suspended')
    expect(await codeOf(world.execute(leaveOrganization, bob.principal, { organization }))).toBe('organization_suspended')
    await world.execute(resumeOrganization, operator, { organization })
    await world.execute(resumeOrganization, operator, { organization })
    // The same sessions are valid again, because the suspension revoked nothing.
    for (const person of [ada, bob]) expect(await codeOf(world.execute(updateNames, person.principal, { givenName: 'Yes' }))).toBe('ok')
    const told = (await world.written()).filter(({ type }) => type.startsWith('organization.'))
    expect(told).toMatchObject([
      { type: 'organization.suspended', target: id, details: { version: 1, reason: 'unpaid' } },
      { type: 'organization.resumed', target: id, details: { version: 2 } },
    ])
    expect(await world.rows(`select value from revocation where kind = 'organization' and subject = '${id}' order by id`)).toEqual([
      { value: { suspended: true, version: 1 } },
      { value: { suspended: false, version: 2 } },
    ])
  })

  test('a suspended organization cannot be joined, and its secret stays valid (S32)', async () => {
    const { organization, ada } = await acme()
    const token = await world.secretOf(ada, organization)
    const bob = await world.person(fresh('bob'))
    await world.execute(suspendOrganization, operator, { organization })
    expect(await codeOf(world.execute(joinOrganization, bob.principal, { token }))).toBe('organization_suspended')
    await world.execute(resumeOrganization, operator, { organization })
    expect(await codeOf(world.execute(joinOrganization, bob.principal, { token }))).toBe('ok')
  })

  test('a member never returns to a suspended personal organization (S2, S32)', async () => {
    const { organization, ada, rest } = await acme('bob')
    const [bob] = rest as [Person]
    await world.execute(suspendOrganization, operator, { organization: bob.name })
    expect(await world.execute(movePlan, bob.principal, {})).toMatchObject({ possible: false, problem: { code: 'organization_suspended' } })
    expect(await codeOf(world.execute(leaveOrganization, bob.principal, { organization }))).toBe('organization_suspended')
    expect((await world.store.reading.memberships.current(bob.id))?.status).toBe('active')
    await world.execute(removeMember, ada.principal, { organization, user: bob.name })
    const home = await world.login(bob)
    const live = await world.store.reading.sessions.liveState(home.principal.sessionId, null)
    expect(live?.organization).toMatchObject({ name: `${bob.name}_2`, personal: true, suspendedAt: null })
    expect(await codeOf(world.execute(createSecret, home.principal, { organization: `${bob.name}_2`, role: 'member' }))).toBe('ok')
    // The old organization is not lost: the operator can revive it like any empty organization.
    await world.execute(resumeOrganization, operator, { organization: bob.name })
    expect(await codeOf(world.execute(reviveOrganization, operator, { organization: bob.name }))).toBe('ok')
  })

  test('the move plan says that a personal organization cannot be left (S27)', async () => {
    const { ada } = await acme()
    expect(await world.execute(movePlan, ada.principal, {})).toMatchObject({ possible: false, problem: { code: 'personal_organization' } })
  })

  test('a platform can only remove resources of a suspended organization (S58)', async () => {
    const { organization, ada } = await acme()
    const platform = await aPlatform(world, ['resources:register'])
    const shop = { organization, kind: 'application', name: 'shop' }
    await world.execute(registerResource, platform, { ...shop, owner: ada.name })
    await world.execute(suspendOrganization, operator, { organization })
    expect(await codeOf(world.execute(registerResource, platform, { ...shop, name: 'more', owner: ada.name }))).toBe('organization_suspended')
    expect(await codeOf(world.execute(removeResource, platform, shop))).toBe('ok')
  })

  test('the operator can promote active members only, with effect at once (S29, S58)', async () => {
    const { organization, id, ada, rest } = await acme('bob', 'carol')
    const [bob, carol] = rest as [Person, Person]
    await world.execute(deactivateMember, ada.principal, { organization, user: carol.name })
    await world.rows(`update membership set status = 'deactivated' where organization_id = '${id}' and user_id = '${ada.id}'`)
    expect(await codeOf(world.execute(createSecret, ada.principal, { organization, role: 'member' }))).toBe('user_deactivated')
    expect(await codeOf(world.execute(createSecret, bob.principal, { organization, role: 'member' }))).toBe('forbidden')
    await world.written()
    await world.execute(promoteMember, operator, { organization, user: bob.name })
    expect(await world.written()).toMatchObject([{ type: 'membership.role_changed', target: bob.id, details: { role: 'admin', version: 1 } }])
    expect(await codeOf(world.execute(createSecret, bob.principal, { organization, role: 'member' }))).toBe('ok')
    expect(await codeOf(world.execute(promoteMember, operator, { organization, user: carol.name }))).toBe('member_deactivated')
    expect(await codeOf(world.execute(promoteMember, operator, { organization, user: (await world.person(fresh('eve'))).name }))).toBe('member_not_found')
    await world.execute(removeMember, bob.principal, { organization, user: carol.name })
    expect(await codeOf(world.execute(promoteMember, operator, { organization, user: carol.name }))).toBe('membership_ended')
  })

  test('an operator command is refused to admins and platforms (S58)', async () => {
    const { organization, ada } = await acme()
    const platform = await aPlatform(world, ['resources:register', 'hosts:read', 'introspect', 'signals'])
    for (const principal of [ada.principal, platform]) {
      const refused = principal === platform ? 'insufficient_scope' : 'operator_required'
      expect(await codeOf(world.execute(setPlan, principal, { organization, plan: 'pro' }))).toBe(refused)
      expect(await codeOf(world.execute(suspendOrganization, principal, { organization }))).toBe('operator_required')
      expect(await codeOf(world.execute(resumeOrganization, principal, { organization }))).toBe('operator_required')
      expect(await codeOf(world.execute(promoteMember, principal, { organization, user: ada.name }))).toBe('operator_required')
      expect(await codeOf(world.execute(reviveOrganization, principal, { organization }))).toBe('operator_required')
    }
  })

  test('a client with the right sets plans, and gives no other order (P15)', async () => {
    const { organization, ada } = await acme()
    const platform = await aPlatform(world, [...machineScopes])
    expect(await codeOf(world.execute(setPlan, platform, { organization, plan: 'team' }))).toBe('ok')
    expect(await codeOf(world.execute(suspendOrganization, platform, { organization }))).toBe('operator_required')
    expect(await codeOf(world.execute(resumeOrganization, platform, { organization }))).toBe('operator_required')
    expect(await codeOf(world.execute(promoteMember, platform, { organization, user: ada.name }))).toBe('operator_required')
    expect(await codeOf(world.execute(reviveOrganization, platform, { organization }))).toBe('operator_required')
  })

  test('the operator restores an empty organization with a secret for an admin (S23)', async () => {
    const { organization, id, ada, rest } = await acme('bob')
    const [bob] = rest as [Person]
    expect(await codeOf(world.execute(reviveOrganization, operator, { organization }))).toBe('organization_has_members')
    expect(await codeOf(world.execute(reviveOrganization, operator, { organization: (await world.person(fresh('eve'))).name }))).toBe('personal_organization')
    await world.execute(removeMember, ada.principal, { organization, user: bob.name })
    await world.execute(leaveOrganization, ada.principal, { organization })
    const { secret } = await world.execute(reviveOrganization, operator, { organization })
    const back = await world.login(bob)
    await world.execute(joinOrganization, back.principal, { token: secret })
    expect(await world.store.reading.memberships.find(id, bob.id)).toMatchObject({ status: 'active', role: 'admin' })
  })

  describe('the contact shown to a deactivated member (S35)', () => {
    const told = async (person: Person) => (await refusalOf(world.execute(updateNames, person.principal, { givenName: 'No' }))).extensions.contact

    test('the technical contact precedes the founder and the longest-serving admin', async () => {
      const { organization, id, ada, rest } = await acme('bob', 'carol', 'dave')
      const [bob, carol, dave] = rest as [Person, Person, Person]
      await world.rows(`update membership set role = 'admin' where organization_id = '${id}' and user_id in ('${carol.id}', '${dave.id}')`)
      await world.execute(deactivateMember, ada.principal, { organization, user: bob.name })
      expect(await told(bob)).toBe(ada.name)
      await world.execute(changeDetails, ada.principal, { organization, technical: dave.name })
      expect(await told(bob)).toBe(dave.name)
      await world.execute(changeDetails, ada.principal, { organization, technical: 'help@example.com' })
      expect(await told(bob)).toBe('help@example.com')
      await world.execute(changeDetails, ada.principal, { organization, technical: null })
      expect(await told(bob)).toBe(ada.name)
      // The founder has no special rights: when another admin deactivates them, the longest-serving admin is named.
      await world.execute(deactivateMember, carol.principal, { organization, user: ada.name })
      expect(await told(bob)).toBe(carol.name)
      expect(await told(ada)).toBe(carol.name)
    })

    test('a deactivated technical contact is replaced by the founder', async () => {
      const { organization, ada, rest } = await acme('bob')
      const [bob] = rest as [Person]
      await world.execute(changeDetails, ada.principal, { organization, technical: bob.name })
      await world.execute(deactivateMember, ada.principal, { organization, user: bob.name })
      expect(await told(bob)).toBe(ada.name)
    })
  })

  test('a member who leaves or is removed is no longer a contact (S35)', async () => {
    const { organization, id, ada, rest } = await acme('bob', 'carol')
    const [bob, carol] = rest as [Person, Person]
    await world.execute(changeDetails, ada.principal, { organization, technical: bob.name, billing: carol.name })
    await world.written()
    await world.execute(removeMember, ada.principal, { organization, user: bob.name })
    expect((await world.written()).filter(({ type }) => type === 'organization.contacts_changed')).toMatchObject([
      { target: id, details: { fields: ['technical_contact'] } },
    ])
    await world.execute(leaveOrganization, carol.principal, { organization })
    expect(await world.store.reading.organizations.details(id)).toEqual({ technical: null, billing: null, address: null })
  })

  test('an admin sets contacts; the audit log names the changed fields (S4, S35, S38)', async () => {
    const { organization, id, ada, rest } = await acme('bob')
    const [bob] = rest as [Person]
    expect(await codeOf(world.execute(changeDetails, bob.principal, { organization, technical: bob.name }))).toBe('forbidden')
    expect(await codeOf(world.execute(changeDetails, ada.principal, { organization, technical: 'nobody_there' }))).toBe('contact_invalid')
    expect(await codeOf(world.execute(changeDetails, ada.principal, { organization, billing: 'not an@address' }))).toBe('email_invalid')
    expect(await codeOf(world.execute(changeDetails, ada.principal, { organization, address: 'One\u202eWay' }))).toBe('invalid_request')
    await world.written()
    await world.execute(changeDetails, ada.principal, { organization, technical: bob.id, billing: 'Pay@Example.com', address: ' Main Street 1 \r\n Town ' })
    expect(await world.store.reading.organizations.details(id)).toEqual({
      technical: { userId: bob.id, username: bob.name, email: null },
      billing: { userId: null, username: null, email: 'Pay@Example.com' },
      address: 'Main Street 1\nTown',
    })
    const [event] = await world.written()
    expect(event).toMatchObject({ type: 'organization.contacts_changed', details: { fields: ['technical_contact', 'billing_contact', 'address'] } })
    expect(JSON.stringify(event)).not.toMatch(/Pay|Main Street/)
    await world.execute(changeDetails, ada.principal, { organization, address: '' })
    expect((await world.store.reading.organizations.details(id)).address).toBeNull()
  })
})
