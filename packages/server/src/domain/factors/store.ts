import type { PasskeyId, UserId } from '@muster/contract/ids.ts'

/** A key pair of an authenticator: of a password manager, a phone or a security key. Only the public key is here (WebAuthn). */
export interface Passkey {
  id: PasskeyId
  userId: UserId
  credentialId: Uint8Array
  /** COSE. */
  publicKey: Uint8Array
  /** How often the authenticator has used it, or 0 if it does not count. */
  counter: number
  /** False for a passkey that is synchronized between devices. */
  deviceBound: boolean
  /** It is enough to sign in (F2). False since a restore from a backup, until it was used together with a password. */
  verifiesUser: boolean
  /** The model of the authenticator, as it says itself. */
  aaguid: string
  /** How a browser reaches the authenticator. */
  transports: string[]
  name: string
  /** Where it was added. */
  address: string
  createdAt: Date
  lastUsedAt: Date | null
  lastAddress: string | null
}

export type NewPasskey = Omit<Passkey, 'createdAt' | 'lastUsedAt' | 'lastAddress'>

export interface PasskeyUse {
  counter: number
  address: string
}

export interface PasskeyStore {
  /** False if the credential is registered, for this account or another. */
  insert(passkey: NewPasskey): Promise<boolean>
  findByCredential(credentialId: Uint8Array): Promise<Passkey | null>
  /** The newest first. */
  list(userId: UserId): Promise<Passkey[]>
  /** False if the user has no such passkey. */
  rename(id: PasskeyId, userId: UserId, name: string): Promise<boolean>
  /** Null if the user has no such passkey. */
  remove(id: PasskeyId, userId: UserId): Promise<Passkey | null>
  /** Stores a use, unless the passkey was removed, or is device-bound and its counter did not rise: the condition is in the statement (F3). */
  use(id: PasskeyId, use: PasskeyUse): Promise<'used' | 'copied' | 'removed'>
  /** True at most once an hour, so that its owner gets one email. */
  noteCopied(id: PasskeyId): Promise<boolean>
  /** The passkey was used together with another factor, so it is enough to sign in. */
  noteVerified(id: PasskeyId): Promise<void>
  /** The random bytes that authenticators keep for this account. Stores `candidate` if there are none. */
  handle(userId: UserId, candidate: Uint8Array): Promise<Uint8Array>
  /** Null before the first passkey. */
  findHandle(userId: UserId): Promise<Uint8Array | null>
  /** False if the challenge was used before. One statement, so that one of two concurrent uses succeeds. */
  useChallenge(digest: Uint8Array, lifetimeSeconds: number): Promise<boolean>
  deleteExpiredChallenges(): Promise<void>
}
