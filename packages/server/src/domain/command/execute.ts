import type { OrganizationId, UserId } from '@muster/contract/ids.ts'
import type { Permission } from '@muster/contract/permissions.ts'
import type { OtherWays } from '../accounts/store.ts'
import { type Admission, openAdmission } from '../model/admission.ts'
import type { Actor, LiveState } from '../model/live.ts'
import { requireCurrentName } from '../model/organization.ts'
import { type Plans, standardPlans } from '../model/plan.ts'
import { type Principal, principalId } from '../model/principal.ts'
import { Problem } from '../model/problem.ts'
import { type SecretKeys, sameBytes } from '../model/secret-keys.ts'
import type { Store, Tx } from '../store.ts'
import { actorOf, actorOfKey, authorize, requireMember } from './authorize.ts'
import type { ActorWith, Context, Execute, Idempotency } from './context.ts'
import type { Limits } from './limits.ts'
import { requireFirstParty } from './recent.ts'
import { awaitEnded, record } from './record.ts'
import { type Attempted, recordRefusedAttempt } from './refused-attempts.ts'
import { requireKeyStanding, requireStanding, requireValid, requireValidKey } from './refused-credential.ts'
import { together } from './together.ts'

/** Creates `execute`, the only way to change state: it runs a command in a transaction. */
export function createExecute({
  store,
  keys,
  limits,
  plans = standardPlans,
  admission = openAdmission,
  passwords,
  ways,
}: {
  store: Store
  keys: SecretKeys
  limits: Limits
  plans?: Plans | undefined
  admission?: Admission | undefined
  passwords: boolean
  ways: OtherWays
}): Execute {
  return async (command, principal, input, options = {}) => {
    let attempt: Partial<Attempted> = {}
    const endedBefore = principal.origin.ended?.length ?? 0
    try {
      return await store.transaction(async (tx) => {
        principal.origin.ended?.splice(endedBefore) // drops the entries of a run that was rolled back
        attempt = {}
        await holdOperatorToken(tx, principal)
        const rights: Right[] = []
        const context: Context = {
          ...contextOf(tx, principal, { keys, plans, admission, passwords, ways }, (right) => {
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
      await recordRefusedAttempt({ store, limits }, principal, attempt, error)
      throw error
    }
  }
}

/** The token was valid when the request began. Held, it is not revoked before the commit of what it does (O12). */
async function holdOperatorToken({ operatorTokens }: Pick<Tx, 'operatorTokens'>, principal: Principal): Promise<void> {
  if (principal.kind !== 'operator' || principal.tokenId === null) return
  if (!(await operatorTokens.hold(principal.tokenId))) throw new Problem('operator_required', 'This token has been revoked or has expired.')
}

interface Right {
  organizationId: OrganizationId
  permission: Permission
}

function contextOf(
  tx: Tx,
  principal: Principal,
  { keys, plans, admission, passwords, ways }: Pick<Context, 'keys' | 'plans' | 'admission' | 'passwords' | 'ways'>,
  onEntered: (right: Right) => void,
): Omit<Context, 'attempt'> {
  const standing = async (): Promise<LiveState> => {
    // A key that is not valid is refused for that reason first (S35), and only then for being a key.
    if (principal.kind === 'key') await requireKeyStanding(tx, principal)
    if (principal.kind === 'key') throw new Problem('session_required')
    if (principal.kind !== 'user') throw new Problem('authentication_required')
    return requireStanding(tx, principal)
  }
  /** Reads the caller, and returns how to check them. */
  const readCaller = async (): Promise<() => Promise<Actor>> => {
    if (principal.kind === 'key') {
      const live = await tx.apiKeys.live({ id: principal.keyId })
      return async () => actorOfKey(await requireValidKey(tx, live, principal))
    }
    if (principal.kind !== 'user') return async () => actorOf(await standing())
    const live = await tx.sessions.liveState(principal.sessionId, principal.token?.jti ?? null)
    return async () => actorOf(await requireValid(tx, live, principal))
  }
  /** The statements take one round trip. Each sees what was committed before it began, so the caller and the member are read under the lock. */
  const enterNamed = async <P extends Permission, M>(reference: string, permission: P, mode: 'shared' | 'exclusive', readMember: () => Promise<M>) => {
    const [id, check, member] = await together(tx.organizations.lockNamed(reference, mode), readCaller(), readMember())
    if (!id) throw new Problem('organization_not_found')
    const actor = await check()
    onEntered({ organizationId: id, permission })
    authorize(actor, id, permission)
    const { organization } = actor
    requireCurrentName({ organization, former: reference !== id && reference !== organization.name })
    // A service account is never an admin, so it has been refused if only admins have the permission.
    return { actor: actor as ActorWith<P>, organization, member }
  }
  const nobody = async (): Promise<null> => null
  return {
    tx,
    principal,
    keys,
    plans,
    admission,
    passwords,
    ways,
    record: (event, details) => record(tx, principal, event, details),
    awaitEnded: (kind, subjects) => awaitEnded(tx, principal, kind, subjects),
    async account({ unregistered = false, thirdParty = false } = {}) {
      const [, live] = await together(principal.kind === 'user' ? tx.accounts.lock(principal.userId) : null, standing())
      if (!thirdParty) await requireFirstParty(tx, live)
      if (!unregistered) actorOf(live)
      return { account: live.account, live }
    },
    enter: (reference, permission) => enterNamed(reference, permission, 'exclusive', nobody),
    enterShared: (reference, permission) => enterNamed(reference, permission, 'shared', nobody),
    async enterForMember(reference, permission, user) {
      const { actor, organization, member } = await enterNamed(reference, permission, 'exclusive', () => tx.memberships.target(reference, user))
      return { actor, organization, target: requireMember(member) }
    },
    async enterWith(also, reference, permission) {
      const found = await tx.organizations.find(reference)
      if (!found) throw new Problem('organization_not_found')
      const [locked, check] = await together(tx.organizations.lock([found.organization.id, ...also]), readCaller())
      const organization = locked.find(({ id }) => id === found.organization.id)
      if (!organization) throw new Problem('organization_not_found')
      const actor = await check()
      onEntered({ organizationId: organization.id, permission })
      authorize(actor, organization.id, permission)
      requireCurrentName(found)
      return { actor: actor as ActorWith<typeof permission>, organization, locked }
    },
    async lockWithMine(ids) {
      const seen = principal.kind === 'user' ? principal.seen : undefined
      const mine = seen?.organization.id ?? actorOf(await standing()).organization.id // a key is refused here
      const [locked, live, companions] = await together(
        tx.organizations.lock([...new Set([mine, ...ids])]),
        standing(),
        tx.memberships.companions(mine, principalId(principal) as UserId),
      )
      const actor = actorOf(live)
      await requireFirstParty(tx, live)
      // The caller was moved between the read and the lock, so the locked organization is not the caller's any more.
      if (actor.organization.id !== mine) throw new Problem('membership_left')
      return { actor, locked, live, companions }
    },
  }
}

/**
 * The same key gets the same response and has one effect (I11). The response is stored in the transaction of its effect. A caller who has lost the permission
 * since then is refused before the stored response is read.
 */
async function once<O>({ tx, principal, keys, enter }: Context, idempotency: Idempotency, rights: Right[], run: () => Promise<O>): Promise<O> {
  const who = principalId(principal)
  const context = `${who}/${idempotency.key}`
  const kept = await tx.idempotency.claim(who, idempotency.key, idempotency.requestHash)
  if (!kept) {
    const answer = await run()
    const { generation } = keys
    await tx.writeRecords() // gives the revocations their numbers
    await tx.idempotency.answer(
      who,
      idempotency.key,
      keys.of(generation).seal('idempotency', context, JSON.stringify({ answer: answer ?? null, rights, ended: principal.origin.ended?.map(String) })),
      generation,
    )
    return answer
  }
  if (!sameBytes(kept.requestHash, idempotency.requestHash)) throw new Problem('idempotency_key_reused')
  const key = keys.find(kept.keyGeneration)
  if (!kept.answer && key) throw new Problem('unavailable', 'The first request with this key is still in progress.', { extensions: { retry_after: 1 } })
  if (!kept.answer || !key) throw new Problem('idempotency_key_reused', 'The first request took effect. Its response ended when the secret was replaced.')
  const { answer, rights: asked, ended = [] } = JSON.parse(key.open('idempotency', context, kept.answer)) as { answer: O; rights: Right[]; ended?: string[] }
  principal.origin.ended?.push(...ended.map(BigInt))
  if (principal.kind === 'user') await together(tx.accounts.lock(principal.userId), requireStanding(tx, principal))
  if (principal.kind === 'key') await requireKeyStanding(tx, principal)
  for (const right of asked) await enter(right.organizationId, right.permission)
  return answer
}
