import type { EmailChangeId, OrganizationId, PasswordResetId, SessionId, SignUpId, UserId } from '@muster/contract/ids.ts'
import type { Account, Names } from '../model/account.ts'
import type { Page, PageRequest } from '../model/page.ts'
import type { HeldRole } from '../model/role.ts'
import type { ProviderIdentity } from '../providers/provider.ts'

/** A new address that waits for its emailed code. The account keeps the old address until then (S44). */
export interface EmailChange {
  id: EmailChangeId
  userId: UserId
  /** The session that gave the password. No other session may enter the code. */
  sessionId: SessionId
  email: string
  emailCanonical: string
  oldEmail: string
  codeTries: number
  codeDigits: CodeDigits
  /** The generation of the root key that its code is made with (O8). */
  keyGeneration: number
  expiresAt: Date
  /** By the database's clock at the moment of reading. */
  expired: boolean
  ended: boolean
}

/** An emailed link to choose a new password. */
export interface PasswordReset {
  id: PasswordResetId
  emailCanonical: string
  /** The account. Null until the email is sent, and for an address without an account. */
  userId: UserId | null
  /** The address that requested it. */
  address: string
  requestId: string
  /** The generation of the root key that its link is made with (O8). */
  keyGeneration: number
  expiresAt: Date
  /** Not used, not replaced by a newer link and not expired, by the database's clock when the row was read. */
  open: boolean
}

/** A sign-up in progress in one browser. No account exists until the emailed code has been entered (S44). */
export interface SignUp {
  id: SignUpId
  email: string
  emailCanonical: string
  /** Null for an account that gets no password. */
  passwordHash: string | null
  /** The account at a provider that the new account is linked to. Null for a sign-up with a password. */
  identity: ProviderIdentity | null
  givenName: string
  familyName: string
  /** The number of codes sent. Only the newest code is valid. */
  codeNumber: number
  codeTries: number
  codeDigits: CodeDigits
  /** The generation of the root key that its code is made with (O8). */
  keyGeneration: number
  codeExpiresAt: Date
  /** By the database's clock at the moment of reading. */
  codeExpired: boolean
}

/** A code that proves control of an inbox. Six digits are easy to type; twelve cannot be guessed even from a flood of codes (0031). */
export type CodeDigits = 6 | 12

export interface NewAccount {
  id: UserId
  email: string
  emailCanonical: string
  passwordHash: string | null
  givenName: string
  familyName: string
}

export interface AccountStore {
  /** False if the address already belongs to an account. */
  insert(account: NewAccount): Promise<boolean>
  find(id: UserId): Promise<Account | null>
  findByEmail(emailCanonical: string): Promise<Account | null>
  findByUsername(username: string): Promise<Account | null>
  /** Locked until commit, so that an account registers once. */
  lock(id: UserId): Promise<Account | null>
  register(id: UserId, username: string): Promise<void>
  setNames(id: UserId, names: Names): Promise<void>
  /** Stores the same password, hashed with other parameters. */
  rehash(id: UserId, passwordHash: string): Promise<void>
  /** Stores a new password, or none, and raises the version. @returns the new version */
  setPassword(id: UserId, passwordHash: string | null): Promise<number>
  /** False if the address belongs to another account. */
  setEmail(id: UserId, email: { email: string; emailCanonical: string }): Promise<boolean>
  /** Raises the epoch in the same statement. Null if the account is already suspended. */
  suspend(id: UserId, reason: string | null): Promise<{ epoch: number; at: Date } | null>
  /** The epoch does not change: ended credentials stay invalid. False if the account is not suspended. */
  resume(id: UserId): Promise<boolean>
  suspensionReason(id: UserId): Promise<string | null>
  /** Notes that the account signed in from this network, and keeps the most recent ones. */
  noteNetwork(id: UserId, network: string): Promise<void>
  hasUsedNetwork(id: UserId, network: string): Promise<boolean>
  forgetNetworks(id: UserId): Promise<void>
  /** Housekeeping: deletes networks that have not been used for this many days. */
  deleteUnusedNetworks(days: number): Promise<void>
}

/** An account as the operator sees it (O13). */
export interface ListedPerson {
  id: UserId
  email: string
  username: string | null
  givenName: string
  familyName: string
  company: string | null
  createdAt: Date
  registeredAt: Date | null
  /** By the operator (O14). */
  suspendedAt: Date | null
  suspendedReason: string | null
  membership: ({ organizationId: OrganizationId; organizationName: string; status: 'active' | 'deactivated' } & HeldRole) | null
  /** In their current organization. */
  lastSeenAt: Date | null
}

/** The ways in besides a password that this server offers. */
export interface OtherWays {
  /** False where passkeys are not possible (F4). */
  passkeys: boolean
  /** The issuers of the providers that are on. */
  issuers: readonly string[]
}

export interface PeopleStore {
  /** The newest first. With a search, those whose username, address or id begins with it, in the order of these. */
  page(asked: PageRequest & { search?: string | undefined }): Promise<Page<ListedPerson>>
  /** The newest of those who have a password and no other way in, without suspended ones (F23). */
  pageWithPasswordOnly(asked: PageRequest, ways: OtherWays): Promise<Page<ListedPerson>>
  /** How many these are, and the first 20 by username, or by id without one. One statement, for a start of the server. */
  countWithPasswordOnly(ways: OtherWays): Promise<{ count: number; names: string[] }>
  /** By id or username. */
  find(reference: string): Promise<ListedPerson | null>
  /** By the canonical form of an address. */
  findByAddress(canonical: string): Promise<ListedPerson | null>
}

export type NewSignUp = Pick<SignUp, 'id' | 'email' | 'emailCanonical' | 'passwordHash' | 'identity' | 'givenName' | 'familyName' | 'codeDigits'> & {
  tokenHash: Uint8Array
  codeSeconds: number
  lifetimeSeconds: number
}

/** Expired sign-ups are neither returned nor changed. */
export interface SignUpStore {
  insert(signUp: NewSignUp): Promise<void>
  find(id: SignUpId): Promise<SignUp | null>
  findByTokenHash(tokenHash: Uint8Array): Promise<SignUp | null>
  /** Sets the next code number, with a new expiry and no tries spent. */
  renewCode(tokenHash: Uint8Array, codeSeconds: number, codeDigits: SignUp['codeDigits']): Promise<SignUp | null>
  /** Spends a try if one is left and the code has not expired. One statement, so that concurrent tries are all counted. Null if no try was spent. */
  countTry(tokenHash: Uint8Array, most: number): Promise<SignUp | null>
  remove(id: SignUpId): Promise<void>
  /** Deletes expired rows. */
  removeEnded(): Promise<number>
}

export interface PasswordResetStore {
  insert(reset: Pick<PasswordReset, 'id' | 'emailCanonical' | 'address' | 'requestId'> & { lifetimeSeconds: number }): Promise<void>
  find(id: PasswordResetId): Promise<PasswordReset | null>
  /** Assigns the reset to the user and ends the user's older ones. False if it was assigned before. */
  assign(id: PasswordResetId, userId: UserId): Promise<boolean>
  /** Consumes the reset if it is open. One statement, so that only one of two concurrent callers succeeds. The user's other resets end with it. */
  consume(id: PasswordResetId): Promise<UserId | null>
  /** Ends every open reset of a user whose password or address has changed. */
  endAllOf(userId: UserId): Promise<void>
  /** Deletes expired rows. */
  removeEnded(): Promise<number>
}

export interface EmailChangeStore {
  /** Replaces the user's previous change. */
  insert(change: Omit<EmailChange, 'codeTries' | 'expired' | 'ended' | 'expiresAt' | 'keyGeneration'> & { lifetimeSeconds: number }): Promise<EmailChange>
  find(id: EmailChangeId): Promise<EmailChange | null>
  /** The pending change, expired or not. */
  open(userId: UserId): Promise<EmailChange | null>
  /** Spends a try if one is left and the change has not expired. One statement, so that concurrent tries are all counted. */
  countTry(id: EmailChangeId, most: number): Promise<EmailChange | null>
  end(userId: UserId): Promise<void>
  /** Deletes changes that ended so long ago that no email about them is pending. */
  deleteEnded(days: number): Promise<void>
}

/** An emailed code by which a signed-in person proves who they are, if they have no other way. There is one for each session. */
export interface ConfirmationCode {
  sessionId: SessionId
  userId: UserId
  /** The number of codes sent. Only the newest code is valid. */
  codeNumber: number
  codeTries: number
  /** The generation of the root key that it is made with (O8). */
  keyGeneration: number
  expiresAt: Date
  /** By the database's clock at the moment of reading. */
  expired: boolean
}

export interface ConfirmationCodeStore {
  /** Sets the next number, with a new expiry and no tries spent. */
  renew(sessionId: SessionId, lifetimeSeconds: number): Promise<ConfirmationCode>
  find(sessionId: SessionId): Promise<ConfirmationCode | null>
  /** Spends a try if one is left and the code has not expired. One statement, so that concurrent tries are all counted. */
  countTry(sessionId: SessionId, most: number): Promise<ConfirmationCode | null>
  /** The row stays, with its number. */
  end(sessionId: SessionId): Promise<void>
  /** Of sessions that have ended. Before, the row counts the codes, so that none is made twice. */
  deleteEnded(): Promise<void>
}
