import type { FactorResetId, OrganizationId, PasskeyId, RememberedDeviceId, UserId } from '@muster/contract/ids.ts'

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
  /** @returns how many there were */
  removeAllOf(userId: UserId): Promise<number>
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

/** An app that makes a code of six digits every 30 seconds (RFC 6238). */
export interface Authenticator {
  userId: UserId
  /** Sealed. */
  secret: Uint8Array
  keyGeneration: number
  /** The number of the 30 seconds whose code was accepted last. */
  lastStep: number
  /** Wrong codes since the last right one. */
  failures: number
  /** Of the emailed link that unlocks the app (F7). Null without a valid one. */
  unlockId: string | null
  unlockExpiresAt: Date | null
  address: string
  createdAt: Date
  lastUsedAt: Date | null
}

export interface HeldFactors {
  app: boolean
  passkey: boolean
  /** The person wants to be asked for a second factor after every password (F1). */
  always: boolean
}

export interface AuthenticatorStore {
  /** False if the account has one. */
  insert(authenticator: Omit<Authenticator, 'failures' | 'unlockId' | 'unlockExpiresAt' | 'createdAt' | 'lastUsedAt'>): Promise<boolean>
  find(userId: UserId): Promise<Authenticator | null>
  has(userId: UserId): Promise<boolean>
  /** The factors of a person beside the password. */
  held(userId: UserId): Promise<HeldFactors>
  setAlways(userId: UserId, always: boolean): Promise<void>
  /** False if there was none. */
  remove(userId: UserId): Promise<boolean>
  /** Accepts the code of a step later than the last one, and forgets the failures. One statement, so that a code is accepted once. */
  accept(userId: UserId, step: number): Promise<boolean>
  /** @returns the failures since the last right code */
  noteFailure(userId: UserId): Promise<number>
  /** Another factor was right. The app is open again, and a link to unlock it is no longer valid. */
  forgetFailures(userId: UserId): Promise<void>
  /** A link is valid from now on: this one, or the one that was valid before, with its time, so that each email has a valid link and none is valid for longer than it says. */
  openUnlock(userId: UserId, unlockId: string, lifetimeSeconds: number): Promise<void>
  /** Unlocks the app. One statement, so that a link works once. False if the link is no longer valid. */
  unlock(userId: UserId, unlockId: string): Promise<boolean>
  /** The factors have changed: the link is no longer valid. */
  endUnlock(userId: UserId): Promise<void>
  /** Replaces all codes of the user. */
  setRecoveryCodes(userId: UserId, hashes: readonly Uint8Array[]): Promise<void>
  /** Consumes a code. One statement, so that only one of two concurrent uses succeeds. Null if it is unknown or used. @returns how many are left */
  useRecoveryCode(userId: UserId, hash: Uint8Array): Promise<number | null>
  recoveryCodesLeft(userId: UserId): Promise<number>
}

/** A sign-in between the first and the second factor (F5). It gives no access. */
export interface PendingSignIn {
  userId: UserId
  /** The first factor: `pwd` or `fed` (RFC 8176). */
  methods: string[]
  /** The id of the provider that was the first factor. */
  provider: string | null
  /** Wrong codes and this one. */
  tries: number
}

export interface PendingSignInStore {
  insert(pending: {
    tokenHash: Uint8Array
    userId: UserId
    epoch: number
    passwordVersion: number
    methods: readonly string[]
    provider: string | null
    lifetimeSeconds: number
  }): Promise<void>
  /** Null if it has ended. Spends nothing. */
  find(tokenHash: Uint8Array, most: number): Promise<{ userId: UserId } | null>
  /**
   * Spends a try, if one is left, the sign-in has not ended, and neither the password nor the epoch of the account has changed since. One statement, so that
   * concurrent tries are all counted.
   */
  countTry(tokenHash: Uint8Array, most: number): Promise<PendingSignIn | null>
  end(tokenHash: Uint8Array): Promise<void>
  endAllOf(userId: UserId): Promise<void>
  deleteEnded(): Promise<void>
}

/** A browser in which a sign-in by password requires no second factor (F11). */
export interface RememberedDevice {
  id: RememberedDeviceId
  userId: UserId
  /** Where it was last used. */
  address: string
  userAgent: string | null
  createdAt: Date
  lastUsedAt: Date
  expiresAt: Date
}

type NewRememberedDevice = Pick<RememberedDevice, 'id' | 'userId' | 'address' | 'userAgent'> & { tokenHash: Uint8Array; epoch: number; lifetimeSeconds: number }

export interface RememberedDeviceStore {
  /** Keeps this many of the user, the most recently used ones. */
  insert(device: NewRememberedDevice, limit: { keep: number }): Promise<void>
  /**
   * Notes a use of one of these, if it belongs to the user, has not expired, and the epoch of the account has not been raised since. One statement, so that the
   * check and the use cannot be apart.
   */
  use(tokenHashes: readonly Uint8Array[], userId: UserId, place: Pick<RememberedDevice, 'address' | 'userAgent'>): Promise<RememberedDeviceId | null>
  /** The valid ones, the last used first. */
  list(userId: UserId): Promise<RememberedDevice[]>
  /** False if the user has no such device. */
  end(id: RememberedDeviceId, userId: UserId): Promise<boolean>
  endAllOf(userId: UserId): Promise<RememberedDeviceId[]>
  deleteEnded(): Promise<void>
}

/** An admin's request to reset the factors of a member (F12). */
export interface FactorReset {
  id: FactorResetId
  userId: UserId
  username: string
  organizationId: OrganizationId
  organization: string
  requestedBy: UserId
  requestedByName: string
  requestedAt: Date
  inForceAt: Date
  /** Neither in force nor stopped when it was read, and both the member and the admin are still what they were. */
  open: boolean
}

export interface FactorResetStore {
  /** Null if one is open for the user. One that can no longer take force gives way. */
  insert(reset: Pick<FactorReset, 'id' | 'userId' | 'organizationId' | 'requestedBy'> & { delaySeconds: number }): Promise<FactorReset | null>
  find(id: FactorResetId): Promise<FactorReset | null>
  findOpen(userId: UserId): Promise<FactorReset | null>
  /** Up to 200, those that take force first. */
  listOpen(organizationId: OrganizationId): Promise<FactorReset[]>
  /** Brings forward an open one. Null if there is none, or this admin asked for it or is its member: the condition is in the statement. */
  confirm(userId: UserId, organizationId: OrganizationId, by: UserId): Promise<FactorReset | null>
  /** Marks an open one whose time has come. One statement, so that it takes force once. */
  complete(userId: UserId): Promise<FactorReset | null>
  /** Null if it is not open. */
  stop(id: FactorResetId): Promise<FactorReset | null>
  /** Ends those that can no longer take force, so that none of them can later. */
  endVoid(): Promise<void>
  /** Whose time has come. */
  due(most: number): Promise<UserId[]>
  /** What the next sign-in must know: whether one is due, and whether one took force and an emailed code is required since. */
  standing(userId: UserId): Promise<{ isDue: boolean; needsCode: boolean }>
  /** The operator has reset the factors: none of them waits any more, and no code is required. */
  settle(userId: UserId): Promise<void>
  /** The emailed code was right. */
  useCode(userId: UserId): Promise<void>
}
