import type { EndReason } from '@muster/contract/events.ts'
import type { OrganizationId, ServiceAccountId, UserId } from '@muster/contract/ids.ts'
import type { ProblemCode } from '@muster/contract/problems.ts'
import { type DeactivationDetails, deactivatedDetail } from '@muster/contract/revocation.ts'
import type { ApiKey } from '../model/api-key.ts'
import type { LiveAccount, LiveKey, LiveMembership, LiveState } from '../model/live.ts'
import type { Membership } from '../model/membership.ts'
import type { Organization } from '../model/organization.ts'
import type { KeyPrincipal, UserPrincipal } from '../model/principal.ts'
import { Problem } from '../model/problem.ts'
import type { Tx } from '../store.ts'
import { contactOf, emailOfContact } from './contact.ts'
import { together } from './together.ts'

/** The facts that a refusal depends on, whatever the credential is. */
interface Standing {
  ended: boolean
  expired: boolean
  /** The operator has suspended the person. */
  suspended: boolean
  deactivated: boolean
  organization: Organization | null
  /** The organization that the session or key was created for. */
  madeFor: OrganizationId | null
  /** The epoch in the row of the credential, and the current epoch of its holder. */
  madeAt: number
  epoch: number
}

function standingOf(live: LiveState | LiveKey): Standing {
  const { organization } = live
  if ('session' in live) {
    const { session, account, membership, now, tokenRevoked } = live
    return {
      ended: session.endedAt !== null || tokenRevoked,
      expired: session.expiresAt <= now,
      suspended: account.suspendedAt !== null,
      deactivated: membership?.status === 'deactivated',
      organization,
      madeFor: session.organizationId,
      madeAt: session.epoch,
      epoch: account.epoch,
    }
  }
  const { key, holder, now } = live
  const deactivated = holder.kind === 'user' && holder.membership?.status === 'deactivated'
  const suspended = holder.kind === 'user' && holder.account.suspendedAt !== null
  const { epoch } = holder.kind === 'user' ? holder.account : holder.serviceAccount
  return {
    // Switching the policy on ends such keys. One that was created at that moment is refused here.
    ended: key.endedAt !== null || lacksScope(live),
    expired: key.expiresAt !== null && key.expiresAt <= now,
    suspended,
    deactivated,
    organization,
    madeFor: key.organizationId,
    madeAt: key.epoch,
    epoch,
  }
}

/** The organization that the key was created for allows only keys with a scope. Another organization decides nothing about it. */
const lacksScope = ({ key, keyPolicy, organization }: LiveKey): boolean =>
  keyPolicy === 'scoped' && key.scope === null && key.organizationId === organization?.id

/**
 * Why a genuine and unexpired credential is refused, or null. The order is part of the contract (S36, steps 2 to 7), so that each caller learns the most useful
 * reason. Step 8, the missing username, is checked separately, because a few routes need none.
 */
export function refusalOf(live: LiveState | LiveKey | null, credential: { epoch: number; organizationId: OrganizationId | null }): ProblemCode | null {
  if (!live) return 'invalid_token'
  const { ended, expired, suspended, deactivated, organization, madeFor, madeAt, epoch } = standingOf(live)
  if (expired) return 'token_expired'
  if (ended || live.restsSince) return 'token_revoked'
  if (suspended) return 'account_suspended'
  if (deactivated) return 'user_deactivated'
  if (organization?.suspendedAt) return 'organization_suspended'
  if (madeAt !== epoch || credential.epoch !== epoch) {
    // A token issued before its holder registered names no organization. Its session does.
    const belongedTo = credential.organizationId ?? madeFor
    return belongedTo !== null && belongedTo !== organization?.id ? 'membership_left' : 'token_revoked'
  }
  return null
}

/** @throws Problem for the first reason that applies, with the details of S35 for a deactivated member */
export async function requireStanding(tx: Tx, principal: UserPrincipal): Promise<LiveState> {
  return requireValid(tx, await tx.sessions.liveState(principal.sessionId, principal.token?.jti ?? null), principal)
}

/** For a session that was looked up, or a token issued for it. @throws Problem for the first reason that applies */
export async function requireValid(
  tx: Tx,
  live: LiveState | null,
  credential: { epoch: number; organizationId: OrganizationId | null } | undefined = live?.session,
): Promise<LiveState> {
  if (!live || !credential) throw new Problem('invalid_token')
  await refuse(tx, live, credential)
  return live
}

/** @throws Problem for the first reason that applies */
export async function requireKeyStanding(tx: Tx, principal: KeyPrincipal): Promise<LiveKey> {
  return requireValidKey(tx, await tx.apiKeys.live({ id: principal.keyId }), principal)
}

/** For a key that was looked up. @throws Problem for the first reason that applies */
export async function requireValidKey(tx: Tx, live: LiveKey | null, principal: KeyPrincipal): Promise<LiveKey> {
  await refuse(tx, live, principal)
  return live as LiveKey
}

/** @throws Problem with the reason, if the credential is refused */
export async function refuse(tx: Tx, live: LiveState | LiveKey | null, credential: { epoch: number; organizationId: OrganizationId | null }): Promise<void> {
  const refusal = refusalOf(live, credential)
  if (refusal === 'account_suspended' && live) {
    const account = accountOf(live)
    if (account) throw suspendedPersonProblem(account, live.organization)
  }
  if (refusal === 'user_deactivated' && live) {
    const inBrowser = 'session' in live && live.session.kind === 'browser'
    throw await deactivatedProblem(tx, { membership: membershipOf(live), organization: live.organization }, { withEmail: inBrowser })
  }
  if (refusal === 'organization_suspended' && live?.organization) throw suspendedProblem(live.organization, holderId(live))
  if (refusal === 'token_revoked' && live) throw new Problem(refusal, whyEnded(live))
  if (refusal === 'token_expired' && live && 'key' in live) throw expiredKeyProblem(live.key)
  if (refusal) throw new Problem(refusal)
}

/** Says which key it was, because its holder may have many. @see docs/rules.md P12 */
const expiredKeyProblem = ({ description, expiresAt }: ApiKey): Problem =>
  new Problem('token_expired', `The key "${description}" expired on ${expiresAt?.toISOString().slice(0, 10)}.`, {
    extensions: { next: 'Create another key.', command: 'muster key create DESCRIPTION' },
  })

/** Given if the holder of the session may not know why it ended: another person ended it, or the user did elsewhere. */
const signedOutBy: Record<string, string> = {
  access_revoked: 'The user revoked the access of this application. They can allow it again.',
  signed_out_by_admin: 'An admin of your organization signed you out everywhere. You can sign in again.',
  signed_out_by_operator: 'The operator of this server signed you out everywhere. You can sign in again.',
  factors_reset: 'Your passkeys and your authenticator app were reset, which ended all sessions. Sign in with your password and a code that we email to you.',
  restored: 'This server was restored from a backup, which ended all sessions. You can sign in again.',
} satisfies Partial<Record<EndReason, string>>

function whyEnded(live: LiveState | LiveKey): string | undefined {
  if (live.restsSince)
    return `This server was restored from a backup on ${live.restsSince.toISOString().slice(0, 10)}. Keys and refresh tokens from before are refused until its operator keeps them.`
  if ('session' in live) return signedOutBy[live.session.endedReason ?? '']
  return lacksScope(live) || (live.key.scope === null && live.key.endedReason === 'scope_required')
    ? 'Your organization allows only keys with a scope. Create another key, and name its permissions.'
    : undefined
}

/** Names the organization and the time. The reason is between the operator and the admins. */
export const suspendedProblem = ({ id, name, suspendedAt }: Organization, who: UserId | ServiceAccountId): Problem =>
  new Problem('organization_suspended', undefined, {
    extensions: { organization: { id, name }, suspended_at: suspendedAt?.toISOString() },
    keptOut: { id: who, organizationId: id },
  })

function holderId(live: LiveState | LiveKey): UserId | ServiceAccountId {
  if ('session' in live) return live.account.id
  return live.holder.kind === 'user' ? live.holder.account.id : live.holder.serviceAccount.id
}

/** Null for a key of a service account. */
function accountOf(live: LiveState | LiveKey): LiveAccount | null {
  if ('session' in live) return live.account
  return live.holder.kind === 'user' ? live.holder.account : null
}

/** Says since when. The reason is the operator's, whom the person has to ask (O14). */
export const suspendedPersonProblem = ({ id, suspendedAt }: Pick<LiveAccount, 'id' | 'suspendedAt'>, organization: Pick<Organization, 'id'> | null): Problem =>
  new Problem('account_suspended', undefined, {
    extensions: { suspended_at: suspendedAt?.toISOString() },
    keptOut: { id, organizationId: organization?.id ?? null },
  })

function membershipOf(live: LiveState | LiveKey): LiveMembership | null {
  if ('session' in live) return live.membership
  return live.holder.kind === 'user' ? live.holder.membership : null
}

/**
 * The 401 for a deactivated member: the organization, the time and the contact (S35). `withEmail` is for Muster's own pages, which show the contact's email
 * address; applications get only the name.
 */
export async function deactivatedProblem(
  tx: Tx,
  { membership, organization }: Pick<LiveState, 'membership' | 'organization'>,
  { withEmail = false } = {},
): Promise<Problem> {
  if (!membership || !organization) return new Problem('user_deactivated')
  const details = await deactivationDetails(tx, { membership, organization })
  return new Problem('user_deactivated', deactivatedDetail(organization.name, details), {
    extensions: {
      organization: { id: organization.id, name: organization.name },
      ...details,
      ...(withEmail && details.contact && { contact_email: await emailOfContact(tx, details.contact) }),
    },
    keptOut: { id: membership.userId, organizationId: organization.id },
  })
}

/** The time and the contact (S35), read from the database. Resource servers have the values from the event. */
export async function deactivationDetails(
  tx: Pick<Tx, 'organizations'>,
  { membership, organization }: { membership: Pick<Membership, 'userId' | 'statusAt'>; organization: Organization },
): Promise<DeactivationDetails> {
  return { deactivated_at: membership.statusAt.toISOString(), contact: await contactOf(tx, organization, membership.userId) }
}

/** @throws Problem account_suspended, or user_deactivated with the details of S35 */
export async function refuseBarredPerson(tx: Tx, userId: UserId): Promise<void> {
  const [account, membership] = await together(tx.accounts.find(userId), tx.memberships.current(userId))
  if (account?.suspendedAt) throw suspendedPersonProblem(account, membership && { id: membership.organizationId })
  if (membership?.status !== 'deactivated') return
  const found = await tx.organizations.find(membership.organizationId)
  throw await deactivatedProblem(tx, { membership: { ...membership, status: 'deactivated' }, organization: found?.organization ?? null })
}
