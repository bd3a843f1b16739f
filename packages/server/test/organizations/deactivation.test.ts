import type { Role } from '@muster/contract/permissions.ts'
import { refusalOf } from '@muster/server/domain/command/refused-credential.ts'
import { createKey } from '@muster/server/domain/credentials/api-key.ts'
import { createServiceAccount, createServiceAccountKey } from '@muster/server/domain/credentials/service-account.ts'
import { createSecret } from '@muster/server/domain/invitations/invitation.ts'
import { digest } from '@muster/server/domain/model/secret-keys.ts'
import { changeRole } from '@muster/server/domain/organizations/change-role.ts'
import { deactivateMember, reactivateMember } from '@muster/server/domain/organizations/deactivation.ts'
import { removeMember } from '@muster/server/domain/organizations/membership.ts'
import { joinOrganization, leaveOrganization } from '@muster/server/domain/organizations/move.ts'
import { engines } from '@muster/testkit/database.ts'
import { aWorld, type Person, type World } from '@muster/testkit/world.ts'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'

// The effects of deactivating a member, and what reactivating them does not restore.
describe.each(engines)('deactivation on %s', (engine) => {
  let world: World
  beforeAll(async () => {
    world = await aWorld(engine)
  })
  afterAll(() => world.close())

  let count = 0
  const codeOf = (promise: Promise<unknown>) => promise.then(() => 'ok').catch((error: { code?: string }) => error.code ?? String(error))
  const problemOf = (promise: Promise<unknown>) => promise.then(() => null).catch((error: { code: string; extensions: Record<string, unknown> }) => error)
  /** ada is the founder and an admin, bob has the given role, and carol is a member. Each call uses new names. */
  const three = async (bobs: Role = 'member') => {
    const number = ++count
    const names = [`ada_${number}`, `bob_${number}`, `carol_${number}`] as const
    const { organization, id, people } = await world.organization({ [names[0]]: 'admin', [names[1]]: bobs, [names[2]]: 'member' })
    const [ada, bob, carol] = names.map((name) => people[name] as Person) as [Person, Person, Person]
    return { organization, id, ada, bob, carol }
  }
  const standing = async ({ principal }: Person) => refusalOf(await world.store.reading.sessions.liveState(principal.sessionId, null), principal)
  const keyStanding = async (key: string) => {
    const live = await world.store.reading.apiKeys.live({ tokenHash: digest(key) })
    return refusalOf(live, live?.key ?? { epoch: 0, organizationId: null })
  }
  const events = async () => (await world.written()).map(({ type }) => type)

  test('a deactivated member keeps the membership and loses every credential (S1, S32)', async () => {
    const { organization, id, ada, bob } = await three()
    await world.login(bob)
    const { key } = await world.execute(createKey, bob.principal, { description: 'CI', scope: null, expiresInDays: null })
    await world.written()
    const done = await world.execute(deactivateMember, ada.principal, { organization, user: bob.name, reason: ' on  leave ' })
    expect(done).toMatchObject({
      member: { status: 'deactivated', role: 'member', statusReason: 'on leave', statusByName: ada.name },
      ended: { sessions: 2, keys: 1, invitations: 0 },
    })
    expect(await standing(bob)).toBe('user_deactivated')
    expect(await keyStanding(key)).toBe('user_deactivated')
    expect(await world.store.reading.memberships.current(bob.id)).toMatchObject({ organizationId: id, status: 'deactivated' })
    expect(await world.written()).toMatchObject([{ type: 'membership.deactivated', outcome: 'done', target: bob.id, details: { reason: 'on leave' } }])
    const [revocation] = await world.rows<{ value: { belowEpoch: number; reason: string } }>(
      `select value from revocation where subject = '${bob.id}' order by id desc limit 1`,
    )
    // The revocation carries what resource servers show the person (S35).
    const told = { contact: ada.name, deactivated_at: done.member.statusAt.toISOString() }
    expect(revocation?.value).toEqual({ belowEpoch: bob.principal.epoch + 1, reason: 'user_deactivated', ...told })
  })

  test('a deactivated member is refused with organization, time and contact (S35)', async () => {
    const { organization, id, ada, bob, carol } = await three()
    await world.execute(changeRole, ada.principal, { organization, user: bob.name, role: 'admin' })
    await world.execute(deactivateMember, bob.principal, { organization, user: carol.name })
    const problem = await problemOf(world.execute(createKey, carol.principal, { description: 'x', scope: null, expiresInDays: null }))
    expect(problem).toMatchObject({ code: 'user_deactivated', extensions: { organization: { id, name: organization }, contact: ada.name } })
    expect(Date.parse(String(problem?.extensions['deactivated_at']))).toBeGreaterThan(Date.now() - 60_000)
  })

  test('a repeated deactivation or reactivation changes nothing (S34)', async () => {
    const { organization, ada, bob } = await three()
    await world.execute(deactivateMember, ada.principal, { organization, user: bob.name, reason: 'first' })
    await world.written()
    const again = await world.execute(deactivateMember, ada.principal, { organization, user: bob.name, reason: 'second' })
    expect(again).toMatchObject({ changed: false, member: { status: 'deactivated', statusReason: 'first' }, ended: { sessions: 0, keys: 0, invitations: 0 } })
    expect(await events()).toEqual([])
    expect(await world.execute(reactivateMember, ada.principal, { organization, user: bob.name })).toMatchObject({
      changed: true,
      member: { status: 'active' },
    })
    expect(await events()).toEqual(['membership.reactivated'])
    expect(await world.execute(reactivateMember, ada.principal, { organization, user: bob.name })).toMatchObject({
      changed: false,
      member: { status: 'active' },
    })
    expect(await events()).toEqual([])
  })

  test("a reactivated member's old sessions and keys stay revoked (S33)", async () => {
    const { organization, ada, bob } = await three()
    const { key } = await world.execute(createKey, bob.principal, { description: 'CI', scope: null, expiresInDays: null })
    await world.execute(deactivateMember, ada.principal, { organization, user: bob.name })
    await world.execute(reactivateMember, ada.principal, { organization, user: bob.name })
    expect(await standing(bob)).toBe('token_revoked')
    expect(await keyStanding(key)).toBe('token_revoked')
    const anew = await world.login(bob)
    expect(await standing(anew)).toBeNull()
    expect(await codeOf(world.execute(createKey, anew.principal, { description: 'another', scope: null, expiresInDays: null }))).toBe('ok')
  })

  test('a deactivated admin keeps the role but does not count as an admin (S29)', async () => {
    const { organization, ada, bob, carol } = await three('admin')
    await world.execute(deactivateMember, ada.principal, { organization, user: bob.name })
    const carols = await world.login(carol)
    await world.execute(changeRole, ada.principal, { organization, user: carol.name, role: 'admin' })
    expect(await codeOf(world.execute(deactivateMember, carols.principal, { organization, user: ada.name }))).toBe('ok')
    expect(await codeOf(world.execute(leaveOrganization, carols.principal, { organization }))).toBe('move_blocked')
    await world.execute(reactivateMember, carols.principal, { organization, user: bob.name })
    expect(await world.store.reading.memberships.current(bob.id)).toMatchObject({ role: 'admin', status: 'active' })
    expect(await codeOf(world.execute(leaveOrganization, carols.principal, { organization }))).toBe('ok')
  })

  test('the last active admin is told how to resolve deactivated members (S24, S29)', async () => {
    const { organization, ada, bob, carol } = await three()
    const blockersOf = async () => (await problemOf(world.execute(leaveOrganization, ada.principal, { organization })))?.extensions['blockers']
    for (const { name: user } of [bob, carol]) await world.execute(deactivateMember, ada.principal, { organization, user })
    expect(await blockersOf()).toEqual([
      {
        kind: 'last_admin',
        detail: `You are the only active admin of ${organization}. All other members are deactivated: ${carol.name}, ${bob.name}. Reactivate one and make them admin, or remove them all.`,
        remedies: [
          { code: 'reactivate', members: [carol.name, bob.name] },
          { code: 'remove_member', members: [carol.name, bob.name] },
        ],
        command: 'muster user reactivate USER',
        candidates: [],
      },
    ])
    await world.execute(removeMember, ada.principal, { organization, user: carol.name })
    expect(await blockersOf()).toMatchObject([
      {
        detail: expect.stringMatching(`deactivated: ${bob.name}\\. Reactivate one and make them admin, or remove them\\.$`),
        remedies: [{ code: 'reactivate' }, { code: 'remove_member', members: [bob.name] }],
        command: `muster user reactivate ${bob.name}`,
      },
    ])
    await world.execute(reactivateMember, ada.principal, { organization, user: bob.name })
    expect(await blockersOf()).toMatchObject([{ command: `muster user role ${bob.name} admin` }])
    await world.execute(removeMember, ada.principal, { organization, user: bob.name })
    expect(await blockersOf()).toBeUndefined()
  })

  test('a member cannot deactivate anyone, nor an admin themselves (S4, S30)', async () => {
    const { organization, ada, bob, carol } = await three()
    expect(await codeOf(world.execute(deactivateMember, ada.principal, { organization, user: ada.name }))).toBe('self_action')
    expect(await codeOf(world.execute(deactivateMember, bob.principal, { organization, user: carol.name }))).toBe('forbidden')
    expect(await codeOf(world.execute(deactivateMember, bob.principal, { organization, user: bob.name }))).toBe('forbidden')
    expect(await codeOf(world.execute(reactivateMember, bob.principal, { organization, user: carol.name }))).toBe('forbidden')
    const written = await world.written()
    expect(written.filter(({ outcome }) => outcome === 'done')).toEqual([])
    // The audit log names the target and the permission, because the name of a function may change (S57).
    expect(written.map(({ target, details }) => [target, details['attempted'], details['code']])).toEqual([
      [ada.id, 'members:deactivate', 'self_action'],
      [carol.id, 'members:deactivate', 'forbidden'],
      [bob.id, 'members:deactivate', 'forbidden'],
      [carol.id, 'members:deactivate', 'forbidden'],
    ])
  })

  test('a former member can be neither deactivated nor reactivated (S34)', async () => {
    const { organization, ada, bob } = await three()
    await world.execute(leaveOrganization, bob.principal, { organization })
    for (const command of [deactivateMember, reactivateMember]) {
      const problem = await problemOf(world.execute<{ organization: string; user: string }, unknown>(command, ada.principal, { organization, user: bob.name }))
      expect(problem).toMatchObject({ code: 'membership_ended', extensions: {} })
    }
    expect(await codeOf(world.execute(deactivateMember, ada.principal, { organization, user: 'nobody_at_all' }))).toBe('member_not_found')
    const stranger = await world.person(`stranger_${++count}`)
    expect(await codeOf(world.execute(deactivateMember, ada.principal, { organization, user: stranger.name }))).toBe('member_not_found')
    expect(await codeOf(world.execute(deactivateMember, stranger.principal, { organization, user: ada.name }))).toBe('organization_not_found')
  })

  test("a deactivated member's open invitations are revoked, and no others (S19)", async () => {
    const { organization, ada, bob } = await three('admin')
    const theirs = await world.secretOf(bob, organization)
    const others = await world.secretOf(ada, organization)
    const done = await world.execute(deactivateMember, ada.principal, { organization, user: bob.name })
    expect(done.ended.invitations).toBe(1)
    const [one, two] = [await world.person(`p_${++count}`), await world.person(`p_${++count}`)]
    expect(await codeOf(world.execute(joinOrganization, one.principal, { token: theirs }))).toBe('invitation_revoked')
    expect(await codeOf(world.execute(joinOrganization, two.principal, { token: others }))).toBe('ok')
    await world.execute(reactivateMember, ada.principal, { organization, user: bob.name })
    expect(await codeOf(world.execute(joinOrganization, one.principal, { token: theirs }))).toBe('invitation_revoked')
  })

  test('a stored answer is not replayed to a deactivated member (I11, E11)', async () => {
    const { organization, ada, bob } = await three('admin')
    const idempotency = { key: 'same', requestHash: digest('same') }
    const input = { organization, role: 'member' as const }
    await world.execute(createSecret, bob.principal, input, { idempotency })
    expect(await codeOf(world.execute(createSecret, bob.principal, input, { idempotency }))).toBe('ok')
    await world.execute(deactivateMember, ada.principal, { organization, user: bob.name })
    expect(await codeOf(world.execute(createSecret, bob.principal, input, { idempotency }))).toBe('user_deactivated')
  })

  test('service account keys of a deactivated creator stay valid and are listed (S37)', async () => {
    const { organization, id, ada, bob } = await three('admin')
    const machine = await world.execute(createServiceAccount, bob.principal, { organization, name: `robot-${++count}` })
    const bobs = await world.execute(createServiceAccountKey, bob.principal, {
      organization,
      serviceAccount: machine.name,
      description: 'made by bob',
      scope: null,
      expiresInDays: null,
    })
    await world.execute(createServiceAccountKey, ada.principal, {
      organization,
      serviceAccount: machine.id,
      description: 'made by ada',
      scope: null,
      expiresInDays: null,
    })
    const marked = async () =>
      Object.fromEntries(
        (await world.store.reading.apiKeys.pageAlive({ organizationId: id }, { limit: 50 })).items.map((key) => [key.description, key.createdByLeft]),
      )
    expect(await marked()).toEqual({ 'made by bob': false, 'made by ada': false })
    const { keysToRoll } = await world.execute(deactivateMember, ada.principal, { organization, user: bob.name })
    expect(keysToRoll.map(({ description, holderName }) => ({ description, holderName }))).toEqual([{ description: 'made by bob', holderName: machine.name }])
    expect(await keyStanding(bobs.key)).toBeNull()
    expect(await marked()).toEqual({ 'made by bob': true, 'made by ada': false })
    // A repeated deactivation and the removal list the key again, because it is still valid.
    expect((await world.execute(deactivateMember, ada.principal, { organization, user: bob.name })).keysToRoll).toHaveLength(1)
    expect((await world.execute(removeMember, ada.principal, { organization, user: bob.name })).keysToRoll).toHaveLength(1)
    expect(await keyStanding(bobs.key)).toBeNull()
    expect(await marked()).toEqual({ 'made by bob': true, 'made by ada': false })
  })

  test('a membership status follows the allowed transitions only (A20)', async () => {
    const { organization, ada, bob } = await three()
    const status = async () => (await world.store.reading.memberships.member(ada.principal.organizationId as never, bob.name))?.status
    const actions = {
      deactivate: () => world.execute(deactivateMember, ada.principal, { organization, user: bob.name }),
      reactivate: () => world.execute(reactivateMember, ada.principal, { organization, user: bob.name }),
      remove: () => world.execute(removeMember, ada.principal, { organization, user: bob.name }),
    }
    const walk = async (...steps: (keyof typeof actions)[]) => {
      const seen: (string | undefined)[] = []
      for (const step of steps) seen.push(await codeOf(actions[step]()), await status())
      return seen
    }
    expect(await walk('reactivate', 'deactivate', 'deactivate', 'reactivate', 'deactivate')).toEqual([
      'ok',
      'active',
      'ok',
      'deactivated',
      'ok',
      'deactivated',
      'ok',
      'active',
      'ok',
      'deactivated',
    ])
    expect(await walk('remove', 'reactivate', 'deactivate', 'remove')).toEqual([
      'ok',
      'left',
      'membership_ended',
      'left',
      'membership_ended',
      'left',
      'membership_ended',
      'left',
    ])
  })
})
