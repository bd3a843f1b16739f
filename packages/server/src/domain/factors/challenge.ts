import { randomBytes } from 'node:crypto'
import type { Context } from '../command/context.ts'
import { Problem } from '../model/problem.ts'
import { digest, type RootKey, type SecretKeys, sameBytes } from '../model/secret-keys.ts'

// The challenge of a passkey request. It is not stored: a MAC ties it to one purpose, one browser and the time it was made. Only a used challenge is stored, so
// that it cannot be used again, and so that strangers who open pages fill no table (0063).

/** A sign-in page may be open for a while before a person chooses a passkey. */
export const CHALLENGE_SECONDS = 3_600

export interface ChallengeFor {
  purpose: 'sign-in' | 'factor' | 'add' | 'confirm'
  /** The browser: its session, or the random value of its cookie before it has a session. */
  browser: string
}

const NONCE_BYTES = 16
const TIME_BYTES = 6

const macOf = (key: RootKey, { purpose, browser }: ChallengeFor, nonce: Buffer, time: Buffer): Buffer =>
  key.mac('passkey-challenge', purpose, browser, nonce.toString('hex'), time.toString('hex'))

/** @returns base64url */
export function newChallenge({ lasting }: SecretKeys, about: ChallengeFor, now: Date): string {
  const nonce = randomBytes(NONCE_BYTES)
  const time = Buffer.alloc(TIME_BYTES)
  time.writeUIntBE(Math.floor(now.getTime() / 1000), 0, TIME_BYTES)
  return Buffer.concat([nonce, time, macOf(lasting, about, nonce, time)]).toString('base64url')
}

/** True if the challenge was made here, for this purpose and browser, regardless of its age. Only its one spelling counts, because its digest is stored. */
export function isOwnChallenge({ everyLasting }: SecretKeys, about: ChallengeFor, challenge: string): boolean {
  const bytes = Buffer.from(String(challenge), 'base64url')
  if (bytes.toString('base64url') !== challenge) return false
  const nonce = bytes.subarray(0, NONCE_BYTES)
  const time = bytes.subarray(NONCE_BYTES, NONCE_BYTES + TIME_BYTES)
  const mac = bytes.subarray(NONCE_BYTES + TIME_BYTES)
  return everyLasting.some((key) => sameBytes(mac, macOf(key, about, nonce, time)))
}

/** Part of the command that accepts the response. @throws Problem passkey_expired, or passkey_refused if the challenge was used before */
export async function spendChallenge({ tx }: Pick<Context, 'tx'>, challenge: string): Promise<void> {
  const made = Buffer.from(challenge, 'base64url').readUIntBE(NONCE_BYTES, TIME_BYTES)
  const now = await tx.now()
  if (now.getTime() / 1000 > made + CHALLENGE_SECONDS) throw new Problem('passkey_expired')
  if (!(await tx.passkeys.useChallenge(digest(challenge), CHALLENGE_SECONDS))) throw new Problem('passkey_refused')
}
