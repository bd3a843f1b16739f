import type { SecretKeys } from '../model/secret-keys.ts'
import type { Store } from '../store.ts'
import type { Execute } from './context.ts'
import type { Limits } from './limits.ts'

/** What signing up, signing in and resetting need beside a transaction: hashing and counting happen outside of one. */
export interface Accounts {
  store: Store
  execute: Execute
  keys: SecretKeys
  limits: Limits
  hasher: PasswordHasher
}

/** Makes and checks password hashes. Slow on purpose, so never inside a transaction. */
export interface PasswordHasher {
  /** How many wait for a processor. */
  waiting(): number
  /** @throws Problem overloaded when too many wait already */
  hash(password: string): Promise<string>
  /** Without a hash it works as long and answers false, so that nobody learns from the time whether there is an account (C06). @throws Problem overloaded */
  verify(hash: string | null, password: string): Promise<boolean>
  /** True for a hash made with other parameters than today's. */
  isOutdated(hash: string): boolean
}
