import type { Config } from '../config.ts'
import type { OtherWays } from '../domain/accounts/store.ts'
import type { Execute } from '../domain/command/context.ts'
import type { Limits } from '../domain/command/limits.ts'
import type { PasswordHasher, PasswordStrength } from '../domain/command/services.ts'
import type { AccessTokens } from '../domain/credentials/access-token.ts'
import type { WebAuthn } from '../domain/factors/webauthn.ts'
import type { Admission } from '../domain/model/admission.ts'
import type { SecretKeys } from '../domain/model/secret-keys.ts'
import type { AwaitRevocations } from '../domain/signals/receiver.ts'
import type { Store } from '../domain/store.ts'

export interface Services {
  config: Config
  store: Store
  execute: Execute
  keys: SecretKeys
  limits: Limits
  admission: Admission
  /** The ways in besides a password that this server offers. */
  ways: OtherWays
  /** False: the operator has switched passwords off (F23). */
  passwords: boolean
  hasher: PasswordHasher
  strength: PasswordStrength
  accessTokens: AccessTokens
  awaitRevocations: AwaitRevocations
  /** Null where passkeys are not possible (F4). */
  webauthn: WebAuthn | null
}
