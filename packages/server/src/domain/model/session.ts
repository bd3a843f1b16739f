import { acrOf, satisfiesAcr } from '@muster/contract/authentication.ts'
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
  /** When they last proved it again (F15). */
  confirmedAt: Date | null
  /** How they proved it then. Empty without a confirmation. */
  confirmedMethods: readonly string[]
  lastUsedAt: Date
  expiresAt: Date
  endedAt: Date | null
  endedReason: string | null
}

/** A moment at which the person of a session proved who they are, by methods of RFC 8176. */
export interface Authentication {
  at: Date
  methods: readonly string[]
}

type Proven = Pick<Session, 'authenticatedAt' | 'methods' | 'confirmedAt' | 'confirmedMethods'>

/** The sign-in, and the last confirmation if there was one. */
export const authenticationsOf = ({ authenticatedAt, methods, confirmedAt, confirmedMethods }: Proven): Authentication[] => [
  { at: authenticatedAt, methods },
  ...(confirmedAt ? [{ at: confirmedAt, methods: confirmedMethods }] : []),
]

/** Decides whether what is created in the session is ready for a policy (F13). */
export const strongestAuthentication = (session: Proven): Authentication =>
  authenticationsOf(session).reduce((best, one) => (satisfiesAcr(acrOf(best.methods), acrOf(one.methods)) ? best : one))

/** The one that tokens name. */
export const lastAuthentication = (session: Proven): Authentication => authenticationsOf(session).at(-1) as Authentication
