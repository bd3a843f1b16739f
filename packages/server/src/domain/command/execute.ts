import type { DomainEvent } from '@muster/contract/events.ts'
import type { OrganizationId } from '@muster/contract/ids.ts'
import type { AdminPermission, Permission } from '@muster/contract/permissions.ts'
import type { DeactivationDetails, RevocationKind } from '@muster/contract/revocation.ts'
import type { Account } from '../accounts/user.ts'
import { type Principal, principalId } from '../model/principal.ts'
import { Problem } from '../model/problem.ts'
import { type SecretKeys, sameBytes } from '../model/secret-keys.ts'
import { type Organization, requireCurrentName } from '../organizations/organization.ts'
import type { Store, Tx } from '../store.ts'
import {
  type Actor,
  actorOf,
  actorOfKey,
  authorize,
  type LiveState,
  requireKeyStanding,
  requireStanding,
  type SessionActor,
  type UserActor,
} from './authorize.ts'
import type { Limits } from './limits.ts'
import { type Plans, standardPlans } from './plan.ts'
import { awaitEnded, record } from './record.ts'
import { type Attempted, rememberRefusal } from './refused-attempts.ts'

/** What a command is handed. It opens no connection and sends nothing itself, so it can be run again when two transactions collide. */
export interface Context {
  readonly tx: Tx
  readonly principal: Principal
  readonly keys: SecretKeys
  /** What plans there are (S7). */
  readonly plans: Plans
  /** Tells the world of a change, in this transaction. */
  record(event: DomainEvent, details?: DeactivationDetails): Promise<void>
  /** Nothing changes, since these had ended before: whoever waits, waits for that. */
  awaitEnded(kind: RevocationKind, subjects: readonly string[]): Promise<void>
  /** Says what is under way, for the record of a refusal (S57). `enter` says the organization and the permission. */
  attempt(what: Partial<Attempted>): void
  /**
   * The caller's account, its row locked until commit, for what only the person at hand may do.
   * @throws Problem when the credential is not good any more, user_not_registered, or session_required for a key
   */
  account(options?: { unregistered?: boolean }): Promise<{ account: Account; live: LiveState }>
  /** Locks the organization's row (and others), then reads the caller anew and asks for the permission: who was demoted a moment ago finds out here. */
  enter<P extends Permission>(
    reference: string,
    permission: P,
    also?: readonly OrganizationId[],
  ): Promise<{ actor: ActorWith<P>; organization: Organization; locked: Organization[] }>
  /** Locks these organizations and the caller's own, then reads the caller anew: for those who move, which no key does. */
  lockWithMine(ids: readonly OrganizationId[]): Promise<{ actor: SessionActor; locked: Organization[] }>
}

/** Who may have a permission: what only admins may do, only people do. */
export type ActorWith<P extends Permission> = [P] extends [AdminPermission] ? UserActor : Actor

export type Command<I, O> = (context: Context, input: I) => Promise<O>

export interface Idempotency {
  key: string
  /** Digest of method, route and body: the same key with another request is refused. */
  requestHash: Uint8Array
}

export type Execute = <I, O>(command: Command<I, O>, principal: Principal, input: I, options?: { idempotency?: Idempotency | undefined }) => Promise<O>

/** Makes the one way in which state changes: a transaction around a command. */
export function createExecute({
  store,
  keys,
  limits,
  plans = standardPlans,
}: {
  store: Store
  keys: SecretKeys
  limits: Limits
  plans?: Plans | undefined
}): Execute {
  return async (command, principal, input, options = {}) => {
    let attempt: Partial<Attempted> = {}
    const endedBefore = principal.origin.ended?.length ?? 0
    try {
      return await store.transaction(async (tx) => {
        principal.origin.ended?.splice(endedBefore) // of a run that was rolled back
        attempt = {}
        const rights: Right[] = []
        const context: Context = {
          ...contextOf(tx, principal, { keys, plans }, (right) => {
            context.attempt({ attempted: right.permission, organizationId: right.organizationId })
            rights.push(right)
          }),
          attempt: (what) => void Object.assign(attempt, what),
        }
        const { idempotency } = options
        if (!idempotency) return command(context, input)
        return once(context, idempotency, rights, () => command(context, input))
      })
    } catch (error) {
      principal.origin.ended?.splice(endedBefore)
      await rememberRefusal({ store, limits }, principal, attempt, error)
      throw error
    }
  }
}

interface Right {
  organizationId: OrganizationId
  permission: Permission
}

function contextOf(
  tx: Tx,
  principal: Principal,
  { keys, plans }: Pick<Context, 'keys' | 'plans'>,
  onEntered: (right: Right) => void,
): Omit<Context, 'attempt'> {
  const standing = async (): Promise<LiveState> => {
    // First whether the key is good at all: only then what it cannot do (S35).
    if (principal.kind === 'key') await requireKeyStanding(tx, principal)
    if (principal.kind === 'key') throw new Problem('session_required')
    if (principal.kind !== 'user') throw new Problem('authentication_required')
    return requireStanding(tx, principal)
  }
  const anyActor = async (): Promise<Actor> => (principal.kind === 'key' ? actorOfKey(await requireKeyStanding(tx, principal)) : actorOf(await standing()))
  return {
    tx,
    principal,
    keys,
    plans,
    record: (event, details) => record(tx, principal, event, details),
    awaitEnded: (kind, subjects) => awaitEnded(tx, principal, kind, subjects),
    async account({ unregistered = false } = {}) {
      if (principal.kind === 'user') await tx.accounts.lock(principal.userId)
      const live = await standing()
      if (!unregistered) actorOf(live)
      return { account: live.account, live }
    },
    async enter(reference, permission, also = []) {
      const found = await tx.organizations.find(reference)
      if (!found) throw new Problem('organization_not_found')
      const locked = await tx.organizations.lock([found.organization.id, ...also])
      const organization = locked.find(({ id }) => id === found.organization.id)
      if (!organization) throw new Problem('organization_not_found')
      const actor = await anyActor()
      onEntered({ organizationId: organization.id, permission })
      authorize(actor, organization.id, permission)
      requireCurrentName(found)
      return { actor: actor as ActorWith<typeof permission>, organization, locked } // a service account has the role member, and got no further if that is not enough
    },
    async lockWithMine(ids) {
      const mine = actorOf(await standing()).organization.id
      const locked = await tx.organizations.lock([...new Set([mine, ...ids])])
      const actor = actorOf(await standing())
      // Between the look and the lock the caller was moved: what is locked now is not what decides.
      if (actor.organization.id !== mine) throw new Problem('membership_left')
      return { actor, locked }
    },
  }
}

/** Same key, same answer, one effect (I11). The answer is kept in the transaction of its effect; whoever lost the right since then is refused before it is read. */
async function once<O>({ tx, principal, keys, account, enter }: Context, idempotency: Idempotency, rights: Right[], run: () => Promise<O>): Promise<O> {
  const who = principalId(principal)
  const context = `${who}/${idempotency.key}`
  const kept = await tx.idempotency.claim(who, idempotency.key, idempotency.requestHash)
  if (!kept) {
    const answer = await run()
    await tx.idempotency.answer(
      who,
      idempotency.key,
      keys.seal('idempotency', context, JSON.stringify({ answer: answer ?? null, rights, ended: principal.origin.ended?.map(String) })),
    )
    return answer
  }
  if (!sameBytes(kept.requestHash, idempotency.requestHash)) throw new Problem('idempotency_key_reused')
  if (!kept.answer) throw new Problem('unavailable', 'The first request with this key is still in progress.', { extensions: { retry_after: 1 } })
  const { answer, rights: asked, ended = [] } = JSON.parse(keys.open('idempotency', context, kept.answer)) as { answer: O; rights: Right[]; ended?: string[] }
  principal.origin.ended?.push(...ended.map(BigInt))
  if (principal.kind === 'user') await account({ unregistered: true })
  if (principal.kind === 'key') await requireKeyStanding(tx, principal)
  for (const right of asked) await enter(right.organizationId, right.permission)
  return answer
}
