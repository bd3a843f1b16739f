import type { ApiKeyId, InvitationId } from '@muster/contract/ids.ts'
import { delegable, type Permission, permissions } from '@muster/contract/permissions.ts'
import type { Api } from '@muster/server/domain/apis/api.ts'
import type { Command } from '@muster/server/domain/command/context.ts'
import { refusalOf } from '@muster/server/domain/command/refused-credential.ts'
import { createKey } from '@muster/server/domain/credentials/api-key.ts'
import { changeServiceAccount, createServiceAccount, createServiceAccountKey } from '@muster/server/domain/credentials/service-account.ts'
import { copyInvitationLink } from '@muster/server/domain/invitations/copy-link.ts'
import { createSecret } from '@muster/server/domain/invitations/invitation.ts'
import { inviteByEmail, resendInvitation } from '@muster/server/domain/invitations/invite-by-email.ts'
import { newId } from '@muster/server/domain/model/id.ts'
import type { Principal } from '@muster/server/domain/model/principal.ts'
import { Problem } from '@muster/server/domain/model/problem.ts'
import { changeRole } from '@muster/server/domain/organizations/change-role.ts'
import { joinOrganization } from '@muster/server/domain/organizations/move.ts'
import { aWorld, type Person, type World } from '@muster/testkit/world.ts'
import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'

// Random people, keys and service accounts try every way to give a role or a permission (P8). What each of them has is computed here, from the rules and not by
// the domain.

let world: World
beforeAll(async () => {
  world = await aWorld()
})
afterAll(() => world.close())

const ownNames = Object.keys(permissions) as Permission[]
/** The catalogue of one API of the platform, with and without a permission that the operator removes and adds again. */
const catalogues = [
  ['apps:read', 'apps:deploy', 'apps:delete'],
  ['apps:read', 'apps:delete'],
] as const
const everyName: readonly string[] = [...ownNames, ...catalogues[0]]
const grants = { member: ['apps:deploy', 'apps:read'], viewer: ['apps:read'] }
const customRoles = ['one', 'two', 'three'] as const
const roleNames = ['admin', 'member', 'viewer', ...customRoles] as const
type RoleName = (typeof roleNames)[number]

interface Held {
  label: string
  role: RoleName
  scope: ReadonlySet<string> | null
}
interface Actor extends Held {
  holder: Person | { machine: string }
  key: ApiKeyId | null
}

/** What a holder and a grant amount to. */
class Rights {
  readonly custom = new Map<string, ReadonlySet<string>>()
  catalogue: readonly string[] = catalogues[0]

  /** Also names that no API has now. */
  named(role: RoleName): Set<string> {
    if (role === 'admin') return new Set(everyName)
    if (role !== 'member' && role !== 'viewer') {
      return new Set([...(this.custom.get(role) ?? [])].filter((name) => !(name in permissions) || (delegable as readonly string[]).includes(name)))
    }
    const own = ownNames.filter((name) => (permissions[name] as readonly string[]).includes(role))
    return new Set([...own, ...this.catalogue.filter((name) => grants[role].includes(name))])
  }
  of({ role, scope }: Held): Set<string> {
    return new Set([...this.named(role)].filter((name) => scope === null || scope.has(name)))
  }
  /** What the role gives now. An admin has what is in the catalogue. */
  given = (role: RoleName): string[] => [...this.named(role)].filter((name) => role !== 'admin' || name in permissions || this.catalogue.includes(name))
  covers = (giver: Held, role: RoleName): boolean => this.given(role).every((name) => this.of(giver).has(name))
}

const ways = [
  'invite',
  'invite',
  'email',
  'resend',
  'copy',
  'accept',
  'accept',
  'role',
  'role',
  'machine',
  'machine role',
  'machine key',
  'key',
  'edit',
  'manifest',
] as const
const step = fc.record({
  way: fc.constantFrom(...ways),
  // The founder, an admin, more often than the others.
  who: fc.oneof(fc.constant(0), fc.nat({ max: 30 })),
  whom: fc.nat({ max: 30 }),
  role: fc.constantFrom(...roleNames),
  names: fc.subarray([...everyName]),
  all: fc.boolean(),
})
type Step = typeof step extends fc.Arbitrary<infer S> ? S : never

/** An invitation counts only while its inviter could still make it. */
const editedInviter: Step[] = [
  { way: 'invite', who: 3, whom: 0, role: 'viewer', names: [], all: false },
  { way: 'edit', who: 0, whom: 0, role: 'one', names: ['invitations:create'], all: false },
  { way: 'accept', who: 0, whom: 0, role: 'one', names: [], all: false },
]

/** A role has a permission that no API has at the moment. */
const withoutApi: Step[] = [
  { way: 'edit', who: 0, whom: 1, role: 'one', names: ['apps:deploy'], all: false },
  { way: 'manifest', who: 0, whom: 1, role: 'one', names: [], all: false },
  { way: 'invite', who: 3, whom: 0, role: 'two', names: [], all: false },
]

let count = 0

/** Adds to `outcomes` what each way led to. */
async function run(plan: readonly Step[], outcomes: Set<string>): Promise<void> {
  count += 1
  const rights = new Rights()
  const founder = `founder_${count}`
  const { id: organizationId, people } = await world.organization({
    [founder]: 'admin',
    [`member_${count}`]: 'member',
    [`viewer_${count}`]: 'viewer',
    [`worker_${count}`]: 'member',
  })
  const name = founder
  const api = {
    id: newId('api'),
    name: `Apps ${count}`,
    audience: `https://apps${count}.example`,
    longestTokenSeconds: null,
    revision: 1,
    acceptsDefaultAudience: false,
  } as const
  const publish = async (names: readonly string[]): Promise<void> => {
    const put = { ...api, permissions: names.map((permission) => ({ name: permission, description: permission })), grants } satisfies Api
    await world.execute(
      async ({ tx }, _: undefined) => {
        for (const { id } of await tx.apis.list()) if (id !== put.id) await tx.apis.remove(id) // of an earlier run
        await tx.apis.clear([put.id])
        await tx.apis.put(put)
      },
      (people[founder] as Person).principal,
      undefined,
    )
    rights.catalogue = names
  }
  const edit = async (role: string, names: readonly string[]): Promise<void> => {
    await world.customRole(organizationId, role, names)
    rights.custom.set(role, new Set(names))
  }
  await publish(catalogues[0])
  for (const [position, role] of customRoles.entries())
    await edit(role, position === 0 ? ['invitations:create', 'organization:read', 'members:read', 'resources:read', 'apps:read'] : [])
  await world.execute(changeRole, (people[founder] as Person).principal, { organization: name, user: `worker_${count}`, role: 'one' })

  const actors: Actor[] = Object.values(people).map((person) => ({
    label: person.name,
    role: person.name === founder ? 'admin' : person.name.startsWith('viewer') ? 'viewer' : person.name.startsWith('worker') ? 'one' : 'member',
    scope: null,
    holder: person,
    key: null,
  }))
  const machines: { label: string; role: RoleName }[] = []
  const invitations: { id: InvitationId; token: string; role: RoleName; by: string; email: boolean; open: boolean }[] = []
  let trying: Step['way'] = 'invite'
  /** Whether the way succeeded. A refusal must be one for want of a right, unless another reason is expected. */
  const attempt = async <O>(work: () => Promise<O>, isAllowed: boolean, text: string): Promise<O | null> => {
    try {
      const answer = await work()
      expect(isAllowed, `${text} succeeded`).toBe(true)
      outcomes.add(`${trying}: given`)
      return answer
    } catch (error) {
      if (!(error instanceof Problem)) throw error
      const forWant = ['forbidden', 'insufficient_scope', 'role_exceeds_yours', 'permission_not_held', 'invitation_revoked', 'session_required']
      expect(forWant, `${text}: ${error.code} ${error.message}`).toContain(error.code)
      expect(isAllowed, `${text} was refused: ${error.code} ${error.message}`).toBe(false)
      outcomes.add(`${trying}: refused`)
      return null
    }
  }
  const execute = <I, O>(command: Command<I, O>, principal: Principal, input: I): Promise<O> => world.execute(command, principal, input)
  /** All keys of a holder follow the role of the holder. */
  const hold = (label: string, role: RoleName): void => {
    for (const actor of actors) if (actor.label === label) actor.role = role
  }

  for (const [position, { way, who, whom, role, names, all }] of plan.entries()) {
    trying = way
    const actor = actors[who % actors.length] as Actor
    const principal = await principalOf(world, actor)
    const has = (permission: Permission): boolean => rights.of(actor).has(permission)
    const isPerson = 'principal' in actor.holder
    const bySession = isPerson && actor.key === null
    const text = `${actor.label} (${actor.role}${actor.scope ? `, scope ${[...actor.scope].join(' ')}` : ''}): ${way} ${role}`
    const keyScope = all ? null : names.length > 0 ? names : ['members:read']
    const mayScope = (holder: RoleName): boolean =>
      keyScope === null ||
      keyScope.every((one) => (one in permissions || rights.catalogue.includes(one)) && rights.of(actor).has(one) && rights.named(holder).has(one))
    const isUnknown = keyScope?.some((one) => !(one in permissions) && !rights.catalogue.includes(one)) ?? false
    if (way === 'edit') await edit(customRoles[whom % 3] as string, names)
    if (way === 'manifest') await publish(catalogues[whom % 2] as readonly string[])
    if (way === 'invite' || way === 'email') {
      const isAllowed = isPerson && has('invitations:create') && rights.covers(actor, role)
      const made = await attempt(
        async () => {
          if (way === 'invite') return (await execute(createSecret, principal, { organization: name, role })).id
          const [result] = await inviteByEmail(world, principal, { organization: name, emails: [`x${count}-${invitations.length}@example.com`], role })
          if (result?.status !== 'created') throw new Error('The address has an invitation.')
          return result.invitation.id
        },
        isAllowed,
        text,
      )
      if (made) invitations.push({ id: made, token: await world.tokenOf(made), role, by: actor.label, email: way === 'email', open: true })
    }
    const invitation = invitations[whom % Math.max(1, invitations.length)]
    const counts = (): boolean => {
      const inviter = actors.find(({ label, key }) => label === invitation?.by && key === null)
      const whole = inviter && { ...inviter, scope: null }
      return invitation?.open === true && whole !== undefined && rights.of(whole).has('invitations:create') && rights.covers(whole, invitation.role)
    }
    if ((way === 'resend' || way === 'copy') && invitation?.email && invitation.open) {
      const isAllowed = isPerson && has('invitations:create') && rights.covers(actor, invitation.role) && counts()
      const reference = { organization: name, id: invitation.id }
      await attempt(
        async () => void (way === 'resend' ? await resendInvitation(world, principal, reference) : await execute(copyInvitationLink, principal, reference)),
        isAllowed,
        text,
      )
    }
    if (way === 'accept' && invitation && !invitation.email && invitation.open) {
      const outsider = await world.person(`out_${count}_${position}`)
      const joined = await attempt(
        () => execute(joinOrganization, outsider.principal, { token: invitation.token }),
        counts(),
        `${text}: accepted as ${invitation.role}`,
      )
      if (joined) {
        invitation.open = false
        actors.push({ label: outsider.name, role: invitation.role, scope: null, holder: outsider, key: null })
      }
    }
    if (way === 'role') {
      const target = actors[whom % actors.length] as Actor
      if ('principal' in target.holder && target.label !== founder && target.label !== actor.label) {
        const isAllowed = has('members:role') && (target.role === role || rights.covers(actor, role))
        const changed = await attempt(
          () => execute(changeRole, principal, { organization: name, user: target.label, role }),
          isAllowed,
          `${text} for ${target.label}`,
        )
        if (changed && target.role !== role) {
          hold(target.label, role)
          if (role !== 'admin') for (const one of invitations) if (one.by === target.label) one.open = false
        }
      }
    }
    if (way === 'machine' && role !== 'admin' && machines.length < 20) {
      const machine = `bot-${machines.length}`
      const isAllowed = has('service-accounts:manage') && rights.covers(actor, role)
      if (await attempt(() => execute(createServiceAccount, principal, { organization: name, name: machine, role }), isAllowed, text))
        machines.push({ label: machine, role })
    }
    const machine = machines[whom % Math.max(1, machines.length)]
    if (way === 'machine role' && role !== 'admin' && machine) {
      const isAllowed = has('service-accounts:manage') && rights.covers(actor, role)
      const input = { organization: name, serviceAccount: machine.label, role }
      if (await attempt(() => execute(changeServiceAccount, principal, input), isAllowed, text)) {
        machine.role = role
        hold(machine.label, role)
      }
    }
    if (way === 'machine key' && machine && !isUnknown && actors.length < 20) {
      const isAllowed = bySession && has('service-accounts:manage') && mayScope(machine.role)
      const input = { organization: name, serviceAccount: machine.label, description: 'x', scope: keyScope, expiresInDays: null }
      const made = await attempt(() => execute(createServiceAccountKey, principal, input), isAllowed, text)
      if (made) actors.push({ ...machine, scope: keyScope && new Set(keyScope), holder: { machine: machine.label }, key: made.id })
    }
    if (way === 'key' && !isUnknown && actors.length < 20) {
      const made = await attempt(
        () => execute(createKey, principal, { description: 'x', scope: keyScope, expiresInDays: null }),
        bySession && mayScope(actor.role),
        text,
      )
      if (made) actors.push({ ...actor, scope: keyScope && new Set(keyScope), key: made.id })
    }
    await checkUses(world, name, actors[whom % actors.length] as Actor, rights, names)
  }
}

/** The credential as it is now. A person whose role was lowered goes on with the same session and keys (P11). */
async function principalOf({ store, again }: World, { holder, key, label }: Actor): Promise<Principal> {
  if (key === null) return (await again(holder as Person)).principal
  const live = await store.reading.apiKeys.live({ id: key })
  if (!live) throw new Error('The key was not found.')
  expect(refusalOf(live, live.key), `a key of ${label}`).toBeNull()
  const of =
    live.holder.kind === 'user'
      ? ({ kind: 'user', id: live.holder.account.id } as const)
      : ({ kind: 'service_account', id: live.holder.serviceAccount.id } as const)
  const origin = { address: '127.0.0.1', userAgent: 'test', requestId: 'test' }
  return { kind: 'key', keyId: key, holder: of, epoch: live.key.epoch, organizationId: live.key.organizationId, origin }
}

/** Every permission is checked when it is used. */
async function checkUses({ execute, ...rest }: World, organization: string, actor: Actor, rights: Rights, names: readonly string[]): Promise<void> {
  const principal = await principalOf({ execute, ...rest }, actor)
  for (const permission of ownNames.filter((name) => names.includes(name)).slice(0, 3)) {
    const used = await execute(async ({ enterShared }, _: undefined) => (await enterShared(organization, permission)).actor.role, principal, undefined).then(
      () => true,
      (error: unknown) => {
        if (error instanceof Problem && ['forbidden', 'insufficient_scope'].includes(error.code)) return false
        throw error
      },
    )
    expect(used, `${actor.label} (${actor.role}) uses ${permission}`).toBe(rights.of(actor).has(permission))
  }
}

test('a holder never gets a permission that the granter lacks, on any path (P8, E79)', { timeout: 120_000 }, async () => {
  const outcomes = new Set<string>()
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 25, maxLength: 45 }), async (plan) => {
      await run(plan, outcomes)
    }),
    { numRuns: 15, endOnFailure: true, seed: 79, examples: [[editedInviter], [withoutApi]] },
  )
  const granting = ways.filter((way) => way !== 'edit' && way !== 'manifest')
  expect(outcomes).toEqual(new Set(granting.flatMap((way) => [`${way}: given`, `${way}: refused`])))
})
