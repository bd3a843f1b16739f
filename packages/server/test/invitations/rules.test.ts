import type { InvitationId } from '@muster/contract/ids.ts'
import { copyInvitationLink } from '@muster/server/domain/invitations/copy-link.ts'
import { createSecret, declineInvitation, previewInvitation, revokeInvitation } from '@muster/server/domain/invitations/invitation.ts'
import { addressesIn, inviteByEmail, resendInvitation } from '@muster/server/domain/invitations/invite-by-email.ts'
import { emailAddress } from '@muster/server/domain/model/email.ts'
import { formatToken, parseToken } from '@muster/server/domain/model/opaque-token.ts'
import { systemPrincipal } from '@muster/server/domain/model/principal.ts'
import { changeRole } from '@muster/server/domain/organizations/change-role.ts'
import { deactivateMember, reactivateMember } from '@muster/server/domain/organizations/deactivation.ts'
import { removeMember } from '@muster/server/domain/organizations/membership.ts'
import { joinOrganization, leaveOrganization } from '@muster/server/domain/organizations/move.ts'
import { movePlan } from '@muster/server/domain/organizations/move-plan.ts'
import { suspendOrganization } from '@muster/server/domain/organizations/operator.ts'
import { registerUser } from '@muster/server/domain/organizations/register.ts'
import { registerResource } from '@muster/server/domain/resources/resource.ts'
import { movableClock } from '@muster/testkit/clock.ts'
import { engines } from '@muster/testkit/database.ts'
import { aWorld, type Person, type World } from '@muster/testkit/world.ts'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'

// The rules of email invitations and invite links, on both engines. The numbers in the titles are those of docs/rules.md.
describe.each(engines)('invitations on %s', (engine) => {
  let world: World
  let clock: ReturnType<typeof movableClock>
  beforeAll(async () => {
    world = await aWorld(engine)
    clock = movableClock(world.database)
  })
  afterEach(() => clock.restore())
  afterAll(() => world.close())

  let count = 0
  const fresh = (name: string): string => `${name}_${++count}`
  const mailOf = ({ name }: Person): string => `${name}@example.com`
  const liveOf = async (person: Person) => world.store.reading.sessions.liveState(person.principal.sessionId, null)
  const codeOf = (promise: Promise<unknown>) => promise.then(() => 'ok').catch((error: { code?: string }) => error.code ?? String(error))
  const stateOf = async (id: InvitationId) => (await world.store.reading.invitations.find(id))?.state
  const accept = async (person: Person, token: string) => codeOf(world.execute(joinOrganization, (await world.again(person)).principal, { token }))
  const invites = () => ({ store: world.store, limits: world.limits, execute: world.execute })
  const anOrganization = async (people: Record<string, 'admin' | 'member'> = {}) => {
    const names = Object.fromEntries(Object.entries({ acme: 'admin' as const, ...people }).map(([name, role]) => [fresh(name), role]))
    const { organization, id, people: made } = await world.organization(names)
    return { organization, id, people: Object.values(made) as [Person, ...Person[]] }
  }
  const jobsOf = async (id: InvitationId) =>
    world.rows<{ version: number }>(`select (data ->> 'version')::int as version from jobs.job where data ->> 'invitationId' = '${id}' order by created_on`)

  test('an invitation is refused to every address but the invited one (S8, A01)', async () => {
    const { organization, id: organizationId, people } = await anOrganization()
    const [bob, mallory] = [await world.person(fresh('bob')), await world.person(fresh('mallory'))]
    const { id, token } = await world.invite(people[0], organization, mailOf(bob))
    await world.written()
    const refused = await world.execute(joinOrganization, mallory.principal, { token }).catch((error) => error)
    expect(refused).toMatchObject({ code: 'invitation_wrong_address', extensions: { invited: `b•••@example.com`, yours: mailOf(mallory) } })
    expect(await world.written()).toMatchObject([
      { type: 'refused', target: id, details: { attempted: 'invitations:accept', code: 'invitation_wrong_address' } },
    ])
    const { items } = await world.store.reading.audit.page({ organizationId }, { limit: 1 })
    expect(items).toMatchObject([{ outcome: 'refused', actorId: mallory.id, target: id }]) // The event belongs to the inviting organization, whose admins can read it.
    expect(await codeOf(world.execute(declineInvitation, mallory.principal, { token }))).toBe('invitation_wrong_address')
    expect(await stateOf(id)).toBe('open')
    expect(await accept(bob, token)).toBe('ok')
    expect((await liveOf(bob))?.organization?.name).toBe(organization)
  })

  test('an invited address is compared in canonical form with plus and dots (S8, S44)', async () => {
    const { organization, people } = await anOrganization()
    const bob = await world.person(fresh('bob'))
    const { token } = await world.invite(people[0], organization, ` ${mailOf(bob).toUpperCase()} `)
    const plus = await world.invite(people[0], organization, mailOf(bob).replace('@', '+x@'))
    expect(await accept(bob, plus.token)).toBe('invitation_wrong_address')
    expect(await accept(bob, token)).toBe('ok')
  })

  test('a user cannot register with an invitation of another address (S8, A02)', async () => {
    const { organization, people } = await anOrganization()
    const [bob, mallory] = [await world.newcomer(fresh('bob')), await world.newcomer(fresh('mallory'))]
    const { token } = await world.invite(people[0], organization, mailOf(bob), 'admin')
    expect(await codeOf(world.execute(registerUser, mallory.principal, { username: mallory.name, token }))).toBe('invitation_wrong_address')
    expect((await liveOf(mallory))?.account.username).toBeNull()
    expect(await codeOf(world.execute(registerUser, bob.principal, { username: bob.name, token }))).toBe('ok')
    expect((await liveOf(bob))?.membership).toMatchObject({ role: 'admin', status: 'active' })
  })

  test('an open invitation is returned unchanged, without an email, when repeated (S9)', async () => {
    const { organization, people } = await anOrganization()
    const email = `${fresh('carol')}@example.com`
    const input = { organization, emails: [email], role: 'member' as const }
    const [first] = await inviteByEmail(invites(), people[0].principal, input)
    const [second] = await inviteByEmail(invites(), people[0].principal, { ...input, role: 'admin' })
    expect(first?.status).toBe('created')
    expect(second).toEqual({ ...first, status: 'open' })
    const { id } = (first as { invitation: { id: InvitationId } }).invitation
    expect(await jobsOf(id)).toEqual([{ version: 1 }])
  })

  test('an address can be invited again after its invitation was closed (S9)', async () => {
    const { organization, people } = await anOrganization()
    const bob = await world.person(fresh('bob'))
    const one = await world.invite(people[0], organization, mailOf(bob))
    await world.execute(revokeInvitation, people[0].principal, { organization, id: one.id })
    const two = await world.invite(people[0], organization, mailOf(bob))
    await world.execute(declineInvitation, bob.principal, { token: two.token })
    const three = await world.invite(people[0], organization, mailOf(bob))
    await world.rows(`update invitation set expires_at = muster_now() where id = '${three.id}'`)
    await world.written()
    const four = await world.invite(people[0], organization, mailOf(bob))
    expect((await world.written()).map(({ type, target }) => [type, target])).toEqual([
      ['invitation.expired', three.id],
      ['invitation.created', four.id],
    ])
    expect(new Set([one.id, two.id, three.id, four.id]).size).toBe(4)
    expect(await Promise.all([one, two, three, four].map(({ id }) => stateOf(id)))).toEqual(['revoked', 'declined', 'expired', 'open'])
  })

  test('a resend invalidates the previous link and starts seven new days (S9, S18, A13)', async () => {
    const { organization, people } = await anOrganization()
    const bob = await world.person(fresh('bob'))
    const { id, token } = await world.invite(people[0], organization, mailOf(bob))
    const before = await world.store.reading.invitations.find(id)
    await new Promise((resolve) => setTimeout(resolve, 5))
    const again = await resendInvitation(invites(), people[0].principal, { organization, id })
    expect(again).toMatchObject({ id, version: 2, state: 'open' })
    expect(new Date(again.expiresAt).getTime()).toBeGreaterThan(before?.expiresAt.getTime() ?? 0)
    expect(await accept(bob, token)).toBe('invitation_not_found')
    expect(await jobsOf(id)).toEqual([{ version: 1 }, { version: 2 }])
    expect(await accept(bob, await world.tokenOf(id))).toBe('ok')
    expect(await codeOf(resendInvitation(invites(), people[0].principal, { organization, id }))).toBe('invitation_used')
    const secret = await world.execute(createSecret, people[0].principal, { organization, role: 'member' })
    expect(await codeOf(resendInvitation(invites(), people[0].principal, { organization, id: secret.id }))).toBe('invitation_not_mailed')
  })

  test('a member cannot be invited, whether active or deactivated (S10, S11)', async () => {
    const { organization, people } = await anOrganization({ bob: 'member', carol: 'member' })
    const [ada, bob, carol] = people as [Person, Person, Person]
    expect(await codeOf(world.invite(ada, organization, mailOf(bob)))).toBe('already_member')
    expect(await codeOf(world.invite(ada, organization, mailOf(ada)))).toBe('already_member')
    await world.execute(deactivateMember, ada.principal, { organization, user: carol.name })
    expect(await codeOf(world.invite(ada, organization, mailOf(carol)))).toBe('member_deactivated')
  })

  test('an open invitation does not reactivate a deactivated member (S11, A20)', async () => {
    const { organization, people } = await anOrganization()
    const bob = await world.person(fresh('bob'))
    const { id } = await world.invite(people[0], organization, mailOf(bob))
    expect(await accept(bob, await world.secretOf(people[0], organization))).toBe('ok')
    await world.execute(deactivateMember, people[0].principal, { organization, user: bob.name })
    const back = await world.login(bob)
    expect(await codeOf(world.execute(joinOrganization, back.principal, { token: await world.tokenOf(id) }))).toBe('user_deactivated')
    expect(await codeOf(resendInvitation(invites(), people[0].principal, { organization, id }))).toBe('member_deactivated')
  })

  test('a membership changes status only along the allowed transitions (A20, S33, S34)', async () => {
    const { organization, id, people } = await anOrganization({ active: 'member', barred: 'member', left: 'member' })
    const [ada, active, barred, left] = people as [Person, Person, Person, Person]
    await world.execute(deactivateMember, ada.principal, { organization, user: barred.name })
    await world.execute(removeMember, ada.principal, { organization, user: left.name })
    const statusOf = async ({ id: userId }: Person) => (await world.store.reading.memberships.find(id, userId))?.status
    const act = (command: typeof removeMember | typeof deactivateMember | typeof reactivateMember, { name }: Person) =>
      codeOf(world.execute(command as typeof removeMember, ada.principal, { organization, user: name }))
    // Setting the status a member already has changes nothing, and neither command applies to a membership that is left.
    expect([await act(reactivateMember, active), await statusOf(active)]).toEqual(['ok', 'active'])
    expect([await act(deactivateMember, barred), await statusOf(barred)]).toEqual(['ok', 'deactivated'])
    for (const command of [reactivateMember, deactivateMember, removeMember]) {
      expect(await act(command, left)).not.toBe('ok')
      expect(await statusOf(left)).toBe('left')
    }
    expect([await act(reactivateMember, barred), await statusOf(barred)]).toEqual(['ok', 'active'])
    expect([await act(deactivateMember, barred), await statusOf(barred)]).toEqual(['ok', 'deactivated'])
    expect([await act(removeMember, barred), await statusOf(barred)]).toEqual(['ok', 'left'])
    expect([await act(deactivateMember, active), await statusOf(active)]).toEqual(['ok', 'deactivated'])
    const { token } = await world.invite(ada, organization, mailOf(left))
    expect(await codeOf(world.execute(joinOrganization, (await world.login(left)).principal, { token }))).toBe('ok')
    expect(await statusOf(left)).toBe('active')
  })

  test('a former member who accepts again gets the same row with the new role (S12)', async () => {
    const { organization, id: organizationId, people } = await anOrganization({ bob: 'member' })
    const [ada, bob] = people as [Person, Person]
    await world.execute(removeMember, ada.principal, { organization, user: bob.name })
    const { token } = await world.invite(ada, organization, mailOf(bob), 'admin')
    expect(await codeOf(world.execute(joinOrganization, (await world.login(bob)).principal, { token }))).toBe('ok')
    const rows = await world.rows(`select role, status from membership where organization_id = '${organizationId}' and user_id = '${bob.id}'`)
    expect(rows).toEqual([{ role: 'admin', status: 'active' }])
  })

  test('an invitation has the same response, event and job for every address (S13)', async () => {
    const { organization, people } = await anOrganization()
    const elsewhere = await anOrganization({ bob: 'member' })
    const addresses = [mailOf(await world.person(fresh('alone'))), mailOf(elsewhere.people[1] as Person), `${fresh('nobody')}@example.com`]
    await world.written()
    const results = await inviteByEmail(invites(), people[0].principal, { organization, emails: addresses, role: 'member' })
    const shape = (value: object) => Object.keys(value).sort()
    const invitations = results.map((result) => (result.status === 'refused' ? {} : (result.invitation ?? {})))
    expect(results.map(({ status }) => status)).toEqual(['created', 'created', 'created'])
    expect(invitations.map(shape)).toEqual([shape(invitations[0] ?? {}), shape(invitations[0] ?? {}), shape(invitations[0] ?? {})])
    expect(new Set((await world.written()).map(({ type, details }) => JSON.stringify([type, shape(details)]))).size).toBe(1)
  })

  test('an invitation can be accepted again by the same user and nobody else (S14)', async () => {
    const { organization, people } = await anOrganization()
    const [bob, carol] = [await world.person(fresh('bob')), await world.person(fresh('carol'))]
    const link = await world.execute(createSecret, people[0].principal, { organization, role: 'member', kind: 'link' })
    expect(await accept(bob, link.secret)).toBe('ok')
    expect(await accept(bob, link.secret)).toBe('ok')
    expect(await accept(carol, link.secret)).toBe('invitation_used')
  })

  test('an accepted, revoked or declined invitation cannot change again (S15)', async () => {
    const { organization, people } = await anOrganization()
    const [bob, carol, dave] = [await world.person(fresh('bob')), await world.person(fresh('carol')), await world.person(fresh('dave'))]
    const [one, two, three] = [
      await world.invite(people[0], organization, mailOf(bob)),
      await world.invite(people[0], organization, mailOf(carol)),
      await world.invite(people[0], organization, mailOf(dave)),
    ]
    expect(await accept(bob, one.token)).toBe('ok')
    expect(await codeOf(world.execute(revokeInvitation, people[0].principal, { organization, id: one.id }))).toBe('already_accepted')
    await world.execute(revokeInvitation, people[0].principal, { organization, id: two.id })
    expect(await accept(carol, two.token)).toBe('invitation_revoked')
    expect(await codeOf(world.execute(declineInvitation, carol.principal, { token: two.token }))).toBe('invitation_revoked')
    expect(await codeOf(world.execute(declineInvitation, dave.principal, { token: three.token }))).toBe('ok')
    expect(await codeOf(world.execute(declineInvitation, dave.principal, { token: three.token }))).toBe('ok')
    expect(await accept(dave, three.token)).toBe('invitation_declined')
  })

  test.each([
    ['email', 168 * 3_600],
    ['link', 24 * 3_600],
  ] as const)('an invitation by %s expires exactly at the end of its lifetime (S16, A04, I9)', async (kind, lifetime) => {
    const { organization, people } = await anOrganization()
    const [early, late] = [await world.person(fresh('early')), await world.person(fresh('late'))]
    const make = async (person: Person) =>
      kind === 'email'
        ? (await world.invite(people[0], organization, mailOf(person))).token
        : (await world.execute(createSecret, people[0].principal, { organization, role: 'member', kind })).secret
    const [one, two] = [await make(early), await make(late)]
    await world.rows(`update session set expires_at = expires_at + interval '30 days'`)
    const invitation = await world.store.reading.invitations.find(`inv_${parseToken(kind === 'email' ? 'muster_ei' : 'muster_il', two)?.split('_')[0]}`)
    expect(invitation && Math.round((invitation.expiresAt.getTime() - invitation.createdAt.getTime()) / 1000)).toBe(lifetime)
    await clock.advance(lifetime - 30)
    expect(await accept(early, one)).toBe('ok')
    await clock.advance(30)
    expect(await accept(late, two)).toBe('invitation_expired')
    expect(await codeOf(previewInvitation(world.store.reading, world.keys, two))).toBe('invitation_expired')
    expect(await codeOf(world.execute(declineInvitation, late.principal, { token: two }))).toBe('invitation_expired')
  })

  test('an invitation is valid until the instant of its expiry (S16, A04)', async () => {
    const { organization, people } = await anOrganization()
    const [early, late] = [await world.person(fresh('early')), await world.person(fresh('late'))]
    const [one, two] = [await world.invite(people[0], organization, mailOf(early)), await world.invite(people[0], organization, mailOf(late))]
    await world.rows(`update invitation set expires_at = muster_now() + interval '30 seconds' where id = '${one.id}'`)
    await world.rows(`update invitation set expires_at = muster_now() where id = '${two.id}'`)
    expect(await accept(late, two.token)).toBe('invitation_expired')
    expect(await accept(early, one.token)).toBe('ok')
    expect(await codeOf(resendInvitation(invites(), people[0].principal, { organization, id: two.id }))).toBe('invitation_expired')
    expect(await world.execute(revokeInvitation, people[0].principal, { organization, id: two.id })).toEqual({ state: 'expired' })
  })

  test('an invitation token is refused when a byte or a part is changed (S18, A03)', async () => {
    const { organization, people } = await anOrganization()
    const [bob, carol] = [await world.person(fresh('bob')), await world.person(fresh('carol'))]
    const one = await world.invite(people[0], organization, mailOf(bob))
    const two = await world.invite(people[0], organization, mailOf(carol), 'admin')
    const link = await world.execute(createSecret, people[0].principal, { organization, role: 'admin', kind: 'link' })
    const look = (token: string) => codeOf(previewInvitation(world.store.reading, world.keys, token))
    for (let at = 0; at < one.token.length; at++) {
      const other = one.token[at] === 'a' ? 'b' : 'a'
      expect(await look(one.token.slice(0, at) + other + one.token.slice(at + 1))).toBe('invitation_not_found')
    }
    const partsOf = (token: string): string[] => parseToken(token.startsWith('muster_il') ? 'muster_il' : 'muster_ei', token)?.split('_') ?? []
    const [[idOne, , macOne], [idTwo, version, macTwo], [idLink, , macLink]] = [partsOf(one.token), partsOf(two.token), partsOf(link.secret)] as string[][] as [
      string[],
      string[],
      string[],
    ]
    for (const [prefix, id, mac] of [
      ['muster_ei', idOne, macTwo],
      ['muster_ei', idTwo, macOne],
      ['muster_ei', idLink, macLink],
      ['muster_il', idTwo, macTwo],
      ['muster_os', idLink, macLink],
    ] as ['muster_ei' | 'muster_il' | 'muster_os', string, string][])
      expect(await look(formatToken(prefix, `${id}_${version}_${mac}`))).toBe('invitation_not_found')
    expect(await look(formatToken('muster_ei', `${idOne}_2_${macOne}`))).toBe('invitation_not_found')
    expect(await look(one.token)).toBe('ok')
  })

  test('an invite link is the same in every copy, and is stored nowhere (S18, E14)', async () => {
    const { organization, people } = await anOrganization()
    const { id, token } = await world.invite(people[0], organization, `${fresh('carol')}@example.com`)
    await world.written()
    const one = await world.execute(copyInvitationLink, people[0].principal, { organization, id })
    const two = await world.execute(copyInvitationLink, people[0].principal, { organization, id })
    expect(one.path).toBe(`/join?token=${token}`)
    expect(two).toEqual(one)
    expect((await world.written()).map(({ type }) => type)).toEqual(['invitation.link_copied', 'invitation.link_copied'])
    const secret = await world.execute(createSecret, people[0].principal, { organization, role: 'member' })
    expect(await codeOf(world.execute(copyInvitationLink, people[0].principal, { organization, id: secret.id }))).toBe('invitation_without_link')
    for (const table of ['invitation', 'audit_event', 'jobs.job', 'idempotency_key']) {
      const rows = await world.rows<{ row: string }>(`select t::text as row from ${table} t`)
      expect(rows.some(({ row }) => row.includes(token.slice(-30)))).toBe(false)
    }
  })

  test.each([
    [
      'demoted',
      async (ada: Person, bob: Person, organization: string) => world.execute(changeRole, ada.principal, { organization, user: bob.name, role: 'member' }),
    ],
    ['removed', async (ada: Person, bob: Person, organization: string) => world.execute(removeMember, ada.principal, { organization, user: bob.name })],
    ['deactivated', async (ada: Person, bob: Person, organization: string) => world.execute(deactivateMember, ada.principal, { organization, user: bob.name })],
    ['leaving', async (_: Person, bob: Person, organization: string) => world.execute(leaveOrganization, bob.principal, { organization })],
  ])('open invitations are revoked when the inviter is %s (S19, A14)', async (_how, act) => {
    const { organization, people } = await anOrganization({ bob: 'admin' })
    const [ada, bob] = people as [Person, Person]
    const carol = await world.person(fresh('carol'))
    const mailed = await world.invite(bob, organization, mailOf(carol))
    const link = await world.execute(createSecret, bob.principal, { organization, role: 'member', kind: 'link' })
    const others = await world.invite(ada, organization, `${fresh('dave')}@example.com`)
    await act(ada, bob, organization)
    expect(await accept(carol, mailed.token)).toBe('invitation_revoked')
    expect(await accept(carol, link.secret)).toBe('invitation_revoked')
    expect(await stateOf(others.id)).toBe('open')
    if (_how === 'deactivated') await world.execute(reactivateMember, ada.principal, { organization, user: bob.name })
    expect(await stateOf(mailed.id)).toBe('revoked')
  })

  test('a new member has the role of the invitation, not of the request (S21, A08)', async () => {
    const { organization, people } = await anOrganization()
    const [bob, carol] = [await world.person(fresh('bob')), await world.person(fresh('carol'))]
    const member = await world.invite(people[0], organization, mailOf(bob))
    const admin = await world.invite(people[0], organization, mailOf(carol), 'admin')
    const more = { token: member.token, role: 'admin', organizationId: 'org_x', status: 'active', userId: carol.id }
    await world.execute(joinOrganization, bob.principal, more)
    expect(await accept(carol, admin.token)).toBe('ok')
    expect((await liveOf(bob))?.membership?.role).toBe('member')
    expect((await liveOf(carol))?.membership?.role).toBe('admin')
    expect(await codeOf(world.invite(await world.again(bob), organization, 'x@example.com'))).toBe('forbidden')
  })

  test('an invitation of many addresses returns results in order, each its own (S22)', async () => {
    const { organization, people } = await anOrganization({ bob: 'member' })
    const [ada, bob] = people as [Person, Person]
    const [x, y] = [`${fresh('x')}@example.com`, `${fresh('y')}@example.com`]
    const emails = addressesIn(`${x}, not an address\n${mailOf(bob)};${y}\r\n\n${x.toUpperCase()},`)
    expect(emails).toHaveLength(5)
    const results = await inviteByEmail(invites(), ada.principal, { organization, emails, role: 'member' })
    expect(results.map((result) => (result.status === 'refused' ? result.code : result.status))).toEqual([
      'created',
      'email_invalid',
      'already_member',
      'created',
      'open',
    ])
  })

  test('an address gets five emails a day per organization, one after ten in all (A17)', async () => {
    const victim = `${fresh('victim')}@example.com`
    const outcomes: string[] = []
    for (const _ of [1, 2, 3]) {
      const { organization, people } = await anOrganization()
      for (let time = 0; time < 6; time++) {
        const outcome = await world.invite(people[0], organization, victim).catch((error: { code: string }) => error.code)
        outcomes.push(typeof outcome === 'string' ? outcome : 'mailed')
        if (typeof outcome !== 'string') await world.execute(revokeInvitation, people[0].principal, { organization, id: outcome.id })
      }
    }
    const mailed = Array<string>(5).fill('mailed')
    expect(outcomes).toEqual([...mailed, 'too_many_attempts', ...mailed, 'too_many_attempts', 'mailed', ...Array(5).fill('too_many_attempts')])
  })

  test("a refused inviter spends none of the organization's limit (A17)", async () => {
    const { organization, id, people } = await anOrganization({ bob: 'member' })
    const eve = await world.person(fresh('eve'))
    const email = `${fresh('x')}@example.com`
    expect(await codeOf(world.invite(people[1] as Person, organization, email))).toBe('forbidden')
    expect(await codeOf(world.invite(eve, organization, email))).toBe('organization_not_found')
    expect(await world.rows(`select key from attempt where key like '%${id}%'`)).toEqual([])
  })

  test('a move plan lists all blockers and losses, and changes nothing (S24)', async () => {
    const { organization, people } = await anOrganization()
    const theirs = await anOrganization({ bob: 'member' })
    const [carl, bob] = theirs.people as [Person, Person]
    await world.execute(registerResource, carl.principal, { organization: theirs.organization, kind: 'application', name: 'shop' })
    const { id, token } = await world.invite(people[0], organization, mailOf(carl))
    await world.invite(carl, theirs.organization, `${fresh('x')}@example.com`)
    await world.written()
    const plan = await world.execute(movePlan, carl.principal, { invitationId: id })
    expect(plan).toMatchObject({
      possible: false,
      from: { name: theirs.organization, role: 'admin' },
      to: { name: organization, role: 'member' },
      problem: null,
    })
    expect(plan.blockers.map(({ kind, command }) => [kind, command])).toEqual([
      ['resource', 'muster resource transfer application/shop USER'],
      ['last_admin', `muster user role ${bob.name} admin`],
    ])
    expect(plan.loses.map(({ kind }) => kind)).toEqual(['organization', 'role', 'invitations'])
    expect(await world.execute(movePlan, carl.principal, { token })).toEqual(plan)
    expect(await world.written()).toEqual([])
    await world.login(carl)
    const { loses } = await world.execute(movePlan, carl.principal, { token })
    expect(loses.find(({ kind }) => kind === 'sessions')?.detail).toBe('1 other login of yours, on a terminal or in a browser, ends.')
    const refused = await world.execute(joinOrganization, carl.principal, { token }).catch((error) => error)
    expect(refused).toMatchObject({ code: 'move_blocked', extensions: { blockers: plan.blockers } })
    expect(await stateOf(id)).toBe('open')
    // The invitation is not bob's, so its id does not exist for bob.
    expect(await codeOf(world.execute(movePlan, bob.principal, { invitationId: id }))).toBe('invitation_not_found')
  })

  test('a move ends one membership and starts the other in one transaction (S25)', async () => {
    const { organization, id: to, people } = await anOrganization()
    const theirs = await anOrganization({ bob: 'member' })
    const bob = theirs.people[1] as Person
    const elsewhere = await world.login(bob)
    const { token } = await world.invite(people[0], organization, mailOf(bob))
    expect(await accept(bob, token)).toBe('ok')
    expect(await world.rows(`select status, ended_reason from membership where organization_id = '${theirs.id}' and user_id = '${bob.id}'`)).toEqual([
      { status: 'left', ended_reason: 'moved' },
    ])
    const events = await world.rows<{ type: string; organization_id: string }>(
      `select type, organization_id from audit_event where actor_id = '${bob.id}' order by seq desc limit 4`,
    )
    expect(events.map(({ type, organization_id }) => [type, organization_id]).reverse()).toEqual([
      ['invitation.accepted', to],
      ['membership.ended', theirs.id],
      ['organization.shared', to],
      ['membership.started', to],
    ])
    expect((await liveOf(bob))?.organization?.id).toBe(to)
    expect(await codeOf(world.execute(movePlan, elsewhere.principal, {}))).toBe('membership_left')
  })

  test('an invitation to a suspended organization is refused and stays open (S32)', async () => {
    const { organization, people } = await anOrganization()
    const bob = await world.person(fresh('bob'))
    const { id, token } = await world.invite(people[0], organization, mailOf(bob))
    await world.execute(suspendOrganization, { kind: 'operator', name: 'root', tokenId: null, origin: systemPrincipal.origin }, { organization })
    expect(await accept(bob, token)).toBe('organization_suspended')
    expect(await stateOf(id)).toBe('open')
  })

  test('the list of invitations filters by address, state and kind', async () => {
    const { organization, id: organizationId, people } = await anOrganization()
    const part = fresh('needle')
    const one = await world.invite(people[0], organization, `a.${part}@example.com`)
    const two = await world.invite(people[0], organization, `b.${part}@example.com`)
    await world.invite(people[0], organization, `${fresh('c')}@example.com`)
    const link = await world.execute(createSecret, people[0].principal, { organization, role: 'member', kind: 'link' })
    await world.rows(`update invitation set expires_at = muster_now() where id = '${two.id}'`)
    const page = async (filter: object) =>
      (await world.store.reading.invitations.page(organizationId, { kinds: ['email', 'link', 'secret'], ...filter } as never, { limit: 10 })).items.map(
        ({ id, state }) => [id, state],
      )
    expect(await page({ q: part.toUpperCase() })).toEqual([
      [two.id, 'expired'],
      [one.id, 'open'],
    ])
    expect(await page({ q: part, state: 'open' })).toEqual([[one.id, 'open']])
    expect(await page({ kinds: ['link'] })).toEqual([[link.id, 'open']])
    expect(await page({ q: '%' })).toEqual([])
    expect(await page({ q: 'a.' })).toEqual([[one.id, 'open']])
    expect(emailAddress(`a.${part}@example.com`).canonical).toContain(part)
  })
})
