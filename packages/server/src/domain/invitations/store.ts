import type { InvitationKind } from '@muster/contract/events.ts'
import type { InvitationId, OrganizationId, SessionId, UserId } from '@muster/contract/ids.ts'
import type { EmailAddress } from '../model/email.ts'
import type { Invitation, InvitationState, NamedInvitation } from '../model/invitation.ts'
import type { Organization } from '../model/organization.ts'
import type { Page, PageRequest } from '../model/page.ts'
import type { HeldRole } from '../model/role.ts'

/**
 * Lets a deactivated person who gave the right password answer one invitation of another organization (S26). It is not a session and has its own table, which
 * no other rule reads. So it allows seeing, accepting or declining that invitation, and nothing else.
 */
export interface InvitationSession {
  id: SessionId
  userId: UserId
  epoch: number
  invitationId: InvitationId
  invitationVersion: number
  /** How the person proved who they are (RFC 8176), and when. */
  methods: readonly string[]
  createdAt: Date
  expiresAt: Date
}

export interface NewInvitation extends HeldRole {
  id: InvitationId
  organizationId: OrganizationId
  kind: InvitationKind
  createdBy: UserId
  lifetimeSeconds: number
  /** For an email invitation. */
  address?: EmailAddress | undefined
}

export interface InvitationFilter {
  kinds: readonly InvitationKind[]
  state?: InvitationState | undefined
  /** Part of the address. Fewer than three characters match only its beginning. */
  q?: string | undefined
}

/** An invitation in the operator's list (O13). */
export type ListedInvitation = Pick<
  Invitation,
  'id' | 'organizationId' | 'kind' | 'state' | 'role' | 'customRole' | 'email' | 'createdBy' | 'createdAt' | 'expiresAt' | 'mailedAt'
> & {
  organizationName: string
  createdByName: string
}

export interface InvitationSearch extends PageRequest {
  /** The beginning of an address, or of an id. Not together with an organization. */
  search?: string | undefined
  organizationId?: OrganizationId | undefined
}

export interface InvitationStore {
  insert(invitation: NewInvitation): Promise<Invitation>
  /**
   * Inserts an email invitation, in one statement. Null if the address is a member's or has an open invitation, expired or not. Waits for a concurrent one to the
   * same address.
   */
  open(invitation: NewInvitation & { address: EmailAddress }): Promise<NamedInvitation | null>
  find(id: InvitationId): Promise<Invitation | null>
  /**
   * Accepts it if it is open, of this version and not expired by the database's clock. One statement, so that only one of two concurrent callers succeeds (S14,
   * S16).
   */
  accept(id: InvitationId, version: number, userId: UserId): Promise<Invitation | null>
  /** False if it was not open. */
  revoke(id: InvitationId): Promise<boolean>
  /** Changes the role that it gives. False if it was not open. */
  setRole(id: InvitationId, role: HeldRole): Promise<boolean>
  revokeOpenBy(userId: UserId, organizationId: OrganizationId): Promise<InvitationId[]>
  revokeAllOpen(organizationId: OrganizationId): Promise<InvitationId[]>
  /** The open, unexpired invitation of this address. */
  openTo(organizationId: OrganizationId, emailCanonical: string): Promise<Invitation | null>
  /** Marks the expired invitations of this address as expired. */
  expireTo(organizationId: OrganizationId, emailCanonical: string): Promise<InvitationId[]>
  /** Renews an open, unexpired invitation: the next version, with its full lifetime. */
  renew(id: InvitationId, lifetimeSeconds: number): Promise<Invitation | null>
  /** Declines it if it is open, of this version and not expired. */
  decline(id: InvitationId, version: number): Promise<boolean>
  /** The number of open, unexpired invitations of an organization, or of one inviter. */
  countOpen(organizationId: OrganizationId, createdBy: UserId | null): Promise<number>
  /** The mail server has accepted the email of this version. */
  noteMailed(id: InvitationId, version: number): Promise<void>
  named(id: InvitationId): Promise<NamedInvitation | null>
  /** What its email needs, as it is now: an open invitation past its time has expired. `acceptedByName` is not read. */
  toMail(id: InvitationId): Promise<{ invitation: NamedInvitation; organization: Pick<Organization, 'name' | 'suspendedAt'> } | null>
  page(organizationId: OrganizationId, filter: InvitationFilter, page: PageRequest): Promise<Page<NamedInvitation>>
  /** Of the whole installation, or of an organization: the newest first. With a search, in the order of the addresses. */
  everywhere(asked: InvitationSearch): Promise<Page<ListedInvitation>>
}

/** Sessions that can answer one invitation and nothing else (S26). */
export interface InvitationSessionStore {
  insert(session: Omit<InvitationSession, 'createdAt' | 'expiresAt'> & { tokenHash: Uint8Array; address: string; lifetimeSeconds: number }): Promise<void>
  /** Null if it has ended or expired, if the user's epoch was raised, or if the invitation has a newer version. */
  alive(key: { tokenHash: Uint8Array } | { id: SessionId }): Promise<InvitationSession | null>
  end(id: SessionId): Promise<void>
  endAllOf(userId: UserId): Promise<void>
  deleteEnded(): Promise<void>
}
