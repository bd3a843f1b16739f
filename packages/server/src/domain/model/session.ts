import type { SessionKind } from '@muster/contract/events.ts'
import type { ClientId, OrganizationId, SessionId, UserId } from '@muster/contract/ids.ts'

/** One sign-in: of a browser, a CLI login, a refresh token or an application. `sid` in a token is its id. */
export interface Session {
  id: SessionId
  kind: SessionKind
  userId: UserId
  /** The organization that the session was created for, or moved to with its user. */
  organizationId: OrganizationId | null
  epoch: number
  clientId: ClientId | null
  grantPayload: Record<string, unknown> | null
  address: string | null
  userAgent: string | null
  createdAt: Date
  /** When the person signed in. */
  authenticatedAt: Date
  /** How they proved who they are then: authentication methods of RFC 8176 (F14). */
  methods: readonly string[]
  /** When they last proved it again (F15). It is not a sign-in, and applications do not see it. */
  confirmedAt: Date | null
  lastUsedAt: Date
  expiresAt: Date
  endedAt: Date | null
  endedReason: string | null
}
