import type { UserId } from '@muster/contract/ids.ts'
import { createSecret, declineInvitation, makeSecret, revokeInvitation } from '@muster/server/domain/invitations/invitation.ts'
import { inviteByEmail, resendInvitation } from '@muster/server/domain/invitations/invite-by-email.ts'
import { builtIn } from '@muster/server/domain/model/role.ts'
import { deactivateMember } from '@muster/server/domain/organizations/deactivation.ts'
import { joinOrganization, leaveOrganization } from '@muster/server/domain/organizations/move.ts'
import { registerUser } from '@muster/server/domain/organizations/register.ts'
import { outcome, tally } from '@muster/testkit/outcomes.ts'
import { rounds } from '@muster/testkit/rounds.ts'
import { aWorld, type Person, type World } from '@muster/testkit/world.ts'
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest'

// PGlite runs one transaction at a time and would pass without locks, so these races need PostgreSQL.
let world: World
beforeAll(async () => {
  world = await aWorld('postgres', { poolSize: 24 })
})
afterAll(() => world.close())

let count = 0
const fresh = (name: string): string => `${name}_${++count}`
const acme = async (): Promise<{ organization: string; ada: Person }> => {
  const { organization, people } = await world.organization({ [fresh('acme')]: 'admin' })
  return { organization, ada: Object.values(people)[0] as Person }
}
const mailOf = ({ name }: Person): string => `${name}@example.com`

test('an invite link is accepted by one of 64 simultaneous users (S14, A05, I3)', async () => {
  const { organization, ada } = await acme()
  const crowd = await Promise.all(Array.from({ length: 64 }, () => world.person(fresh('p'))))
  for (const _ of rounds(3)) {
    const { secret: token } = await world.execute(createSecret, ada.principal, { organization, role: 'member', kind: 'link' })
    const outcomes = await Promise.all(crowd.map((person) => outcome(world.execute(joinOrganization, person.principal, { token }))))
    expect(tally(outcomes)).toEqual({ ok: 1, invitation_used: 63 })
    const winner = outcomes.indexOf('ok')
    const moved = await world.again(crowd[winner] as Person)
    await world.execute(leaveOrganization, moved.principal, { organization })
    crowd[winner] = await world.again(moved)
  }
})

test('either acceptance or revocation wins when they race (S15, A13)', async () => {
  for (const _ of rounds(8)) {
    const { organization, ada } = await acme()
    const bob = await world.person(fresh('bob'))
    const { id, token } = await world.invite(ada, organization, mailOf(bob))
    const [accepted, revoked] = await Promise.all([
      outcome(world.execute(joinOrganization, bob.principal, { token })),
      outcome(world.execute(revokeInvitation, ada.principal, { organization, id })),
    ])
    expect(['ok/already_accepted', 'invitation_revoked/ok']).toContain(`${accepted}/${revoked}`)
    const member = await world.rows(
      `select 1 from membership m join organization o on o.id = m.organization_id where o.name = '${organization}' and m.user_id = '${bob.id}'`,
    )
    expect(member).toHaveLength(accepted === 'ok' ? 1 : 0)
    // An acceptance that starts after the acknowledged revocation is refused.
    if (revoked === 'ok') expect(await outcome(world.execute(joinOrganization, bob.principal, { token }))).toBe('invitation_revoked')
  }
})

test('an old link is accepted or superseded when a resend races with it (S9, S18)', async () => {
  for (const _ of rounds(8)) {
    const { organization, ada } = await acme()
    const bob = await world.person(fresh('bob'))
    const { id, token } = await world.invite(ada, organization, mailOf(bob))
    const [accepted, resent] = await Promise.all([
      outcome(world.execute(joinOrganization, bob.principal, { token })),
      outcome(resendInvitation({ store: world.store, limits: world.limits, execute: world.execute }, ada.principal, { organization, id })),
    ])
    expect(['ok/already_member', 'ok/invitation_used', 'invitation_not_found/ok']).toContain(`${accepted}/${resent}`)
    if (resent === 'ok') expect(await outcome(world.execute(joinOrganization, bob.principal, { token: await world.tokenOf(id) }))).toBe('ok')
  }
})

test('either acceptance or decline wins when one user does both at once (S15, S20)', async () => {
  for (const _ of rounds(8)) {
    const { organization, ada } = await acme()
    const bob = await world.person(fresh('bob'))
    const { token } = await world.invite(ada, organization, mailOf(bob))
    const [accepted, declined] = await Promise.all([
      outcome(world.execute(joinOrganization, bob.principal, { token })),
      outcome(world.execute(declineInvitation, bob.principal, { token })),
    ])
    expect([accepted, declined].filter((one) => one === 'ok')).toHaveLength(1)
  }
})

test('one invitation and one email are created when many admins invite at once (S9)', async () => {
  for (const _ of rounds(4)) {
    const { organization, people } = await world.organization({ [fresh('acme')]: 'admin', [fresh('bob')]: 'admin', [fresh('carol')]: 'admin' })
    const email = `${fresh('dave')}@example.com`
    const results = await Promise.all(
      Object.values(people).map((admin) =>
        inviteByEmail({ store: world.store, limits: world.limits, execute: world.execute }, admin.principal, { organization, emails: [email], role: 'member' }),
      ),
    )
    const made = results.flat()
    expect(made.map(({ status }) => status).sort()).toEqual(['created', 'open', 'open'])
    const [id, ...others] = [...new Set(made.map((one) => (one.status === 'refused' ? '' : one.invitation?.id)))]
    expect(others).toEqual([])
    expect(await world.rows(`select 1 from jobs.job where data ->> 'invitationId' = '${id}'`)).toHaveLength(1)
  }
})

test('an invitation is accepted or revoked when its inviter is deactivated (S19, A14)', async () => {
  for (const _ of rounds(8)) {
    const { organization, people } = await world.organization({ [fresh('acme')]: 'admin', [fresh('bob')]: 'admin' })
    const [ada, bob] = Object.values(people) as [Person, Person]
    const carol = await world.newcomer(fresh('carol'))
    const { id, token } = await world.invite(bob, organization, mailOf(carol))
    const [accepted] = await Promise.all([
      outcome(world.execute(registerUser, carol.principal, { username: carol.name, token })),
      world.execute(deactivateMember, ada.principal, { organization, user: bob.name }),
    ])
    expect(['ok', 'invitation_revoked']).toContain(accepted)
    expect((await world.store.reading.invitations.find(id))?.state).toBe(accepted === 'ok' ? 'accepted' : 'revoked')
  }
})

test('a user joins one organization when they accept several at once (S25, I1)', async () => {
  for (const _ of rounds(5)) {
    const bob = await world.person(fresh('bob'))
    const windows = await Promise.all([world.login(bob), world.login(bob), world.login(bob)])
    const tokens = await Promise.all(windows.map(async () => acme().then(({ organization, ada }) => world.invite(ada, organization, mailOf(bob)))))
    const outcomes = await Promise.all(
      windows.map((person, at) => outcome(world.execute(joinOrganization, person.principal, { token: tokens[at]?.token ?? '' }))),
    )
    expect(outcomes.filter((one) => one === 'ok')).toHaveLength(1)
    expect(await world.rows(`select 1 from membership where user_id = '${bob.id}' and status <> 'left'`)).toHaveLength(1)
    const states = await Promise.all(tokens.map(async ({ id }) => (await world.store.reading.invitations.find(id))?.state))
    expect(states.filter((state) => state === 'accepted')).toHaveLength(1)
  }
})

test('a deactivation waits for invitations in progress, and later ones wait for it', async () => {
  const { organization, people } = await world.organization({ [fresh('acme')]: 'admin', [fresh('bob')]: 'admin' })
  const [ada, bob] = Object.values(people) as [Person, Person]
  const waiting = () =>
    world.rows(
      `select 1 from pg_locks where locktype = 'advisory' and not granted and database = (select oid from pg_database where datname = current_database())`,
    )
  const [entered, mayEnd] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
  onTestFinished(() => mayEnd.resolve()) // Otherwise a failure would leave the transaction open.
  const inviting = world.execute(
    async (context, _: undefined) => {
      const { actor, organization: locked } = await context.enterShared(organization, 'invitations:create')
      entered.resolve()
      await mayEnd.promise
      return makeSecret(context, locked, { kind: 'secret', role: builtIn('member'), createdBy: actor.id as UserId })
    },
    bob.principal,
    undefined,
  )
  await entered.promise
  await world.execute(createSecret, ada.principal, { organization, role: 'member' }) // Another admin's invitation does not wait.
  const deactivating = world.execute(deactivateMember, ada.principal, { organization, user: bob.name })
  await expect.poll(waiting).toHaveLength(1)
  const later = outcome(world.execute(createSecret, bob.principal, { organization, role: 'member' }))
  await expect.poll(waiting).toHaveLength(2)
  mayEnd.resolve()
  const { id } = await inviting
  expect((await deactivating).ended.invitations).toBe(1)
  expect(await later).toBe('user_deactivated')
  expect((await world.store.reading.invitations.find(id))?.state).toBe('revoked')
})
