import { CLI_CLIENT_ID, type OrganizationId, type UserId } from '@muster/contract/ids.ts'
import { refusalOf } from '@muster/server/domain/command/refused-credential.ts'
import { createKey } from '@muster/server/domain/credentials/api-key.ts'
import { changeServiceAccount, createServiceAccount, createServiceAccountKey } from '@muster/server/domain/credentials/service-account.ts'
import { startSession } from '@muster/server/domain/credentials/session.ts'
import { createSecret, previewInvitation } from '@muster/server/domain/invitations/invitation.ts'
import { systemPrincipal } from '@muster/server/domain/model/principal.ts'
import { changeRole } from '@muster/server/domain/organizations/change-role.ts'
import { deactivateMember, reactivateMember } from '@muster/server/domain/organizations/deactivation.ts'
import { joinOrganization, leaveOrganization } from '@muster/server/domain/organizations/move.ts'
import { movePlan } from '@muster/server/domain/organizations/move-plan.ts'
import { reviveOrganization } from '@muster/server/domain/organizations/operator.ts'
import { registerResource, transferResource } from '@muster/server/domain/resources/resource.ts'
import { aWorld, type Person, type World } from '@muster/testkit/world.ts'
import { afterAll, beforeAll, beforeEach, describe, expect, onTestFinished, test } from 'vitest'

let world: World
beforeAll(async () => {
  world = await aWorld('postgres')
})
afterAll(() => world.close())

let count = 0
let organization: string
let id: OrganizationId
let people: Record<'ada' | 'bob' | 'cyd', Person>
beforeEach(async () => {
  count += 1
  const made = await world.organization({ [`ada${count}`]: 'admin', [`bob${count}`]: 'member', [`cyd${count}`]: 'admin' })
  ;({ organization, id } = made)
  people = Object.fromEntries(Object.entries(made.people).map(([name, person]) => [name.slice(0, 3), person])) as typeof people
  await world.customRole(id, 'Deployer', ['organization:read', 'members:read', 'invitations:create'])
})
const give = (who: Person, role: string, by = people.ada) => world.execute(changeRole, by.principal, { organization, user: who.id, role })
const epochOf = async (userId: UserId): Promise<number | undefined> => (await world.store.reading.accounts.find(userId))?.epoch
const roleEvents = async () => (await world.written()).filter(({ type }) => type === 'membership.role_changed').map(({ details }) => details)

describe('lowering a member below member (P11)', () => {
  test('sessions and keys of a lowered person go on at the new epoch', async () => {
    const { ada, bob } = people
    const browser = await world.login(bob)
    const { id: keyId } = await world.execute(createKey, bob.principal, { description: 'CI', scope: ['members:read'], expiresInDays: null })
    const before = (await epochOf(bob.id)) ?? 0
    await world.written()
    const { member } = await give(bob, 'viewer')
    expect([member.role, await epochOf(bob.id)]).toEqual(['viewer', before + 1])
    expect(await roleEvents()).toMatchObject([{ role: 'viewer', epoch: before + 1, lowered: true }])
    for (const { principal } of [bob, browser]) {
      const live = await world.store.reading.sessions.liveState(principal.sessionId, null)
      expect([live?.session.epoch, live && refusalOf(live, live.session)]).toEqual([before + 1, null])
    }
    const key = await world.store.reading.apiKeys.live({ id: keyId })
    expect([key?.key.epoch, key && refusalOf(key, key.key)]).toEqual([before + 1, null])
    expect(ada.id).not.toBe(bob.id)
  })

  test('a token from before a person was lowered is refused with token_revoked', async () => {
    const { bob } = people
    await give(bob, 'Deployer')
    const live = await world.store.reading.sessions.liveState(bob.principal.sessionId, null)
    expect(refusalOf(live, { epoch: bob.principal.epoch, organizationId: bob.principal.organizationId })).toBe('token_revoked')
    await expect(world.execute(createSecret, bob.principal, { organization, role: 'viewer' })).rejects.toMatchObject({ code: 'token_revoked' })
  })

  test('a session that ended before a person was lowered stays ended', async () => {
    const { ada, bob } = people
    await world.execute(deactivateMember, ada.principal, { organization, user: bob.id })
    await world.execute(reactivateMember, ada.principal, { organization, user: bob.id })
    const next = await world.login(bob)
    await give(bob, 'viewer')
    const refusal = async ({ principal }: Person) => {
      const live = await world.store.reading.sessions.liveState(principal.sessionId, null)
      return live && refusalOf(live, live.session)
    }
    expect([await refusal(bob), await refusal(next)]).toEqual(['token_revoked', null])
  })

  test('a deactivated person keeps the epoch when their role is lowered', async () => {
    const { ada, bob } = people
    await world.execute(deactivateMember, ada.principal, { organization, user: bob.id })
    const before = await epochOf(bob.id)
    await world.written()
    await give(bob, 'viewer')
    expect(await epochOf(bob.id)).toBe(before)
    expect((await roleEvents())[0]).not.toHaveProperty('lowered')
  })

  test('a person below member keeps the epoch when their role changes again', async () => {
    const { bob } = people
    await give(bob, 'viewer')
    const before = await epochOf(bob.id)
    for (const role of ['Deployer', 'viewer', 'member', 'admin', 'member']) await give(bob, role)
    expect(await epochOf(bob.id)).toBe(before)
  })

  test('the event names the custom role, and the person is below member by it', async () => {
    const { cyd } = people
    const roleId = (await world.store.reading.roles.find(id, 'Deployer'))?.id
    await world.written()
    await give(cyd, 'deployer')
    expect(await roleEvents()).toMatchObject([{ role: 'custom', roleId, roleName: 'Deployer', roleRevision: 1, lowered: true }])
  })

  test('a login that begins while its person is lowered goes on too', async () => {
    const { bob } = people
    const [entered, mayEnd] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
    onTestFinished(() => mayEnd.resolve()) // Otherwise a failure would leave the transaction open.
    const signingIn = world.execute(
      async (context, _: undefined) => {
        const account = await context.tx.accounts.lock(bob.id)
        if (!account) throw new Error('bob has no account')
        const session = await startSession(context, { kind: 'cli', account, organizationId: id, clientId: CLI_CLIENT_ID })
        entered.resolve()
        await mayEnd.promise
        return session
      },
      systemPrincipal,
      undefined,
    )
    await entered.promise
    const lowering = give(bob, 'viewer')
    await expect.poll(() => world.rows(`select from pg_locks where not granted and locktype in ('transactionid', 'tuple')`)).toHaveLength(1)
    mayEnd.resolve()
    const [session] = await Promise.all([signingIn, lowering])
    const live = await world.store.reading.sessions.liveState(session.id, null)
    expect(live && refusalOf(live, live.session)).toBeNull()
  })
})

describe('changing a role (P8, P9)', () => {
  test('a role that does not exist is refused with the names that do (P6)', async () => {
    const refused = { code: 'role_not_found', extensions: { roles: ['admin', 'member', 'viewer', 'Deployer'] } }
    await expect(give(people.bob, 'custom')).rejects.toMatchObject(refused)
    await expect(world.execute(createSecret, people.ada.principal, { organization, role: 'Painter' })).rejects.toMatchObject(refused)
  })

  test('an admin names a role without regard to case (P6)', async () => {
    const roleOf = async () => (await world.store.reading.memberships.member(id, `bob${count}`))?.role
    await give(people.bob, 'VIEWER')
    expect(await roleOf()).toBe('viewer')
    await give(people.bob, 'dEPLOYER')
    expect(await roleOf()).toBe('custom')
  })

  test('a role of another organization cannot be given (E79)', async () => {
    const other = await world.organization({ [`eve${count}`]: 'admin' })
    const foreign = await world.customRole(other.id, 'Foreign', [])
    for (const role of [foreign, 'Foreign']) await expect(give(people.bob, role)).rejects.toMatchObject({ code: 'role_not_found' })
  })

  test.each(['viewer', 'Deployer'])('an admin who becomes %s leaves no open invitation (S19)', async (role) => {
    const { id: invitation } = await world.execute(createSecret, people.cyd.principal, { organization, role: 'member' })
    await give(people.cyd, role)
    expect((await world.store.reading.invitations.find(invitation))?.state).toBe('revoked')
  })

  test('the resources of a person who can no longer remove them pass to the admin (P9)', async () => {
    const { ada, bob } = people
    await world.execute(registerResource, bob.principal, { organization, kind: 'database', name: 'main' })
    const { handedOver } = await give(bob, 'viewer')
    expect(handedOver).toMatchObject([{ kind: 'database', name: 'main' }])
    expect((await world.store.reading.resources.find(id, 'database', 'main'))?.ownerId).toBe(ada.id)
    expect((await give(bob, 'Deployer')).handedOver).toEqual([])
  })

  test('the resources of a viewer with another such role pass to the admin (P9)', async () => {
    const { ada, bob } = people
    await give(bob, 'viewer')
    await world.execute(registerResource, ada.principal, { organization, kind: 'database', name: 'main', owner: bob.id })
    expect((await give(bob, 'viewer')).handedOver, 'the same role').toEqual([])
    expect((await give(bob, 'Deployer')).handedOver).toMatchObject([{ kind: 'database', name: 'main' }])
    expect((await world.store.reading.resources.find(id, 'database', 'main'))?.ownerId).toBe(ada.id)
  })

  test.each(['leaves', 'moves'])('a person who may not transfer resources %s, and an admin gets them (P9)', async (way) => {
    const { ada } = people
    const name = { organization, kind: 'database', name: 'main' }
    await world.execute(registerResource, people.bob.principal, name)
    const blocked = await world.execute(movePlan, people.bob.principal, {})
    expect([blocked.possible, blocked.blockers.length, blocked.loses.some(({ kind }) => kind === 'resources')]).toEqual([false, 1, false])
    await give(people.bob, 'viewer')
    await world.execute(transferResource, ada.principal, { ...name, owner: people.bob.id })
    const bob = await world.again(people.bob)
    expect(await world.execute(movePlan, bob.principal, {})).toMatchObject({
      possible: true,
      blockers: [],
      loses: expect.arrayContaining([{ kind: 'resources', count: 1, detail: `1 resource of yours passes to an admin of ${organization}.` }]),
    })
    await world.written()
    if (way === 'leaves') await world.execute(leaveOrganization, bob.principal, { organization })
    else {
      const host = await world.organization({ [`dan${count}`]: 'admin' })
      const token = await world.secretOf(host.people[`dan${count}`] as Person, host.organization)
      await world.execute(joinOrganization, bob.principal, { token })
    }
    expect((await world.store.reading.resources.find(id, 'database', 'main'))?.ownerId).toBe(ada.id)
    expect((await world.written()).find(({ type }) => type === 'resource.transferred')?.details).toMatchObject({ from: bob.id, to: ada.id, reason: 'moved' })
  })

  test('an attempt of a person to give a role beyond their own is recorded (S57, P8)', async () => {
    await give(people.bob, 'Deployer')
    const bob = await world.again(people.bob)
    await world.written()
    await expect(world.execute(createSecret, bob.principal, { organization, role: 'member' })).rejects.toMatchObject({ code: 'role_exceeds_yours' })
    expect(await world.written()).toMatchObject([{ type: 'refused', outcome: 'refused', details: { code: 'role_exceeds_yours' } }])
  })

  test('an invited person is told to try again later, and of no server (P11)', async () => {
    const token = await world.secretOf(people.ada, organization, 'viewer')
    const { principal } = await world.person(`zed${count}`)
    await world.rows(`insert into server_process (id, name, secret_checks, generation, knows_roles) values ('old', 'old, process 1', '', 1, false)`)
    onTestFinished(async () => void (await world.rows('delete from server_process')))
    await expect(world.execute(joinOrganization, principal, { token })).rejects.toMatchObject({ code: 'upgrade_unfinished', detail: undefined })
  })
})

describe('an invitation of somebody who can no longer make it (P8)', () => {
  const deployersSecret = async (): Promise<string> => {
    await world.customRole(id, 'Reader', ['members:read'])
    await give(people.bob, 'Deployer')
    return world.secretOf(await world.again(people.bob), organization, 'Reader')
  }
  const accept = async (token: string) => world.execute(joinOrganization, (await world.person(`new${count}`)).principal, { token })

  test('an invitation counts while the role of its inviter covers it', async () => {
    const token = await deployersSecret()
    await accept(token)
    const joined = await world.store.reading.memberships.member(id, `new${count}`)
    expect([joined?.role, joined?.customRole?.name]).toEqual(['custom', 'Reader'])
  })

  test.each([
    ['the role of the inviter loses the permission to invite', 'Deployer', ['organization:read', 'members:read']],
    ['the role of the inviter loses a permission of the invited role', 'Deployer', ['invitations:create']],
    ['the invited role gets a permission that the inviter lacks', 'Reader', ['members:read', 'audit:read']],
  ])('an invitation is revoked when %s (E80)', async (_, role, permissions) => {
    const token = await deployersSecret()
    await world.customRole(id, role, permissions)
    await expect(previewInvitation(world.store.reading, world.keys, token)).rejects.toMatchObject({ code: 'invitation_revoked', status: 410 })
    await expect(accept(token)).rejects.toMatchObject({ code: 'invitation_revoked', status: 410 })
  })

  test('an invitation that no longer counts does not keep its address from being invited', async () => {
    await deployersSecret()
    const { id: first } = await world.invite(await world.again(people.bob), organization, 'zoe@example.com', 'Reader')
    await world.customRole(id, 'Deployer', [])
    const { id: second } = await world.invite(people.ada, organization, 'zoe@example.com')
    expect((await world.store.reading.invitations.find(first))?.state).toBe('revoked')
    expect((await world.store.reading.invitations.find(second))?.state).toBe('open')
  })
})

describe('the role of a service account (P9)', () => {
  test('keys of a lowered service account go on with the rights of the new role', async () => {
    const { ada } = people
    const account = await world.execute(createServiceAccount, ada.principal, { organization, name: 'robot' })
    const input = { organization, serviceAccount: 'robot' }
    const { id: keyId } = await world.execute(createServiceAccountKey, ada.principal, { ...input, description: 'CI', scope: null, expiresInDays: null })
    await world.execute(registerResource, ada.principal, { organization, kind: 'database', name: 'main', owner: 'robot' })
    await world.written()
    const { account: lowered, handedOver } = await world.execute(changeServiceAccount, ada.principal, { ...input, role: 'Deployer' })
    expect(handedOver).toMatchObject([{ kind: 'database', name: 'main' }])
    expect([lowered.role, lowered.epoch]).toEqual(['custom', account.epoch + 1])
    const events = await world.written()
    expect(events.find(({ type }) => type === 'service_account.role_changed')?.details).toMatchObject({ role: 'custom', roleName: 'Deployer', lowered: true })
    expect((await world.store.reading.resources.find(id, 'database', 'main'))?.ownerId).toBe(ada.id)
    const live = await world.store.reading.apiKeys.live({ id: keyId })
    expect(live && refusalOf(live, live.key)).toBeNull()
    expect(live?.holder).toMatchObject({ serviceAccount: { role: 'custom', customRole: { name: 'Deployer' } } })
  })

  test('a service account cannot be an admin', async () => {
    const create = (role: string) => world.execute(createServiceAccount, people.ada.principal, { organization, name: 'robot', role })
    await expect(create('admin')).rejects.toMatchObject({ code: 'service_account_not_admin' })
    expect(await create('viewer')).toMatchObject({ role: 'viewer' })
  })
})

describe('while a server of the version before runs (P11)', () => {
  const running = (knowsRoles: boolean) =>
    world.rows(`insert into server_process (id, name, secret_checks, generation, knows_roles) values ('old', 'old, process 1', '', 1, ${knowsRoles})
      on conflict (id) do update set knows_roles = ${knowsRoles}, seen_at = now()`)
  const unfinished = { code: 'upgrade_unfinished', status: 409, detail: expect.stringContaining('old, process 1') }

  test('no role below member is given, and no one is invited to one', async () => {
    const { ada, bob } = people
    const account = { organization, name: 'robot', role: 'viewer' }
    await running(false)
    try {
      for (const role of ['viewer', 'Deployer']) {
        await expect(give(bob, role)).rejects.toMatchObject(unfinished)
        await expect(world.execute(createSecret, ada.principal, { organization, role })).rejects.toMatchObject(unfinished)
        await expect(world.invite(ada, organization, 'zoe@example.com', role)).rejects.toMatchObject({ code: 'upgrade_unfinished' })
      }
      await expect(world.execute(createServiceAccount, ada.principal, account)).rejects.toMatchObject(unfinished)
      expect((await give(bob, 'admin')).member.role).toBe('admin')
      await world.rows(`update server_process set seen_at = now() - interval '1 minute'`)
      expect((await give(bob, 'viewer')).member.role).toBe('viewer')
    } finally {
      await world.rows('delete from server_process')
    }
  })
})

test('a secret of the operator counts while the organization has no members (S23)', async () => {
  const operator = { kind: 'operator' as const, name: 'root', tokenId: null, origin: people.ada.principal.origin }
  await world.rows(`update membership set status = 'left' where organization_id = '${id}'`)
  const [first, second] = [
    await world.execute(reviveOrganization, operator, { organization }),
    await world.execute(reviveOrganization, operator, { organization }),
  ]
  const [max, eve] = [await world.person(`max${count}`), await world.person(`eve${count}`)]
  await world.execute(joinOrganization, max.principal, { token: first.secret })
  await expect(world.execute(joinOrganization, eve.principal, { token: second.secret })).rejects.toMatchObject({ code: 'invitation_revoked' })
})
