import type { SignUpId } from '@muster/contract/ids.ts'
import type { SignUp } from '../sign-up.ts'

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
