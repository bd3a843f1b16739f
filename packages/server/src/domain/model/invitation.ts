import type { InvitationKind } from '@muster/contract/events.ts'
import type { InvitationId, OrganizationId, UserId } from '@muster/contract/ids.ts'
import type { Role } from '@muster/contract/permissions.ts'

export type InvitationState = 'open' | 'accepted' | 'declined' | 'revoked' | 'expired'

export interface Invitation {
  id: InvitationId
  organizationId: OrganizationId
  kind: InvitationKind
  state: InvitationState
  role: Role
  /** Raised by a resend, which makes every older token of it worthless (S18). */
  version: number
  createdBy: UserId
  createdAt: Date
  expiresAt: Date
  acceptedBy: UserId | null
  /** Of an email invitation: as it was typed, to write to, and as it is compared (S44). Only who has it may accept (S8). */
  email: string | null
  emailCanonical: string | null
  /** When the mail server took the newest mail. */
  mailedAt: Date | null
  /** When it was accepted, declined or revoked. */
  endedAt: Date | null
}

/** With the usernames of those who made and took it. */
export type NamedInvitation = Invitation & { inviter: Inviter; acceptedByName: string | null }

/** The member who sent an invitation, for its reader: the username, and the name they gave themselves, which may be empty. */
export interface Inviter {
  username: string
  name: string
}
