import type { DomainEvent, EventOf, EventType } from '@muster/contract/events.ts'
import type { OrganizationId } from '@muster/contract/ids.ts'
import type { DeactivationDetails, RevocationKind, RevocationValues } from '@muster/contract/revocation.ts'

/** Tokens carry the time of the process that issued them, which is at most two seconds off (S54). A commit comes a moment after its time. */
const CLOCK_DIFFERENCE_SECONDS = 5

/**
 * The effect on tokens already issued. The state only grows, so revocations may be read in any order, and twice. The revocation of one token is kept for as
 * long as the token could be valid.
 */
export type Revocation = {
  [K in RevocationKind]: { kind: K; subject: string; value: RevocationValues[K] } & (K extends 'token' ? { expiresAt: Date } : unknown)
}[RevocationKind]

const nothing = (): null => null

/** The new role counts at once. A receiver of an earlier version knows no role below member, so it receives that the earlier tokens are revoked (P11). */
const roleChanged = ({
  target,
  epoch,
  role,
  roleId,
  roleRevision,
  version,
  lowered,
}: EventOf<'membership.role_changed' | 'service_account.role_changed'>): Revocation[] => [
  { kind: 'role', subject: target, value: { epoch, role, version, ...(roleId && { role_id: roleId, role_revision: roleRevision ?? 0 }) } },
  ...(lowered ? [{ kind: 'user', subject: target, value: { belowEpoch: epoch, reason: 'token_revoked' } } as const] : []),
]

/** The revocations of each event. A new event does not compile without an entry. */
const revocations: { [T in EventType]: (event: EventOf<T>) => Revocation | Revocation[] | null } = {
  'account.created': nothing,
  'account.viewed': nothing,
  'email.resent': nothing,
  'user.registered': nothing,
  'user.names_changed': nothing,
  'password.reset_requested': nothing,
  'password.reset': nothing, // the ended sessions have their own events
  'password.changed': nothing, // the ended sessions and keys have their own events
  'email.change_requested': nothing,
  'email.changed': nothing,

  'passkey.added': nothing,
  'passkey.renamed': nothing,
  'passkey.removed': nothing, // it starts no further session
  'passkey.copied': nothing,

  'identity.linked': nothing,
  'identity.unlinked': nothing, // it starts no further session

  'authenticator.added': nothing,
  'authenticator.removed': nothing,
  'authenticator.locked': nothing,
  'authenticator.unlocked': nothing,
  'factors.reset_requested': nothing,
  'factors.reset_confirmed': nothing,
  'factors.reset_stopped': nothing,
  'factors.reset': nothing, // the ended sessions have their own events
  'recovery_codes.created': nothing,
  'recovery_code.used': nothing,
  'remembered_device.added': nothing,
  'remembered_device.used': nothing,
  'remembered_device.forgotten': nothing, // it has no token
  'second_factor.always_changed': nothing,

  'session.started': nothing,
  'session.confirmed': nothing,
  'session.ended': ({ target }) => ({ kind: 'session', subject: target, value: { reason: 'token_revoked' } }),
  'token.revoked': ({ jti, expiresAt }) => ({ kind: 'token', subject: jti, value: { reason: 'token_revoked' }, expiresAt: new Date(expiresAt) }),
  'refresh_token.issued': nothing,
  'refresh_token.first_used': nothing,
  'refresh_token.used_elsewhere': nothing,
  'refresh_token.reused': nothing, // the ended session has its own event
  'device_authorization.requested': nothing,
  'device_authorization.claimed': nothing,
  'device_authorization.redeemed': nothing,
  'device_authorization.approved': nothing,
  'device_authorization.denied': nothing,

  'consent.given': nothing,
  'consent.revoked': nothing, // each session that it ends has its own event

  'organization.created': nothing,
  'organization.renamed': nothing, // only org_id decides (S32)
  'organization.shared': nothing,
  'membership.started': ({ target, epoch, reason }) =>
    reason === 'founded' ? null : { kind: 'user', subject: target, value: { belowEpoch: epoch, reason: 'membership_left' } },
  'membership.ended': ({ target, epoch }) => ({ kind: 'user', subject: target, value: { belowEpoch: epoch, reason: 'membership_left' } }),
  'membership.role_changed': (event) => roleChanged(event),

  'membership.deactivated': ({ target, epoch }) => ({ kind: 'user', subject: target, value: { belowEpoch: epoch, reason: 'user_deactivated' } }),
  'membership.reactivated': ({ target, epoch, suspended }) => ({ kind: 'enabled', subject: target, value: { epoch, ...(suspended && { barred: true }) } }), // no earlier credential becomes valid again (S33), but receivers are informed

  // Two rows: receivers of an earlier version understand the first, and the second says which refusal comes first (S36).
  'user.suspended': ({ target, epoch, deactivated, at }) => [
    { kind: 'user', subject: target, value: { belowEpoch: epoch, reason: deactivated ? 'user_deactivated' : 'account_suspended' } },
    { kind: 'account', subject: target, value: { suspended: true, epoch, suspended_at: at } },
  ],
  'user.resumed': ({ target, epoch, deactivated }) => ({
    kind: 'account',
    subject: target,
    value: { suspended: false, epoch, ...(deactivated && { barred: true }) },
  }),

  'service_account.created': nothing,
  'service_account.changed': nothing,
  'service_account.role_changed': (event) => roleChanged(event),
  'service_account.removed': ({ target, epoch }) => ({ kind: 'user', subject: target, value: { belowEpoch: epoch, reason: 'token_revoked' } }),
  'service_account.keys_ended': ({ target, epoch }) => ({ kind: 'user', subject: target, value: { belowEpoch: epoch, reason: 'token_revoked' } }),
  'key.created': nothing,
  'key.renamed': nothing,
  'key.ended': ({ target }) => ({ kind: 'key', subject: target, value: { reason: 'token_revoked' } }),

  'role.created': nothing,
  // Another name or description allows the same (P10).
  'role.changed': ({ target, revision, added, removed }) =>
    added.length + removed.length === 0 ? null : { kind: 'role_definition', subject: target, value: { revision } },
  'role.removed': nothing, // nobody holds it
  'organization.plan_changed': nothing,
  'organization.suspended': ({ target, version }) => ({ kind: 'organization', subject: target, value: { suspended: true, version } }),
  'organization.resumed': ({ target, version }) => ({ kind: 'organization', subject: target, value: { suspended: false, version } }),
  'organization.contacts_changed': nothing,
  'organization.key_policy_changed': nothing, // each key that it ends has its own event
  'organization.factor_policy_changed': nothing, // tokens end with their session, or are refused at the next refresh (F13)
  'resource.registered': nothing,
  'resource.transferred': nothing, // ownership does not affect permissions
  'resource.removed': nothing,

  'invitation.created': nothing,
  'invitation.accepted': nothing,
  'invitation.role_changed': nothing,
  'invitation.resent': nothing,
  'invitation.replaced': nothing,
  'invitation.link_copied': nothing,
  'invitation.expired': nothing,
  'invitation.declined': nothing,
  'invitation.opened': nothing, // an invitation session has no token
  'invitation.revoked': nothing,

  'client.registered': nothing,
  'client.changed': nothing, // scopes are checked at use, and the next token has those registered then (P14)
  'client.secret_created': nothing,
  'client.secret_revoked': nothing, // tokens that it obtained end within the hour (P14)
  'client.addresses_read': nothing,
  'client.removed': ({ target, at }) => ({
    kind: 'client',
    subject: target,
    value: { until: Math.ceil(Date.parse(at) / 1000) + CLOCK_DIFFERENCE_SECONDS, reason: 'token_revoked' },
  }),
  'api.created': nothing,
  // Another name or description allows the same (P10).
  'api.changed': ({ audience, revision, fields, added, removed }) =>
    fields.includes('grant') || added.length + removed.length > 0 ? { kind: 'catalogue', subject: audience, value: { revision } } : null,
  'api.removed': nothing,
  'stream.created': nothing,
  'stream.changed': nothing,
  'stream.removed': nothing,
  'signing_key.created': nothing,
  'signing_key.rotated': nothing,
  'signing_key.withdrawn': ({ target }) => ({ kind: 'signing_key', subject: target, value: { reason: 'token_revoked' } }),
  'operator_token.created': nothing,
  'operator_token.revoked': nothing, // it is valid at Muster only, which looks it up in each request
  'secret.rotated': nothing,
  'secret.rotation_finished': nothing,
  'secret.compromised': nothing, // the withdrawn signing keys have their own events
  'store.restored': nothing, // its signing keys have their own events
  'store.keys_kept': nothing,
  'record.migrated': nothing,
  refused: nothing,
}

/** All event types. */
export const eventTypes = Object.keys(revocations) as EventType[]

/** `details` go to resource servers but not into the audit log, which names no contact (S38). */
export function revocationsOf(event: DomainEvent, details?: DeactivationDetails): Revocation[] {
  const all = (revocations[event.type] as (event: DomainEvent) => Revocation | Revocation[] | null)(event) ?? []
  return [all].flat().map((revocation) => (revocation.kind === 'user' && details ? { ...revocation, value: { ...revocation.value, ...details } } : revocation))
}

/** A stored revocation. `xid` is the transaction that wrote it. Commits become visible in another order than ids. */
export interface RecordedRevocation {
  id: bigint
  xid: bigint
  kind: RevocationKind
  subject: string
  value: Record<string, unknown>
  at: Date
  expiresAt: Date
  /** Acknowledgements are stored, because a caller waits for them. */
  awaited: boolean
}

/** Notifications from other processes, while the connection lasts. */
export interface Notices {
  revocation(revocation: RecordedRevocation): void
  /** A stream was changed. */
  stream(id: string): void
  acknowledged(ids: bigint[]): void
  /** A stream acknowledged these to another process than the one that sent them. */
  acknowledgedElsewhere(streamId: string, ids: bigint[]): void
  /** Events have positions up to this one. These organizations have new ones; null: any may have. */
  events?(last: bigint, organizations: readonly OrganizationId[] | null): void
  /** The connection was established, for the first time or again. */
  connected(): void
}
