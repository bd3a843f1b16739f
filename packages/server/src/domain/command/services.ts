import type { PasswordHasher } from '../accounts/password.ts'
import type { SecretKeys } from '../model/secret-keys.ts'
import type { Store } from '../store.ts'
import type { Execute } from './execute.ts'
import type { Limits } from './limits.ts'

/** What signing up, signing in and resetting need beside a transaction: hashing and counting happen outside of one. */
export interface Accounts {
  store: Store
  execute: Execute
  keys: SecretKeys
  limits: Limits
  hasher: PasswordHasher
}
