import type { IdentityId, SessionId, UserId } from '@muster/contract/ids.ts'
import type { ProviderIdentity, ProviderPerson } from './provider.ts'

/** An account at a provider that is linked to an account here. Issuer and subject identify it, and nothing else does (F20). */
export interface Identity extends ProviderIdentity {
  id: IdentityId
  userId: UserId
  /** Where it was linked. */
  address: string
  createdAt: Date
  lastUsedAt: Date | null
  lastAddress: string | null
}

export interface IdentityStore {
  /** False if it is linked, to this account or another. */
  insert(identity: Pick<Identity, 'id' | 'userId' | 'provider' | 'issuer' | 'subject' | 'label' | 'address'>): Promise<boolean>
  find(identity: Pick<Identity, 'issuer' | 'subject'>): Promise<Identity | null>
  /** The newest first. */
  list(userId: UserId): Promise<Identity[]>
  /** Stores a use. False if it was unlinked, or is linked to another account: the condition is in the statement. */
  use(id: IdentityId, userId: UserId, use: { address: string; label: string }): Promise<boolean>
  /** Null if the user has no such identity. */
  remove(id: IdentityId, userId: UserId): Promise<Identity | null>
  /** @returns how many there were */
  removeAllOf(userId: UserId): Promise<number>
}

/** A sign-in whose browser is at the provider. `link`: the person links the provider to the account that this session is of. */
export interface ProviderSignIn {
  provider: string
  returnPath: string | null
  link: { userId: UserId; sessionId: SessionId } | null
}

export interface ProviderSignInStore {
  insert(signIn: ProviderSignIn & { tokenHash: Uint8Array; lifetimeSeconds: number }): Promise<void>
  /** Ends it, unless it has ended or is at another provider. One statement, so that an answer is taken once. */
  take(tokenHash: Uint8Array, provider: string): Promise<ProviderSignIn | null>
  deleteExpired(): Promise<void>
}

/** A person whose provider has answered, and whose identity is not linked yet. It gives no access. */
export interface ProvenPerson extends ProviderIdentity, Pick<ProviderPerson, 'email' | 'givenName' | 'familyName'> {
  returnPath: string | null
  /** The session that links the identity. Null for one that a sign-in found linked to nobody. */
  sessionId: SessionId | null
}

export interface ProvenPersonStore {
  insert(person: ProvenPerson & { tokenHash: Uint8Array; lifetimeSeconds: number }): Promise<void>
  find(tokenHash: Uint8Array): Promise<ProvenPerson | null>
  /** Ends it. One statement, so that it is linked once. */
  take(tokenHash: Uint8Array): Promise<ProvenPerson | null>
  deleteExpired(): Promise<void>
}
