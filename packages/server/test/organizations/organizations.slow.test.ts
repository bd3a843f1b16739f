import { endSession } from '@muster/server/domain/credentials/session.ts'
import { createSecret, previewInvitation, revokeInvitation } from '@muster/server/domain/invitations/invitation.ts'
import { formatToken, parseToken } from '@muster/server/domain/model/opaque-token.ts'
import { changeRole } from '@muster/server/domain/organizations/change-role.ts'
import { deactivateMember } from '@muster/server/domain/organizations/deactivation.ts'
import { removeMember } from '@muster/server/domain/organizations/membership.ts'
import { joinOrganization, leaveOrganization } from '@muster/server/domain/organizations/move.ts'
import { registerUser } from '@muster/server/domain/organizations/register.ts'
import { renameOrganization } from '@muster/server/domain/organizations/rename.ts'
import { movableClock } from '@muster/testkit/clock.ts'
import type { Engine } from '@muster/testkit/database.ts'
import { aWorld, type Person, type World } from '@muster/testkit/world.ts'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'

// The rules of organizations, on both engines. The numbers in the titles refer to docs/rules.md and docs/threats.md.
describe.each<Engine>(['pglite', 'postgres'])('organizations on %s', (engine) => {
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
  const liveOf = async (person: Person) => world.store.reading.sessions.liveState(person.principal.sessionId, null)
  const codeOf = (promise: Promise<unknown>) => promise.then(() => 'ok').catch((error: { code?: string }) => error.code ?? String(error))

  test('a registered user is the admin of a personal organization of the same name (S2)', async () => {
    const name = fresh('alice')
    const alice = await world.person(name)
    const live = await liveOf(alice)
    expect(live?.organization).toMatchObject({ name, personal: true })
    expect(live?.membership).toMatchObject({ role: 'admin', status: 'active' })
    expect((await world.written()).map(({ type }) => type)).toEqual(['session.started', 'user.registered', 'organization.created', 'membership.started'])
  })

  test('a taken, reserved, invalid or second username is refused (S39, S43, S45)', async () => {
    const alice = await world.person(fresh('alice'))
    const bob = await world.newcomer(fresh('bob'))
    expect(await codeOf(world.execute(registerUser, bob.principal, { username: alice.name }))).toBe('name_taken')
    expect(await codeOf(world.execute(registerUser, bob.principal, { username: 'admin' }))).toBe('name_reserved')
    expect(await codeOf(world.execute(registerUser, bob.principal, { username: 'org_abc' }))).toBe('name_reserved')
    expect(await codeOf(world.execute(registerUser, bob.principal, { username: 'Bob' }))).toBe('name_invalid')
    expect(await codeOf(world.execute(registerUser, alice.principal, { username: fresh('other') }))).toBe('already_registered')
    expect((await liveOf(bob))?.account.username).toBeNull()
  })

  test('a user who registers with a secret joins and has a dormant organization (S5)', async () => {
    const { organization, people } = await world.organization({ [fresh('acme')]: 'admin' })
    const [founder] = Object.values(people) as [Person]
    const secret = await world.secretOf(founder, organization)
    const bob = await world.newcomer(fresh('bob'))
    await world.execute(registerUser, bob.principal, { username: bob.name, token: secret })
    const live = await liveOf(bob)
    expect(live?.organization).toMatchObject({ name: organization, personal: false })
    expect(live?.membership).toMatchObject({ role: 'member', status: 'active' })
    expect(live?.account.epoch).toBe(bob.principal.epoch)
    expect(await world.store.reading.organizations.personalOf(bob.id)).toMatchObject({ name: bob.name, personal: true })
  })

  test('a registration refused for a used secret leaves the username free (S5)', async () => {
    const { organization, people } = await world.organization({ [fresh('acme')]: 'admin' })
    const [founder] = Object.values(people) as [Person]
    const secret = await world.secretOf(founder, organization)
    const [bob, carol] = [await world.newcomer(fresh('bob')), await world.newcomer(fresh('carol'))]
    await world.execute(registerUser, bob.principal, { username: bob.name, token: secret })
    expect(await codeOf(world.execute(registerUser, carol.principal, { username: carol.name, token: secret }))).toBe('invitation_used')
    expect((await liveOf(carol))?.account.username).toBeNull()
    expect(await world.store.reading.names.holder(carol.name)).toBeNull()
  })

  test('a member who joins moves with this session, and other sessions end (S25, S32)', async () => {
    const { organization, people } = await world.organization({ [fresh('acme')]: 'admin' })
    const [founder] = Object.values(people) as [Person]
    const bob = await world.person(fresh('bob'))
    const elsewhere = await world.login(bob)
    const moved = await world.execute(joinOrganization, bob.principal, { organization, token: await world.secretOf(founder, organization) })
    expect(moved.left?.name).toBe(bob.name)
    const live = await liveOf(bob)
    expect(live?.organization?.name).toBe(organization)
    expect(live?.session.epoch).toBe(live?.account.epoch)
    // The session that joined continues with a new token. Its old token and every other session are invalid.
    expect(await codeOf(world.execute(endSession, bob.principal, { sessionId: bob.principal.sessionId, reason: 'logged_out' }))).toBe('membership_left')
    expect(await codeOf(world.execute(endSession, elsewhere.principal, { sessionId: elsewhere.principal.sessionId, reason: 'logged_out' }))).toBe(
      'membership_left',
    )
    expect(await codeOf(world.execute(leaveOrganization, (await world.again(bob)).principal, { organization }))).toBe('ok')
  })

  test('a used secret works again for the user who accepted it and no one else (S14)', async () => {
    const { organization, people } = await world.organization({ [fresh('acme')]: 'admin' })
    const [founder] = Object.values(people) as [Person]
    const token = await world.secretOf(founder, organization)
    const [bob, carol] = [await world.person(fresh('bob')), await world.person(fresh('carol'))]
    await world.execute(joinOrganization, bob.principal, { token })
    expect(await codeOf(world.execute(joinOrganization, (await world.again(bob)).principal, { token }))).toBe('ok')
    expect(await codeOf(world.execute(joinOrganization, carol.principal, { token }))).toBe('invitation_used')
    expect((await liveOf(carol))?.organization?.name).toBe(carol.name)
  })

  test('a member does not use up a secret of their own organization (S10)', async () => {
    const { organization, people } = await world.organization({ [fresh('acme')]: 'admin', [fresh('bob')]: 'member' })
    const [founder, bob] = Object.values(people) as [Person, Person]
    const token = await world.secretOf(founder, organization)
    expect(await codeOf(world.execute(joinOrganization, bob.principal, { token }))).toBe('already_member')
    expect(await codeOf(world.execute(joinOrganization, (await world.person(fresh('carol'))).principal, { token }))).toBe('ok')
  })

  test('a secret is not used up by a request that names another organization (S15)', async () => {
    const { organization, people } = await world.organization({ [fresh('acme')]: 'admin' })
    const [founder] = Object.values(people) as [Person]
    const token = await world.secretOf(founder, organization)
    const bob = await world.person(fresh('bob'))
    expect(await codeOf(world.execute(joinOrganization, bob.principal, { organization: bob.name, token }))).toBe('invitation_not_found')
    expect(await codeOf(world.execute(joinOrganization, bob.principal, { organization, token }))).toBe('ok')
  })

  test('a secret with any changed byte is refused (A03)', async () => {
    const { organization, people } = await world.organization({ [fresh('acme')]: 'admin' })
    const [founder] = Object.values(people) as [Person]
    const token = await world.secretOf(founder, organization)
    const inner = parseToken('muster_os', token) as string
    for (let at = 0; at < inner.length; at++) {
      // The checksum is computed again, because it detects typing errors and stops no attacker.
      const changed = inner.slice(0, at) + (inner[at] === 'a' ? 'b' : 'a') + inner.slice(at + 1)
      expect(await codeOf(previewInvitation(world.store.reading, world.keys, formatToken('muster_os', changed))), `byte ${at}`).toBe('invitation_not_found')
    }
    expect(parseToken('muster_os', `${token.slice(0, -1)}${token.endsWith('a') ? 'b' : 'a'}`)).toBeNull()
    expect(await codeOf(previewInvitation(world.store.reading, world.keys, token))).toBe('ok')
  })

  test('a secret expires after 24 hours without a cleanup job (S16, A04)', async () => {
    const { organization, id, people } = await world.organization({ [fresh('acme')]: 'admin' })
    const [founder] = Object.values(people) as [Person]
    const [early, late] = [await world.secretOf(founder, organization), await world.secretOf(founder, organization)]
    const [bob, carol] = [await world.person(fresh('bob')), await world.person(fresh('carol'))]
    const lifetimes = await world.rows(
      `select round(extract(epoch from expires_at - created_at))::int as seconds from invitation where organization_id = '${id}'`,
    )
    expect(lifetimes).toEqual([{ seconds: 86_400 }, { seconds: 86_400 }])
    await clock.advance(86_400 - 30)
    const login = await world.login(bob)
    expect(await codeOf(world.execute(joinOrganization, login.principal, { token: early }))).toBe('ok')
    await clock.advance(30)
    expect(await codeOf(world.execute(joinOrganization, (await world.login(carol)).principal, { token: late }))).toBe('invitation_expired')
  })

  test('the statement that accepts a secret refuses an expired one (A04)', async () => {
    const { organization, people } = await world.organization({ [fresh('acme')]: 'admin' })
    const [founder] = Object.values(people) as [Person]
    const bob = await world.person(fresh('bob'))
    const { invitations } = world.store.reading
    const { id } = await world.execute(createSecret, founder.principal, { organization, role: 'member' })
    const version = (await invitations.find(id))?.version as number
    await clock.advance(86_400)
    expect(await invitations.accept(id, version, bob.id)).toBeNull()
    await clock.restore()
    expect(await invitations.accept(id, version, bob.id)).toMatchObject({ state: 'accepted' })
  })

  test('a revoked secret is refused, and an accepted one cannot be revoked (S15)', async () => {
    const { organization, people } = await world.organization({ [fresh('acme')]: 'admin' })
    const [founder] = Object.values(people) as [Person]
    const secret = await world.execute(createSecret, founder.principal, { organization, role: 'member' })
    expect(await world.execute(revokeInvitation, founder.principal, { organization, id: secret.id })).toEqual({ state: 'revoked' })
    const bob = await world.person(fresh('bob'))
    expect(await codeOf(world.execute(joinOrganization, bob.principal, { token: secret.secret }))).toBe('invitation_revoked')
    const other = await world.execute(createSecret, founder.principal, { organization, role: 'member' })
    await world.execute(joinOrganization, bob.principal, { token: other.secret })
    expect(await codeOf(world.execute(revokeInvitation, founder.principal, { organization, id: other.id }))).toBe('already_accepted')
  })

  test('a removed member must log in again, to their personal organization (S2, S32)', async () => {
    const { organization, people } = await world.organization({ [fresh('acme')]: 'admin', [fresh('bob')]: 'member' })
    const [founder, bob] = Object.values(people) as [Person, Person]
    const removed = await world.execute(removeMember, founder.principal, { organization, user: bob.name })
    expect(removed).toMatchObject({ username: bob.name, endedSessions: 1 })
    expect(await codeOf(world.execute(leaveOrganization, bob.principal, { organization }))).toBe('membership_left')
    const back = await world.login(bob)
    expect((await liveOf(back))?.organization).toMatchObject({ name: bob.name, personal: true })
    expect((await liveOf(back))?.membership?.role).toBe('admin')
    expect(await codeOf(world.execute(removeMember, founder.principal, { organization, user: bob.name }))).toBe('membership_ended')
  })

  test('a removed founder gets a personal organization with the next free name (S2)', async () => {
    const { organization, people } = await world.organization({ [fresh('acme')]: 'admin', [fresh('bob')]: 'admin' })
    const [founder, bob] = Object.values(people) as [Person, Person]
    await world.execute(removeMember, bob.principal, { organization, user: founder.name })
    const live = await liveOf(await world.login(founder))
    expect(live?.organization).toMatchObject({ name: `${founder.name}_2`, personal: true })
  })

  test('the last admin cannot leave until another member is an admin (S29)', async () => {
    const { organization, people } = await world.organization({ [fresh('acme')]: 'admin', [fresh('bob')]: 'member' })
    const [founder, bob] = Object.values(people) as [Person, Person]
    expect(await codeOf(world.execute(leaveOrganization, founder.principal, { organization }))).toBe('move_blocked')
    expect(await codeOf(world.execute(changeRole, founder.principal, { organization, user: founder.name, role: 'member' }))).toBe('self_action')
    await world.execute(changeRole, founder.principal, { organization, user: bob.name, role: 'admin' })
    await world.execute(changeRole, bob.principal, { organization, user: founder.name, role: 'member' })
    expect(await codeOf(world.execute(leaveOrganization, founder.principal, { organization }))).toBe('ok')
    const events = await world.written()
    expect(events.filter(({ outcome }) => outcome === 'refused').map(({ details }) => details['code'])).toEqual(['self_action'])
  })

  test('a blocked move names its blockers and changes nothing (S24)', async () => {
    const { organization, people } = await world.organization({ [fresh('acme')]: 'admin', [fresh('bob')]: 'member' })
    const other = await world.organization({ [fresh('other')]: 'admin' })
    const [founder, bob] = Object.values(people) as [Person, Person]
    const token = await world.secretOf(Object.values(other.people)[0] as Person, other.organization)
    await world.written()
    const refusal = await world.execute(joinOrganization, founder.principal, { token }).catch((error: unknown) => error)
    expect(refusal).toMatchObject({
      code: 'move_blocked',
      extensions: { blockers: [{ kind: 'last_admin', candidates: [{ id: bob.id, username: bob.name }] }] },
    })
    expect(await world.written()).toEqual([])
    expect((await liveOf(founder))?.organization?.name).toBe(organization)
    expect(await codeOf(previewInvitation(world.store.reading, world.keys, token))).toBe('ok')
  })

  test('the last admin sees promotion candidates despite many deactivated members (S29)', async () => {
    const { organization, people } = await world.organization({ [fresh('acme')]: 'admin', [fresh('bob')]: 'member' })
    const [founder, bob] = Object.values(people) as [Person, Person]
    for (let number = 0; number < 20; number++) {
      const late = await world.person(fresh('late'))
      await world.execute(joinOrganization, late.principal, { token: await world.secretOf(founder, organization) })
      await world.execute(deactivateMember, founder.principal, { organization, user: late.name })
    }
    const refusal = await world.execute(leaveOrganization, founder.principal, { organization }).catch((error: unknown) => error)
    expect(refusal).toMatchObject({ extensions: { blockers: [{ kind: 'last_admin', candidates: [{ id: bob.id, username: bob.name }] }] } })
  })

  test('a founder cannot leave their personal organization or be removed (S27, S30)', async () => {
    const alice = await world.person(fresh('alice'))
    expect(await codeOf(world.execute(leaveOrganization, alice.principal, { organization: alice.name }))).toBe('personal_organization')
    expect(await codeOf(world.execute(removeMember, alice.principal, { organization: alice.name, user: alice.name }))).toBe('self_action')
  })

  test('a member cannot invite, rename or remove; an outsider finds nothing (S4, B01)', async () => {
    const { organization, people } = await world.organization({ [fresh('acme')]: 'admin', [fresh('bob')]: 'member' })
    const [founder, bob] = Object.values(people) as [Person, Person]
    const stranger = await world.person(fresh('eve'))
    for (const [who, code] of [
      [bob, 'forbidden'],
      [stranger, 'organization_not_found'],
    ] as const) {
      expect(await codeOf(world.execute(createSecret, who.principal, { organization, role: 'member' }))).toBe(code)
      expect(await codeOf(world.execute(renameOrganization, who.principal, { organization, from: organization, to: fresh('new') }))).toBe(code)
      expect(await codeOf(world.execute(removeMember, who.principal, { organization, user: founder.name }))).toBe(code)
      expect(await codeOf(world.execute(changeRole, who.principal, { organization, user: founder.name, role: 'member' }))).toBe(code)
    }
    expect(await codeOf(world.execute(createSecret, stranger.principal, { organization: 'no_such_thing', role: 'member' }))).toBe('organization_not_found')
  })

  test("a removed or demoted admin's open secrets are revoked (S19)", async () => {
    const { organization, people } = await world.organization({ [fresh('acme')]: 'admin', [fresh('bob')]: 'admin', [fresh('carol')]: 'admin' })
    const [founder, bob, carol] = Object.values(people) as [Person, Person, Person]
    const [ofBob, ofCarol] = [await world.secretOf(bob, organization), await world.secretOf(carol, organization)]
    await world.execute(removeMember, founder.principal, { organization, user: bob.name })
    await world.execute(changeRole, founder.principal, { organization, user: carol.name, role: 'member' })
    const dave = await world.person(fresh('dave'))
    expect(await codeOf(world.execute(joinOrganization, dave.principal, { token: ofBob }))).toBe('invitation_revoked')
    expect(await codeOf(world.execute(joinOrganization, dave.principal, { token: ofCarol }))).toBe('invitation_revoked')
  })

  test('a renamed organization keeps its old name held and can take it back (S41, S42)', async () => {
    const { organization, people } = await world.organization({ [fresh('acme')]: 'admin' })
    const [founder] = Object.values(people) as [Person]
    const to = fresh('new')
    expect(await world.execute(renameOrganization, founder.principal, { organization, from: organization, to, dryRun: true })).toMatchObject({ renamed: false })
    expect(await world.execute(renameOrganization, founder.principal, { organization, from: organization, to })).toMatchObject({ renamed: true })
    expect(await codeOf(world.execute(renameOrganization, founder.principal, { organization: to, from: organization, to: fresh('x') }))).toBe(
      'organization_name_changed',
    )
    expect(await codeOf(world.execute(createSecret, founder.principal, { organization, role: 'member' }))).toBe('organization_renamed')
    const other = await world.organization({ [fresh('other')]: 'admin' })
    const thief = Object.values(other.people)[0] as Person
    expect(
      await codeOf(world.execute(renameOrganization, thief.principal, { organization: other.organization, from: other.organization, to: organization })),
    ).toBe('name_taken')
    expect(await codeOf(world.execute(registerUser, (await world.newcomer(fresh('n'))).principal, { username: to }))).toBe('name_taken')
    expect(await world.execute(renameOrganization, founder.principal, { organization: to, from: to, to: organization })).toMatchObject({ renamed: true })
    expect(await codeOf(world.execute(registerUser, (await world.newcomer(fresh('n'))).principal, { username: to }))).toBe('name_taken')
  })

  test('a request with a former name is refused with the new one (S15, S42)', async () => {
    const { organization, people } = await world.organization({ [fresh('acme')]: 'admin', [fresh('bob')]: 'member' })
    const [founder, bob] = Object.values(people) as [Person, Person]
    const to = fresh('new')
    await world.execute(renameOrganization, founder.principal, { organization, from: organization, to })
    const token = await world.secretOf(founder, to)
    const dave = await world.person(fresh('dave'))
    await expect(world.execute(joinOrganization, dave.principal, { organization, token })).rejects.toMatchObject({
      code: 'organization_renamed',
      extensions: { name: to },
    })
    expect(await codeOf(world.execute(leaveOrganization, bob.principal, { organization }))).toBe('organization_renamed')
    expect(await codeOf(world.execute(joinOrganization, dave.principal, { organization: to, token }))).toBe('ok')
  })

  test('an organization is renamed at most five times in 30 days (S41)', async () => {
    const { organization, people } = await world.organization({ [fresh('acme')]: 'admin' })
    const [founder] = Object.values(people) as [Person]
    let name = organization
    for (let round = 0; round < 5; round++) {
      const to = fresh('name')
      await world.execute(renameOrganization, founder.principal, { organization: name, from: name, to })
      name = to
    }
    expect(await codeOf(world.execute(renameOrganization, founder.principal, { organization: name, from: name, to: fresh('x') }))).toBe('rename_limit')
    await clock.advance(30 * 86_400 + 1)
    const login = await world.login(founder)
    expect(await codeOf(world.execute(renameOrganization, login.principal, { organization: name, from: name, to: fresh('x') }))).toBe('ok')
  })

  test('a repeated Idempotency-Key gives the same answer without a second effect (I11)', async () => {
    const { organization, people } = await world.organization({ [fresh('acme')]: 'admin', [fresh('bob')]: 'admin' })
    const [founder, bob] = Object.values(people) as [Person, Person]
    const idempotency = { key: 'k1', requestHash: Buffer.from('one') }
    const first = await world.execute(createSecret, bob.principal, { organization, role: 'member' }, { idempotency })
    expect(await world.execute(createSecret, bob.principal, { organization, role: 'member' }, { idempotency })).toEqual(first)
    expect(
      await codeOf(
        world.execute(createSecret, bob.principal, { organization, role: 'admin' }, { idempotency: { ...idempotency, requestHash: Buffer.from('two') } }),
      ),
    ).toBe('idempotency_key_reused')
    expect((await world.written()).filter(({ type }) => type === 'invitation.created')).toHaveLength(1)
    // An admin who is demoted in between does not get the secret a second time.
    await world.execute(changeRole, founder.principal, { organization, user: bob.name, role: 'member' })
    expect(await codeOf(world.execute(createSecret, bob.principal, { organization, role: 'member' }, { idempotency }))).toBe('forbidden')
    const [row] = await world.rows<{ answer: Uint8Array }>(`select answer from idempotency_key where key = 'k1'`)
    expect(Buffer.from(row?.answer ?? '').toString('latin1')).not.toContain(first.secret)
  })

  test('audit events cannot be changed, deleted or truncated (S57, F08)', async () => {
    for (const statement of [`update audit_event set type = 'x'`, 'delete from audit_event', 'truncate audit_event']) {
      await expect(world.rows(statement)).rejects.toThrow(/append-only/)
    }
  })
})
