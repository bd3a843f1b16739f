import type { UserId } from '@muster/contract/ids.ts'
import type { Account, Names } from '../user.ts'

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
