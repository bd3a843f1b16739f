import type { Context } from '../command/context.ts'
import type { Account } from '../model/account.ts'
import { type RootKey, type SecretKeys, sameBytes } from '../model/secret-keys.ts'
import { inboxCode } from './code-email.ts'

// After an admin has reset the factors of a person, their next sign-in requires a code that is sent to their email address, besides the password (F12).

const DIGITS = 8

const codeBy = (key: RootKey, tokenHash: Uint8Array): string => inboxCode(key, 'sign-in-code', DIGITS, Buffer.from(tokenHash).toString('hex'))

/** Derived from the sign-in that it belongs to, so it is stored nowhere. */
export const signInCode = ({ lasting }: Pick<SecretKeys, 'lasting'>, tokenHash: Uint8Array): string => codeBy(lasting, tokenHash)

/** Sends the code of a sign-in that waits for it. */
export async function sendSignInCode({ tx }: Context, { tokenHash }: { tokenHash: Uint8Array }): Promise<void> {
  await tx.jobs.send({ name: 'mail', data: { template: 'sign_in_code', signIn: Buffer.from(tokenHash).toString('hex') } })
}

/** Under the lock on the account. Null if the code is wrong. The code proves the inbox and is no factor, so it adds no method. */
export async function takeSignInCode(
  { tx, keys }: Context,
  { id }: Account,
  { tokenHash, typed }: { tokenHash: Uint8Array; typed: string },
): Promise<string[] | null> {
  const code = Buffer.from(typed.replace(/\s/g, ''))
  if (!keys.everyLasting.some((key) => sameBytes(code, Buffer.from(codeBy(key, tokenHash))))) return null
  await tx.factorResets.useCode(id)
  return []
}
