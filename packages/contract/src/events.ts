import type { FactorPolicy } from './authentication.ts'
import type {
  ApiId,
  ApiKeyId,
  AuditEventId,
  ClientId,
  ClientSecretId,
  DeviceAuthorizationId,
  EmailChangeId,
  IdentityId,
  InvitationId,
  OperatorTokenId,
  OrganizationId,
  PasskeyId,
  PasswordResetId,
  RefreshTokenId,
  RememberedDeviceId,
  ResourceId,
  RoleId,
  ServiceAccountId,
  SessionId,
  StreamId,
  UserId,
} from './ids.ts'
import type { KeyPolicy, Permission, Role } from './permissions.ts'

export type SessionKind = 'browser' | 'cli' | 'refresh' | 'application'
export type InvitationKind = 'secret' | 'link' | 'email'

/** The action that was refused. Stored in the audit log, so a name never changes. */
export type Attempt = Permission | 'credential:use' | 'session:start' | 'invitations:accept' | 'invitations:decline' | 'organization:leave'

export type LeaveReason = 'removed' | 'left' | 'moved' | 'dormant'
export type JoinReason = 'founded' | 'accepted' | 'woken'
/** Why a single key ended. Most keys become invalid when their holder's epoch increases, without an event of their own. */
export type KeyEndReason = 'revoked' | 'password_changed' | 'password_reset' | 'factors_reset' | 'scope_required'
/** Why a resource has a new owner: somebody transferred it, or its owner left. */
export type TransferReason = 'transferred' | 'removed' | 'moved' | 'service_account_removed' | 'role_changed'
export type EndReason =
  | 'signed_out'
  | 'logged_out'
  | 'revoked'
  | 'password_reset'
  | 'password_changed'
  | 'ended_by_user'
  | 'replaced'
  | 'session_limit'
  | 'access_revoked'
  | 'signed_out_by_admin'
  | 'signed_out_by_operator'
  | 'factors_reset'
  | 'restored'

/** A person or a service account has another role. */
interface ApiEvent {
  target: ApiId
  name: string
  audience: string
  /** Those that changed, as the manifest names them. */
  fields: string[]
  /** Permissions. */
  added: string[]
  removed: string[]
  /** What members may do now, as patterns. */
  grant: string[]
  viewer: string[]
  revision: number
}

interface ChangedRoleOf<Holder> {
  target: Holder
  organizationId: OrganizationId
  role: Role
  /** Of a custom role, with its name and its revision at this moment. */
  roleId?: RoleId
  roleName?: string
  roleRevision?: number
  epoch: number
  version: number
  /** The new role is below member and the old one was not, so the holder has a new epoch: earlier tokens are refused everywhere (P11). */
  lowered?: true
}

/**
 * All events and their fields. `target` is the id of the changed object. An event with an `organizationId` is in the audit log of that organization.
 * Replaying all events results in the current memberships, roles and names (S57), so a field is never removed. `personal-fields.ts` says which fields are personal.
 */
export interface DomainEvents {
  'account.created': { target: UserId }
  /** The operator looked at the account (O13). In no organization's audit log. */
  'account.viewed': { target: UserId }
  /** The operator sent an email again. The target is the id of its job. */
  'email.resent': { target: string; template: string }
  'user.registered': { target: UserId; username: string }
  /** With an organization if one of its admins changed the names. */
  'user.names_changed': { target: UserId; fields: string[]; organizationId?: OrganizationId }
  'password.reset_requested': { target: UserId; passwordResetId: PasswordResetId }
  'password.reset': { target: UserId; endedSessions: number; endedKeys: number }
  'password.changed': { target: UserId; endedSessions: number; endedKeys: number }
  'email.change_requested': { target: UserId; emailChangeId: EmailChangeId }
  'email.changed': { target: UserId; emailChangeId: EmailChangeId }

  'passkey.added': { target: PasskeyId; userId: UserId; name: string; deviceBound: boolean }
  'passkey.renamed': { target: PasskeyId; userId: UserId; name: string }
  'passkey.removed': { target: PasskeyId; userId: UserId; name: string }
  /** The counter of a device-bound passkey fell, so its key may have been copied (F3). The sign-in was refused. */
  'passkey.copied': { target: PasskeyId; userId: UserId; name: string }

  /** An account at a provider now signs this user in (F20). */
  'identity.linked': { target: IdentityId; userId: UserId; provider: string; issuer: string }
  'identity.unlinked': { target: IdentityId; userId: UserId; provider: string; issuer: string }

  'authenticator.added': { target: UserId; userId: UserId }
  'authenticator.removed': { target: UserId; userId: UserId }
  /** 50 codes were wrong, with no right one in between. It accepts no code until its owner uses another factor or an emailed link (F7). */
  'authenticator.locked': { target: UserId; userId: UserId }
  /** By the link in an email to its owner. */
  'authenticator.unlocked': { target: UserId; userId: UserId }
  /** An admin asked for the reset of a member's factors, in force a day later (F12). */
  'factors.reset_requested': { target: UserId; userId: UserId; organizationId: OrganizationId; inForceAt: string }
  /** A second admin lets it take force at once. */
  'factors.reset_confirmed': { target: UserId; userId: UserId; organizationId: OrganizationId; requestedBy: UserId }
  /** By the member or an admin, before it took force. */
  'factors.reset_stopped': { target: UserId; userId: UserId; organizationId: OrganizationId }
  /** Passkeys, authenticator app and recovery codes were removed, and the sessions ended: by the operator, or for an organization, which ends the keys too. */
  'factors.reset': {
    target: UserId
    userId: UserId
    passkeys: number
    authenticator: boolean
    /** Of other providers. */
    identities?: number
    endedSessions: number
    endedKeys?: number
    organizationId?: OrganizationId
  }
  'recovery_codes.created': { target: UserId; userId: UserId; count: number }
  'recovery_code.used': { target: UserId; userId: UserId; left: number }
  /** Whether a second factor is asked for after every password, also without an authenticator app (F1). */
  'second_factor.always_changed': { target: UserId; userId: UserId; always: boolean }
  /** A browser in which a sign-in by password requires no second factor for 30 days (F11). */
  'remembered_device.added': { target: RememberedDeviceId; userId: UserId }
  /** A sign-in by password needed no second factor in it. */
  'remembered_device.used': { target: RememberedDeviceId; userId: UserId }
  /** By its owner. Whatever else ends it has its own event. */
  'remembered_device.forgotten': { target: RememberedDeviceId; userId: UserId }

  /** `methods`: how the person proved who they are (RFC 8176). Not in events from before passkeys. */
  'session.started': {
    target: SessionId
    userId: UserId
    kind: SessionKind
    clientId: ClientId | null
    organizationId: OrganizationId | null
    methods?: string[]
  }
  /** The person proved again who they are (F15). */
  'session.confirmed': { target: SessionId; userId: UserId; organizationId: OrganizationId | null; methods: string[] }
  'session.ended': { target: SessionId; userId: UserId; reason: EndReason; organizationId: OrganizationId | null }
  'token.revoked': { target: SessionId; userId: UserId; jti: string; expiresAt: string; organizationId: OrganizationId | null }
  'refresh_token.issued': { target: RefreshTokenId; userId: UserId; sessionId: SessionId; clientId: ClientId; organizationId: OrganizationId | null }
  'refresh_token.first_used': { target: RefreshTokenId; userId: UserId; organizationId: OrganizationId | null }
  'refresh_token.used_elsewhere': { target: RefreshTokenId; userId: UserId; organizationId: OrganizationId | null }
  'refresh_token.reused': { target: RefreshTokenId; userId: UserId; sessionId: SessionId; organizationId: OrganizationId | null }
  /** Only in older logs. An unclaimed request is no longer an event. */
  'device_authorization.requested': { target: DeviceAuthorizationId; clientId: ClientId }
  'device_authorization.claimed': {
    target: DeviceAuthorizationId
    userId: UserId
    sessionId: SessionId
    clientId: ClientId
    organizationId: OrganizationId | null
  }
  'device_authorization.redeemed': {
    target: DeviceAuthorizationId
    userId: UserId
    sessionId: SessionId
    clientId: ClientId
    organizationId: OrganizationId | null
  }
  'device_authorization.approved': {
    target: DeviceAuthorizationId
    userId: UserId
    sessionId: SessionId
    clientId: ClientId
    organizationId: OrganizationId | null
  }
  'device_authorization.denied': { target: DeviceAuthorizationId; userId: UserId; clientId: ClientId; organizationId: OrganizationId | null }

  /** What the user now lets the client do (P16): scopes, those of the platform's APIs with the audience. */
  'consent.given': { target: ClientId; userId: UserId; organizationId: OrganizationId; name: string; granted: string[] }
  'consent.revoked': { target: ClientId; userId: UserId; organizationId: OrganizationId | null; name: string }

  'organization.created': { target: OrganizationId; organizationId: OrganizationId; name: string; founderId: UserId }
  'organization.renamed': { target: OrganizationId; organizationId: OrganizationId; from: string; to: string }
  /** The organization is no longer personal: a second person joined, or its founder could not return while it was suspended (S2). */
  'organization.shared': { target: OrganizationId; organizationId: OrganizationId }
  'membership.started': {
    target: UserId
    organizationId: OrganizationId
    role: Role
    roleId?: RoleId
    roleName?: string
    reason: JoinReason
    epoch: number
    invitationId?: InvitationId
  }
  'membership.ended': { target: UserId; organizationId: OrganizationId; reason: LeaveReason; epoch: number }
  /** `reason` is the operator's. */
  'membership.role_changed': ChangedRoleOf<UserId> & { reason?: string }

  /** `epoch` is the user's new epoch. Credentials with a lower epoch are invalid (S32). */
  'membership.deactivated': { target: UserId; organizationId: OrganizationId; epoch: number; reason: string | null }
  /** `suspended`: the operator still refuses the person. */
  'membership.reactivated': { target: UserId; organizationId: OrganizationId; epoch: number; suspended?: true }

  /** By the operator (O14). `epoch` is the account's new epoch. `deactivated`: the person's organization had deactivated them before. In no organization's audit log. */
  'user.suspended': { target: UserId; epoch: number; at: string; deactivated: boolean; reason: string | null }
  /** Credentials from before stay invalid. `deactivated`: the person's organization still refuses them. */
  'user.resumed': { target: UserId; epoch: number; deactivated: boolean }

  /** Without a role in events from before P9: a member. */
  'service_account.created': { target: ServiceAccountId; organizationId: OrganizationId; name: string; role?: Role; roleId?: RoleId; roleName?: string }
  'service_account.changed': { target: ServiceAccountId; organizationId: OrganizationId; name: string }
  'service_account.role_changed': ChangedRoleOf<ServiceAccountId>
  'service_account.removed': { target: ServiceAccountId; organizationId: OrganizationId; epoch: number }
  /** The last member left the organization (S23). The service account remains, but its keys are invalid. */
  'service_account.keys_ended': { target: ServiceAccountId; organizationId: OrganizationId; epoch: number }
  /** Without a scope, the key may do everything that its holder may. Events from before P12 have neither `scope` nor `expiresAt`. */
  'key.created': {
    target: ApiKeyId
    organizationId: OrganizationId
    holderId: UserId | ServiceAccountId
    description: string
    scope?: readonly string[] | null
    expiresAt?: string | null
  }
  'key.renamed': { target: ApiKeyId; organizationId: OrganizationId; holderId: UserId | ServiceAccountId; description: string }
  'key.ended': { target: ApiKeyId; organizationId: OrganizationId; holderId: UserId | ServiceAccountId; reason: KeyEndReason }

  'organization.plan_changed': { target: OrganizationId; organizationId: OrganizationId; from: string; to: string; reason?: string }
  'organization.suspended': { target: OrganizationId; organizationId: OrganizationId; version: number; reason: string | null }
  'organization.resumed': { target: OrganizationId; organizationId: OrganizationId; version: number; reason?: string }
  /** `from`: when the policy takes force. */
  'organization.factor_policy_changed': {
    target: OrganizationId
    organizationId: OrganizationId
    policy: FactorPolicy
    from: string | null
    rememberedDevices: boolean
  }
  /** Which keys the organization allows (F15). Those that it no longer allows end, each with its own event. */
  'organization.key_policy_changed': { target: OrganizationId; organizationId: OrganizationId; keys: KeyPolicy }
  /** A custom role (P7). `revision` is 1 for a new role, and higher after each change. */
  'role.created': { target: RoleId; organizationId: OrganizationId; name: string; description: string; permissions: string[]; revision: number }
  'role.changed': {
    target: RoleId
    organizationId: OrganizationId
    name: string
    description: string
    permissions: string[]
    revision: number
    added: string[]
    removed: string[]
  }
  'role.removed': { target: RoleId; organizationId: OrganizationId; name: string }
  'organization.contacts_changed': { target: OrganizationId; organizationId: OrganizationId; fields: string[] }

  'resource.registered': {
    target: ResourceId
    organizationId: OrganizationId
    kind: string
    name: string
    ownerId: UserId | ServiceAccountId
    hostLabel: string | null
  }
  'resource.transferred': {
    target: ResourceId
    organizationId: OrganizationId
    from: UserId | ServiceAccountId
    to: UserId | ServiceAccountId
    reason: TransferReason
  }
  'resource.removed': { target: ResourceId; organizationId: OrganizationId; kind: string; name: string }

  'invitation.created': {
    target: InvitationId
    organizationId: OrganizationId
    kind: InvitationKind
    role: Role
    roleId?: RoleId
    roleName?: string
    expiresAt: string
  }
  /** The role that it gave was removed, and its holders got another one (P9). */
  'invitation.role_changed': { target: InvitationId; organizationId: OrganizationId; role: Role; roleId?: RoleId; roleName?: string }
  /** With a new link. The previous one is invalid (S9). */
  'invitation.resent': { target: InvitationId; organizationId: OrganizationId; version: number; expiresAt: string }
  /** With a new link or secret, because the secret of the installation has leaked (O8). The previous one is invalid. An email invitation is sent again. */
  'invitation.replaced': { target: InvitationId; organizationId: OrganizationId; version: number }
  /** The link was shown to an admin again (S18). */
  'invitation.link_copied': { target: InvitationId; organizationId: OrganizationId }
  /** Recorded only when the address is invited again (S9). */
  'invitation.expired': { target: InvitationId; organizationId: OrganizationId }
  'invitation.declined': { target: InvitationId; organizationId: OrganizationId; userId: UserId }
  /** A deactivated member entered their password to answer an invitation of another organization (S26). In no organization's audit log. */
  'invitation.opened': { target: InvitationId; userId: UserId }
  'invitation.accepted': { target: InvitationId; organizationId: OrganizationId; userId: UserId }
  'invitation.revoked': {
    target: InvitationId
    organizationId: OrganizationId
    cause: 'revoked' | 'inviter_left' | 'inviter_deactivated' | 'inviter_suspended' | 'inviter_demoted' | 'organization_dormant'
  }

  /** `thirdParty`: people are asked for consent (P16). */
  'client.registered': { target: ClientId; name: string; grants: string[]; scopes: string[]; thirdParty?: true }
  /** `fields` as the API names them. Ends nothing that was issued (P14). */
  'client.changed': { target: ClientId; name: string; fields: string[]; scopes?: string[]; redirectUris?: string[] }
  'client.secret_created': { target: ClientId; name: string; secretId: ClientSecretId }
  /** The tokens that it obtained end by themselves, within the hour. */
  'client.secret_revoked': { target: ClientId; name: string; secretId: ClientSecretId }
  /** The client read email addresses. Once an hour at most, and without the addresses (P15). In no organization's audit log. */
  'client.addresses_read': { target: ClientId; name: string }
  /** Everything issued to the client until `at` is invalid. */
  'client.removed': { target: ClientId; name: string; at: string }
  'api.created': ApiEvent
  'api.changed': ApiEvent
  'api.removed': ApiEvent
  'stream.created': { target: StreamId; clientId: ClientId; method: 'poll' | 'push' }
  'stream.changed': { target: StreamId; clientId: ClientId; fields: string[] }
  'stream.removed': { target: StreamId; clientId: ClientId }
  'signing_key.created': { target: string; alg: string }
  'signing_key.rotated': { target: string; alg: string }
  'signing_key.withdrawn': { target: string; alg: string }
  'operator_token.created': { target: OperatorTokenId; name: string; expiresAt: string | null }
  'operator_token.revoked': { target: OperatorTokenId; name: string }

  /** New values are made with another secret (O8). */
  'secret.rotated': { target: 'secret'; generation: number }
  /** The previous secret opens nothing any more. */
  'secret.rotation_finished': { target: 'secret'; generation: number }
  /** The secret has leaked: every value of the previous one is invalid. */
  'secret.compromised': { target: 'secret'; generation: number }
  /** The database was restored from a backup, and access that was given before has ended (O9). */
  'store.restored': { target: string; backupAt: string; restedKeys: number; restedRefreshTokens: number }
  /** Keys and refresh tokens that rested since a restore are valid again. */
  'store.keys_kept': { target: string; before: string }

  /** The personal values of the events up to this one were moved out of their rows (P19). Once, by an upgrade from a version that stored them there. */
  'record.migrated': { target: AuditEventId }

  /** A refusal that matters for security. Recorded in its own transaction, after the rollback of the refused one (S57). */
  refused: { target: string; organizationId: OrganizationId | null; attempted: Attempt; code: string }
}

export type EventType = keyof DomainEvents
export type EventOf<T extends EventType> = { type: T } & DomainEvents[T]
export type DomainEvent = { [T in EventType]: EventOf<T> }[EventType]
