import type { ApiKeyId, ClientId, OrganizationId, ServiceAccountId, SessionId, UserId } from '@muster/contract/ids.ts'
import type { Role } from '@muster/contract/permissions.ts'
import type { Organization } from './organization.ts'

/** The origin of a request, as the audit log shows it. */
export interface Origin {
  /** The peer's address, or the client's address from a trusted proxy. */
  address: string
  userAgent: string | null
  requestId: string
  /** The numbers of the revocations that this request has recorded. The response waits for their receivers. Undefined if no response waits. */
  ended?: bigint[]
  /** Whose credential the request has, for the access log. Set when the credential proves genuine, and kept if it is then refused. */
  userId?: UserId | null
  clientId?: ClientId | null
}

/** A person with a session. `epoch` and `organizationId` are those of the credential, not the current ones. */
export interface UserPrincipal {
  kind: 'user'
  userId: UserId
  sessionId: SessionId
  epoch: number
  organizationId: OrganizationId | null
  /** The id and expiry of the access token. Null for a browser session. */
  token: { jti: string; expiresAt: Date; scopes: ReadonlySet<string> } | null
  origin: Origin
  seen?: Seen | undefined
}

/** The caller's organization and role when the request was authenticated. A command does not trust it, and reads them again under its lock. */
export interface Seen {
  organization: Pick<Organization, 'id' | 'name'>
  role: Role
}

/** The holder of a key. */
export type KeyHolder = { kind: 'user'; id: UserId } | { kind: 'service_account'; id: ServiceAccountId }

/** A user or service account with a key. It acts in its organization, and cannot do anything that requires a session. */
export interface KeyPrincipal {
  kind: 'key'
  keyId: ApiKeyId
  holder: KeyHolder
  epoch: number
  organizationId: OrganizationId
  origin: Origin
  seen?: Seen | undefined
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

/** The kind of actor in the audit log: a person is a user, with a session or with a key. */
export type ActorKind = Exclude<Principal['kind'], 'key'> | 'service_account'

export const actorKindOf = (principal: Principal): ActorKind => (principal.kind === 'key' ? principal.holder.kind : principal.kind)

export const systemPrincipal: Principal = { kind: 'system', origin: { address: 'local', userAgent: null, requestId: 'system' } }
