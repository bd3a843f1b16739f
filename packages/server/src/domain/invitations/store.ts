import type { InvitationKind } from '@muster/contract/events.ts'
import type { InvitationId, OrganizationId, SessionId, UserId } from '@muster/contract/ids.ts'
import type { Role } from '@muster/contract/permissions.ts'
import type { EmailAddress } from '../model/email.ts'
import type { Invitation, InvitationState, NamedInvitation } from '../model/invitation.ts'
import type { Page, PageRequest } from '../model/page.ts'

/**
 * A deactivated person who proved the password in order to answer one invitation of another organization (S26). It is no session: no other
 * rule looks where it is kept, so with it one can see, accept or decline that one invitation and nothing else.
 */
export interface InvitationSession {
  id: SessionId
  userId: UserId
  epoch: number
  invitationId: InvitationId
  invitationVersion: number
  expiresAt: Date
}

export interface NewInvitation {
  id: InvitationId
  organizationId: OrganizationId
  kind: InvitationKind
  role: Role
  createdBy: UserId
  lifetimeSeconds: number
  /** For those that are bound to one. */
  address?: EmailAddress | undefined
}

export interface InvitationFilter {
  kinds: readonly InvitationKind[]
  state?: InvitationState | undefined
  /** Part of the address; shorter than three characters, its beginning. */
  q?: string | undefined
}

export interface InvitationStore {
  insert(invitation: NewInvitation): Promise<Invitation>
  find(id: InvitationId): Promise<Invitation | null>
  /** Takes it if it is open, of this version and not over by the database's clock: one statement, so that two callers cannot both win (S14, S16). */
  accept(id: InvitationId, version: number, userId: UserId): Promise<Invitation | null>
  /** Only while it is open. False when it was not. */
  revoke(id: InvitationId): Promise<boolean>
  revokeOpenBy(userId: UserId, organizationId: OrganizationId): Promise<InvitationId[]>
  revokeAllOpen(organizationId: OrganizationId): Promise<InvitationId[]>
  /** The one that is open and in time for this address. */
  openTo(organizationId: OrganizationId, emailCanonical: string): Promise<Invitation | null>
  /** Marks as expired what is open for this address and has run out. */
  expireTo(organizationId: OrganizationId, emailCanonical: string): Promise<InvitationId[]>
  /** The next version, with all its time, while it is open and in time. */
  renew(id: InvitationId, lifetimeSeconds: number): Promise<Invitation | null>
  /** Only while it is open, of this version and in time. */
  decline(id: InvitationId, version: number): Promise<boolean>
  /** Open and in time: all of an organization, or one inviter's. */
  countOpen(organizationId: OrganizationId, createdBy: UserId | null): Promise<number>
  /** The mail server took the mail of this version. */
  noteMailed(id: InvitationId, version: number): Promise<void>
  named(id: InvitationId): Promise<NamedInvitation | null>
  page(organizationId: OrganizationId, filter: InvitationFilter, page: PageRequest): Promise<Page<NamedInvitation>>
}

/** Sessions that can answer one invitation and nothing else (S26). */
export interface InvitationSessionStore {
  insert(session: Omit<InvitationSession, 'expiresAt'> & { tokenHash: Uint8Array; address: string; lifetimeSeconds: number }): Promise<void>
  /** While it has not ended, is in time, of the user's epoch, and its invitation of the version it was opened with. */
  alive(key: { tokenHash: Uint8Array } | { id: SessionId }): Promise<InvitationSession | null>
  end(id: SessionId): Promise<void>
  endAllOf(userId: UserId): Promise<void>
  deleteEnded(): Promise<void>
}
