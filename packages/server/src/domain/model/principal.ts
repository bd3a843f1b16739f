import type { ApiKeyId, ClientId, OrganizationId, ServiceAccountId, SessionId, UserId } from '@muster/contract/ids.ts'

/** Where a request came from, as the audit log tells it. */
export interface Origin {
  /** The peer's address, or the client's as a trusted proxy tells it. */
  address: string
  userAgent: string | null
  requestId: string
  /** The numbers of the revocations this request has recorded: its answer waits for their receivers. Absent where no answer waits. */
  ended?: bigint[]
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

/** Whose key it is. */
export type KeyHolder = { kind: 'user'; id: UserId } | { kind: 'service_account'; id: ServiceAccountId }

/** A user or a service account, known by a key: acts in its organization, and can do nothing that needs the person at hand. */
export interface KeyPrincipal {
  kind: 'key'
  keyId: ApiKeyId
  holder: KeyHolder
  epoch: number
  organizationId: OrganizationId
  origin: Origin
}

export type Principal =
  | UserPrincipal
  | KeyPrincipal
  | { kind: 'client'; clientId: ClientId; scopes: ReadonlySet<string>; origin: Origin }
  | { kind: 'operator'; origin: Origin }
  | { kind: 'anonymous'; origin: Origin }
  | { kind: 'system'; origin: Origin }

export const principalId = (principal: Principal): string => {
  if (principal.kind === 'user') return principal.userId
  if (principal.kind === 'key') return principal.holder.id
  if (principal.kind === 'client') return principal.clientId
  return principal.kind
}

/** What the record calls whoever did it: a person is a user by whatever credential. */
export type ActorKind = Exclude<Principal['kind'], 'key'> | 'service_account'

export const actorKindOf = (principal: Principal): ActorKind => (principal.kind === 'key' ? principal.holder.kind : principal.kind)

export const systemPrincipal: Principal = { kind: 'system', origin: { address: 'local', userAgent: null, requestId: 'system' } }
