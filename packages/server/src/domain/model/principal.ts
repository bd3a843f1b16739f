import type { ApiKeyId, ClientId, OperatorTokenId, OrganizationId, ServiceAccountId, SessionId, UserId } from '@muster/contract/ids.ts'
import type { Rights } from './live.ts'
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
  /** The name of the operator's token. */
  operator?: string | null
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

/** The caller's organization and rights when the request was authenticated. A command does not trust it, and reads them again under its lock. */
export interface Seen extends Rights {
  organization: Pick<Organization, 'id' | 'name'>
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

/** The token of the data folder or of `MUSTER_OPERATOR_TOKEN`. It is in no table. */
export const ROOT = 'root'

/** The operator, by one of their tokens (O12). */
export interface OperatorPrincipal {
  kind: 'operator'
  name: string
  /** Null for root. */
  tokenId: OperatorTokenId | null
  origin: Origin
}

export type Principal =
  | UserPrincipal
  | KeyPrincipal
  | { kind: 'client'; clientId: ClientId; scopes: ReadonlySet<string>; origin: Origin }
  | OperatorPrincipal
  | { kind: 'anonymous'; origin: Origin }
  | { kind: 'system'; origin: Origin }

/** The id of the operator as an actor: `operator:ci`. */
export const operatorId = (name: string): string => `operator:${name}`

export const principalId = (principal: Principal): string => {
  if (principal.kind === 'user') return principal.userId
  if (principal.kind === 'key') return principal.holder.id
  if (principal.kind === 'client') return principal.clientId
  if (principal.kind === 'operator') return operatorId(principal.name)
  return principal.kind
}

/** The kind of actor in the audit log: a person is a user, with a session or with a key. */
export type ActorKind = Exclude<Principal['kind'], 'key'> | 'service_account'

export const actorKindOf = (principal: Principal): ActorKind => (principal.kind === 'key' ? principal.holder.kind : principal.kind)

export const systemPrincipal: Principal = { kind: 'system', origin: { address: 'local', userAgent: null, requestId: 'system' } }
