import { createSecret } from '@muster/server/domain/invitations/invitation.ts'
import { removeMember } from '@muster/server/domain/organizations/membership.ts'
import { joinOrganization, leaveOrganization } from '@muster/server/domain/organizations/move.ts'
import { registerUser } from '@muster/server/domain/organizations/register.ts'
import { renameOrganization } from '@muster/server/domain/organizations/rename.ts'
import { outcome, tally } from '@muster/testkit/outcomes.ts'
import { rounds } from '@muster/testkit/rounds.ts'
import { aWorld, type Person, type World } from '@muster/testkit/world.ts'
import { afterAll, beforeAll, expect, test } from 'vitest'

// These tests run on PostgreSQL, because PGlite runs one transaction at a time and would pass without any lock.
let world: World
beforeAll(async () => {
  world = await aWorld('postgres', { poolSize: 24 })
})
afterAll(() => world.close())

let count = 0
const fresh = (name: string): string => `${name}_${++count}`

test('one of 64 concurrent accepts of a secret succeeds (S14, A05, I3)', async () => {
  const { organization, people } = await world.organization({ [fresh('acme')]: 'admin' })
  const [founder] = Object.values(people) as [Person]
  // Registered users can leave and join again in the next round. A newcomer could register only once.
  const crowd = await Promise.all(Array.from({ length: 64 }, () => world.person(fresh('p'))))
  const all = rounds(5)
  for (const _ of all) {
    const token = await world.secretOf(founder, organization)
    const outcomes = await Promise.all(crowd.map((person) => outcome(world.execute(joinOrganization, person.principal, { organization, token }))))
    expect(tally(outcomes)).toEqual({ ok: 1, invitation_used: 63 })
    const winner = outcomes.indexOf('ok')
    const moved = await world.again(crowd[winner] as Person)
    await world.execute(leaveOrganization, moved.principal, { organization })
    crowd[winner] = await world.again(moved)
  }
  const [row] = await world.rows<{ accepted: number }>(
    `select count(*)::int as accepted from invitation where organization_id = '${founder.principal.organizationId}' and state = 'accepted'`,
  )
  expect(row?.accepted).toBe(all.length)
})

test('one of 16 concurrent registrations with the same secret succeeds', async () => {
  for (const _ of rounds(4)) {
    const { organization, people } = await world.organization({ [fresh('acme')]: 'admin' })
    const [founder] = Object.values(people) as [Person]
    const token = await world.secretOf(founder, organization)
    const crowd = await Promise.all(Array.from({ length: 16 }, () => world.newcomer(fresh('n'))))
    const outcomes = await Promise.all(crowd.map((person) => outcome(world.execute(registerUser, person.principal, { username: person.name, token }))))
    expect(tally(outcomes)).toEqual({ ok: 1, invitation_used: 15 })
  }
})

test('one admin remains when two admins remove each other at once (S31, B04, I2)', async () => {
  for (const _ of rounds(8)) {
    const { organization, people } = await world.organization({ [fresh('acme')]: 'admin', [fresh('bob')]: 'admin', [fresh('carol')]: 'member' })
    const [ada, bob] = Object.values(people) as [Person, Person]
    const outcomes = await Promise.all([
      outcome(world.execute(removeMember, ada.principal, { organization, user: bob.name })),
      outcome(world.execute(removeMember, bob.principal, { organization, user: ada.name })),
    ])
    expect(outcomes.filter((one) => one === 'ok')).toHaveLength(1)
    expect(outcomes.filter((one) => one !== 'ok')[0]).toBe('membership_left')
  }
  expect(await world.rows(adminless)).toEqual([])
})

test('only one of two admins who leave at once succeeds (S29, I2)', async () => {
  for (const _ of rounds(8)) {
    const { organization, people } = await world.organization({ [fresh('acme')]: 'admin', [fresh('bob')]: 'admin', [fresh('carol')]: 'member' })
    const [ada, bob] = Object.values(people) as [Person, Person]
    const outcomes = await Promise.all([ada, bob].map((admin) => outcome(world.execute(leaveOrganization, admin.principal, { organization }))))
    expect(tally(outcomes)).toEqual({ ok: 1, move_blocked: 1 })
  }
  expect(await world.rows(adminless)).toEqual([])
})

/** Organizations with members and no active admin (I2). */
const adminless = `select organization_id from membership where status <> 'left' group by organization_id
  having count(*) filter (where role = 'admin' and status = 'active') = 0`

test('one of 16 concurrent registrations gets the username (S45, I10)', async () => {
  for (const _ of rounds(6)) {
    const username = fresh('wanted')
    const crowd = await Promise.all(Array.from({ length: 16 }, () => world.newcomer(fresh('n'))))
    const outcomes = await Promise.all(crowd.map((person) => outcome(world.execute(registerUser, person.principal, { username }))))
    expect(tally(outcomes)).toEqual({ ok: 1, name_taken: 15 })
  }
})

test('an account gets one username when it registers four times at once', async () => {
  for (const _ of rounds(6)) {
    const person = await world.newcomer(fresh('n'))
    const outcomes = await Promise.all(
      [fresh('a'), fresh('b'), fresh('c'), fresh('d')].map((username) => outcome(world.execute(registerUser, person.principal, { username }))),
    )
    expect(tally(outcomes)).toEqual({ ok: 1, already_registered: 3 })
  }
})

test('one of several concurrent renames and registrations gets the name (I10)', async () => {
  for (const _ of rounds(6)) {
    const to = fresh('wanted')
    const founders = await Promise.all(Array.from({ length: 6 }, () => world.person(fresh('f'))))
    const newcomer = await world.newcomer(fresh('n'))
    const outcomes = await Promise.all([
      ...founders.map((founder) => outcome(world.execute(renameOrganization, founder.principal, { organization: founder.name, from: founder.name, to }))),
      outcome(world.execute(registerUser, newcomer.principal, { username: to })),
    ])
    expect(tally(outcomes)).toEqual({ ok: 1, name_taken: 6 })
  }
})

test('a user who accepts two invitations at once is in one organization (S25, I1)', async () => {
  for (const _ of rounds(6)) {
    const [one, two] = [await world.organization({ [fresh('one')]: 'admin' }), await world.organization({ [fresh('two')]: 'admin' })]
    const person = await world.person(fresh('p'))
    const tokens = await Promise.all([one, two].map(({ organization, people }) => world.secretOf(Object.values(people)[0] as Person, organization)))
    const outcomes = await Promise.all(tokens.map((token) => outcome(world.execute(joinOrganization, person.principal, { token }))))
    expect(outcomes.filter((result) => result === 'ok')).toHaveLength(1)
    const current = await world.rows(`select 1 from membership where user_id = '${person.id}' and status <> 'left'`)
    expect(current).toHaveLength(1)
  }
})

test('an Idempotency-Key used many times at once has one effect (I11)', async () => {
  const { organization, people } = await world.organization({ [fresh('acme')]: 'admin' })
  const [founder] = Object.values(people) as [Person]
  const idempotency = { key: 'many', requestHash: Buffer.from('same') }
  const answers = await Promise.all(
    Array.from({ length: 32 }, () => world.execute(createSecret, founder.principal, { organization, role: 'member' as const }, { idempotency })),
  )
  expect(new Set(answers.map(({ secret }) => secret)).size).toBe(1)
  expect((await world.written()).filter(({ type }) => type === 'invitation.created')).toHaveLength(1)
})
