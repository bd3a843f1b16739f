import type { InvitationKind } from '@muster/contract/events.ts'
import type { InvitationId, OrganizationId, UserId } from '@muster/contract/ids.ts'
import type { HeldRole } from './role.ts'

export type InvitationState = 'open' | 'accepted' | 'declined' | 'revoked' | 'expired'

/** With the role that it gives. */
export interface Invitation extends HeldRole {
  id: InvitationId
  organizationId: OrganizationId
  kind: InvitationKind
  state: InvitationState
  /** Raised by a resend, which makes every older token invalid (S18). */
  version: number
  /** The generation of the root key that its token is made with (O8). */
  keyGeneration: number
  createdBy: UserId
  createdAt: Date
  expiresAt: Date
  acceptedBy: UserId | null
  /** The address of an email invitation: as typed, for sending, and canonical, for comparing (S44). Only its owner may accept (S8). */
  email: string | null
  emailCanonical: string | null
  /** When the mail server accepted the newest email. */
  mailedAt: Date | null
  /** When it was accepted, declined or revoked. */
  endedAt: Date | null
}

/** With the usernames of the inviter and the person who accepted. */
export type NamedInvitation = Invitation & { inviter: Inviter; acceptedByName: string | null }

/** The inviter as shown to the reader: the username, and the full name, which may be empty. */
export interface Inviter {
  username: string
  name: string
}
