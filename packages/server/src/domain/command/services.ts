import type { Admission } from '../model/admission.ts'
import type { SecretKeys } from '../model/secret-keys.ts'
import type { Store } from '../store.ts'
import type { Execute } from './context.ts'
import type { Limits } from './limits.ts'

/** The parts that sign-up, sign-in and password resets use outside a transaction: hashing, estimating and rate limits. */
export interface Accounts {
  store: Store
  execute: Execute
  keys: SecretKeys
  limits: Limits
  admission: Admission
  /** False: the operator has switched passwords off (F23). */
  passwords: boolean
  hasher: PasswordHasher
  strength: PasswordStrength
}

/** Creates and checks password hashes. This is slow on purpose, so it never runs inside a transaction. */
export interface PasswordHasher {
  /** The number of hashes that wait for a processor. */
  waiting(): number
  /** @throws Problem overloaded when too many are waiting */
  hash(password: string): Promise<string>
  /** Without a hash, it does the same work and returns false, so that the time does not reveal whether an account exists (C06). @throws Problem overloaded */
  verify(hash: string | null, password: string): Promise<boolean>
  /** True if the hash was created with other parameters than the current ones. */
  isOutdated(hash: string): boolean
}

export interface Strength {
  /** zxcvbn's 0 to 4: 3 is "safely unguessable" where the hash is slow. */
  score: number
  /** Why the password is easy to guess, in a sentence. */
  warning: string | null
  /** It is on the list of leaked passwords, in any capitalization. */
  leaked: boolean
}

/** Estimates how hard a password is to guess. */
export interface PasswordStrength {
  /** @param personal words that anyone who knows the person would try first */
  estimate(password: string, personal: readonly string[]): Promise<Strength>
}
