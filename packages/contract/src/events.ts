import type { ClientId, DeviceAuthorizationId, InvitationId, OrganizationId, PasswordResetId, RefreshTokenId, SessionId, UserId } from './ids.ts'
import type { Role } from './permissions.ts'

export type SessionKind = 'browser' | 'cli' | 'refresh' | 'application'
export type InvitationKind = 'secret' | 'link' | 'email'

/** Why a membership ended. */
export type LeaveReason = 'removed' | 'left' | 'moved' | 'dormant'
/** Why a membership began, or began again. */
export type JoinReason = 'founded' | 'accepted' | 'woken'
/** Why a session ended. */
export type EndReason = 'signed_out' | 'logged_out' | 'revoked' | 'password_reset' | 'ended_by_user' | 'replaced'

/**
 * What can change, and what is remembered of it. `target` is the id of what the change is about, `organizationId` where it belongs.
 * Replaying them from empty gives the memberships, roles and names of today (S57), so a field here is never left out later.
 */
export interface DomainEvents {
  'account.created': { target: UserId }
  'user.registered': { target: UserId; username: string }
  'user.names_changed': { target: UserId; fields: string[] }
  'password.reset_requested': { target: UserId; passwordResetId: PasswordResetId }
  'password.reset': { target: UserId; endedSessions: number }

  'session.started': { target: SessionId; userId: UserId; kind: SessionKind; clientId: ClientId | null; organizationId: OrganizationId | null }
  'session.ended': { target: SessionId; userId: UserId; reason: EndReason; organizationId: OrganizationId | null }
  'token.revoked': { target: SessionId; userId: UserId; jti: string; expiresAt: string; organizationId: OrganizationId | null }
  'refresh_token.issued': { target: RefreshTokenId; userId: UserId; sessionId: SessionId; clientId: ClientId; organizationId: OrganizationId | null }
  'refresh_token.first_used': { target: RefreshTokenId; userId: UserId; organizationId: OrganizationId | null }
  'refresh_token.used_elsewhere': { target: RefreshTokenId; userId: UserId; organizationId: OrganizationId | null }
  'refresh_token.reused': { target: RefreshTokenId; userId: UserId; sessionId: SessionId; organizationId: OrganizationId | null }
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

  'organization.created': { target: OrganizationId; organizationId: OrganizationId; name: string; founderId: UserId }
  'organization.renamed': { target: OrganizationId; organizationId: OrganizationId; from: string; to: string }
  'organization.shared': { target: OrganizationId; organizationId: OrganizationId }
  'membership.started': { target: UserId; organizationId: OrganizationId; role: Role; reason: JoinReason; epoch: number; invitationId?: InvitationId }
  'membership.ended': { target: UserId; organizationId: OrganizationId; reason: LeaveReason; epoch: number }
  'membership.role_changed': { target: UserId; organizationId: OrganizationId; role: Role; epoch: number; version: number }

  'invitation.created': { target: InvitationId; organizationId: OrganizationId; kind: InvitationKind; role: Role; expiresAt: string }
  'invitation.accepted': { target: InvitationId; organizationId: OrganizationId; userId: UserId }
  'invitation.revoked': { target: InvitationId; organizationId: OrganizationId; cause: 'revoked' | 'inviter_left' | 'inviter_demoted' | 'organization_dormant' }

  'client.registered': { target: ClientId; name: string; grants: string[]; scopes: string[] }
  'client.removed': { target: ClientId; name: string }
  'signing_key.created': { target: string; alg: string }
  'signing_key.rotated': { target: string; alg: string }

  /** A refusal of consequence: recorded after its rollback, in a transaction of its own (S57). */
  refused: { target: string; organizationId: OrganizationId | null; attempted: string; code: string }
}

export type EventType = keyof DomainEvents
export type EventOf<T extends EventType> = { type: T } & DomainEvents[T]
export type DomainEvent = { [T in EventType]: EventOf<T> }[EventType]
