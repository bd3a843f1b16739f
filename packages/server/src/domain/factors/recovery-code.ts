import { randomBytes } from 'node:crypto'
import type { UserId } from '@muster/contract/ids.ts'
import type { Context } from '../command/context.ts'
import { requireRecent } from '../command/recent.ts'
import { Problem } from '../model/problem.ts'
import { digest } from '../model/secret-keys.ts'
import { endAtFactorChange } from './change.ts'

// Codes to write down, for the day when the authenticator app is lost (F8). Only their digests are stored: 120 random bits need no slow hash.

const RECOVERY_CODES = 10
const BYTES = 15
/** Crockford's base32: no letter looks like a digit. */
const ALPHABET = '0123456789abcdefghjkmnpqrstvwxyz'
const LENGTH = 24

function newCode(): string {
  let number = BigInt(`0x${randomBytes(BYTES).toString('hex')}`)
  let text = ''
  for (let at = 0; at < LENGTH; at += 1) {
    text = ALPHABET[Number(number & 31n)] + text
    number >>= 5n
  }
  return (text.match(/.{4}/g) as string[]).join('-')
}

/** The code without spaces, dashes and capitals, and with the digits that people take letters for. Null if it is no recovery code. */
export function recoveryCodeOf(typed: string): string | null {
  const text = typed.toLowerCase().replace(/[\s-]/g, '').replace(/o/g, '0').replace(/[il]/g, '1')
  return text.length === LENGTH && [...text].every((letter) => ALPHABET.includes(letter)) ? text : null
}

const hashOf = (userId: UserId, code: string): Buffer => digest(`recovery-code ${userId} ${code}`)

/** For a command that has checked the caller: replaces all recovery codes. @returns the codes, which are stored nowhere */
export async function replaceRecoveryCodes({ tx, record }: Context, userId: UserId): Promise<string[]> {
  const codes = Array.from({ length: RECOVERY_CODES }, newCode)
  await tx.authenticators.setRecoveryCodes(
    userId,
    codes.map((code) => hashOf(userId, recoveryCodeOf(code) as string)),
  )
  await record({ type: 'recovery_codes.created', target: userId, userId, count: codes.length })
  return codes
}

/** @throws Problem insufficient_user_authentication or authenticator_not_found */
export async function createRecoveryCodes(context: Context): Promise<string[]> {
  const { account, live } = await context.account({ unregistered: true })
  await requireRecent(context.tx, live, 'factors:change')
  if (!(await context.tx.authenticators.has(account.id))) throw new Problem('authenticator_not_found')
  const codes = await replaceRecoveryCodes(context, account.id)
  await endAtFactorChange(context.tx, account.id)
  const at = (await context.tx.now()).toISOString()
  const { address } = context.principal.origin
  await context.tx.jobs.send({ name: 'mail', data: { template: 'factor', change: 'recovery_codes_created', userId: account.id, at, address } })
  return codes
}

/** Under the lock on the account. False if the code is unknown or was used. The owner gets an email. */
export async function takeRecoveryCode(context: Context, userId: UserId, code: string): Promise<boolean> {
  const { tx, principal, record } = context
  const left = await tx.authenticators.useRecoveryCode(userId, hashOf(userId, code))
  if (left === null) return false
  await tx.authenticators.forgetFailures(userId)
  await record({ type: 'recovery_code.used', target: userId, userId, left })
  const at = (await tx.now()).toISOString()
  await tx.jobs.send({ name: 'mail', data: { template: 'factor', change: 'recovery_code_used', userId, left, at, address: principal.origin.address } })
  return true
}
