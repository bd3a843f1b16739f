import type { EmailChangeId, PasswordResetId, SessionId, SignUpId, UserId } from '@muster/contract/ids.ts'
import type { Account, Names } from '../model/account.ts'

/** A new address that waits for the code that was mailed to it. The old one stays until then (S44). */
export interface EmailChange {
  id: EmailChangeId
  userId: UserId
  /** The one that gave the password; no other may enter the code. */
  sessionId: SessionId
  email: string
  emailCanonical: string
  oldEmail: string
  codeTries: number
  codeDigits: CodeDigits
  expiresAt: Date
  /** By the database's clock at the moment of reading. */
  expired: boolean
  ended: boolean
}

/** A mailed link to choose a new password. */
export interface PasswordReset {
  id: PasswordResetId
  emailCanonical: string
  /** Whose it is; known when the mail is made, and never when the address has no account. */
  userId: UserId | null
  /** Where it was asked for. */
  address: string
  requestId: string
  expiresAt: Date
  /** Neither used, nor replaced by a newer one, nor over by the database's clock at the moment of reading. */
  open: boolean
}

/** A sign-up under way in one browser. There is no account before its mailed code was entered (S44). */
export interface SignUp {
  id: SignUpId
  email: string
  emailCanonical: string
  passwordHash: string
  givenName: string
  familyName: string
  /** Counts the codes that were sent; only the newest is good. */
  codeNumber: number
  codeTries: number
  codeDigits: CodeDigits
  codeExpiresAt: Date
  /** By the database's clock at the moment of reading. */
  codeExpired: boolean
}

/** Codes that prove control of an inbox. Six digits are easily typed; twelve leave a flood of codes no chance of being guessed (0031). */
export type CodeDigits = 6 | 12

export interface NewAccount {
  id: UserId
  email: string
  emailCanonical: string
  passwordHash: string
  givenName: string
  familyName: string
}

export interface AccountStore {
  /** False when the address belongs to an account already. */
  insert(account: NewAccount): Promise<boolean>
  find(id: UserId): Promise<Account | null>
  findByEmail(emailCanonical: string): Promise<Account | null>
  findByUsername(username: string): Promise<Account | null>
  /** Locked until commit: one account registers once. */
  lock(id: UserId): Promise<Account | null>
  register(id: UserId, username: string): Promise<void>
  setNames(id: UserId, names: Names): Promise<void>
  /** The same password, hashed with other parameters. */
  rehash(id: UserId, passwordHash: string): Promise<void>
  /** Another password: raises the version. @returns the new version */
  setPassword(id: UserId, passwordHash: string): Promise<number>
  /** False when the address belongs to another account. */
  setEmail(id: UserId, email: { email: string; emailCanonical: string }): Promise<boolean>
  /** Notes that the account signed in from this network, and keeps the most recent ones. */
  noteNetwork(id: UserId, network: string): Promise<void>
  hasUsedNetwork(id: UserId, network: string): Promise<boolean>
  forgetNetworks(id: UserId): Promise<void>
  /** Housekeeping, for networks that were not used for so many days. */
  deleteUnusedNetworks(days: number): Promise<void>
}

export type NewSignUp = Pick<SignUp, 'id' | 'email' | 'emailCanonical' | 'passwordHash' | 'givenName' | 'familyName' | 'codeDigits'> & {
  tokenHash: Uint8Array
  codeSeconds: number
  lifetimeSeconds: number
}

/** Sign-ups whose time is over are not found, nor changed. */
export interface SignUpStore {
  insert(signUp: NewSignUp): Promise<void>
  find(id: SignUpId): Promise<SignUp | null>
  findByTokenHash(tokenHash: Uint8Array): Promise<SignUp | null>
  /** The next number, with a new end and no tries spent. */
  renewCode(tokenHash: Uint8Array, codeSeconds: number, codeDigits: SignUp['codeDigits']): Promise<SignUp | null>
  /** Spends a try if there is one left and the code has not ended: one statement, so that parallel tries are all counted. Null when there was none to spend. */
  countTry(tokenHash: Uint8Array, most: number): Promise<SignUp | null>
  remove(id: SignUpId): Promise<void>
  /** Those whose time is over. */
  removeEnded(): Promise<number>
}

export interface PasswordResetStore {
  insert(reset: Pick<PasswordReset, 'id' | 'emailCanonical' | 'address' | 'requestId'> & { lifetimeSeconds: number }): Promise<void>
  find(id: PasswordResetId): Promise<PasswordReset | null>
  /** Says whose it is and ends the user's older ones. False when that was done before. */
  assign(id: PasswordResetId, userId: UserId): Promise<boolean>
  /** Takes it if it is open: one statement, so that two callers cannot both win. Every other one of its user ends with it. */
  consume(id: PasswordResetId): Promise<UserId | null>
  /** Every open one of a user, whose password or address is another now. */
  endAllOf(userId: UserId): Promise<void>
  /** Those whose time is over. */
  removeEnded(): Promise<number>
}

export interface EmailChangeStore {
  /** Ends the one of before. */
  insert(change: Omit<EmailChange, 'codeTries' | 'expired' | 'ended' | 'expiresAt'> & { lifetimeSeconds: number }): Promise<EmailChange>
  find(id: EmailChangeId): Promise<EmailChange | null>
  /** The one that is under way, in time or not. */
  open(userId: UserId): Promise<EmailChange | null>
  /** Spends a try if there is one left and it is in time: one statement, so that parallel tries are all counted. */
  countTry(id: EmailChangeId, most: number): Promise<EmailChange | null>
  end(userId: UserId): Promise<void>
  /** Those that ended so long ago that no mail about them is under way. */
  deleteEnded(days: number): Promise<void>
}
