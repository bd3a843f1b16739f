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
  setPasswordHash(id: UserId, passwordHash: string): Promise<void>
  /** False when the address belongs to another account. */
  setEmail(id: UserId, email: { email: string; emailCanonical: string }): Promise<boolean>
}
