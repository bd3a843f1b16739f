import type { ClientId, OrganizationId, SessionId, UserId } from '@muster/contract/ids.ts'

/** Where a request came from, as the audit log tells it. */
export interface Origin {
  /** The peer's address, or the client's as a trusted proxy tells it. */
  address: string
  userAgent: string | null
  requestId: string
}

/** A person, known by a session. `epoch` and `organizationId` are those of the credential, not of today. */
export interface UserPrincipal {
  kind: 'user'
  userId: UserId
  sessionId: SessionId
  epoch: number
  organizationId: OrganizationId | null
  /** The access token's own id and end; absent for a browser session. */
  token: { jti: string; expiresAt: Date; scopes: ReadonlySet<string> } | null
  origin: Origin
}

export type Principal =
  | UserPrincipal
  | { kind: 'client'; clientId: ClientId; scopes: ReadonlySet<string>; origin: Origin }
  | { kind: 'operator'; origin: Origin }
  | { kind: 'anonymous'; origin: Origin }
  | { kind: 'system'; origin: Origin }

export const principalId = (principal: Principal): string => {
  if (principal.kind === 'user') return principal.userId
  if (principal.kind === 'client') return principal.clientId
  return principal.kind
}

export const systemPrincipal: Principal = { kind: 'system', origin: { address: 'local', userAgent: null, requestId: 'system' } }
