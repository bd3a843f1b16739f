import type { UserId } from '@muster/contract/ids.ts'
import { Problem } from './problem.ts'

/** One verified email address with its credentials. It is unregistered until it has a username; after that, it is a user permanently. */
export interface Account {
  id: UserId
  email: string
  /** The canonical form, for comparisons (S44). */
  emailCanonical: string
  passwordHash: string
  givenName: string
  familyName: string
  company: string | null
  username: string | null
  epoch: number
  /** Raised by each new password. A rehash of the same password keeps it. */
  passwordVersion: number
  createdAt: Date
  registeredAt: Date | null
  /** The operator refuses the person since then (O14). */
  suspendedAt: Date | null
}

export interface Names {
  givenName?: string | undefined
  familyName?: string | undefined
  company?: string | null | undefined
}

/**
 * A person's name as it is shown: one line, without control characters or characters that change the direction of the text. @throws Problem person_name_invalid
 */
export function personName(text: string): string {
  const name = text.normalize('NFC').replace(/\s+/gu, ' ').trim()
  if (name === '' || [...name].length > 100 || /[\p{Cc}\p{Cs}\p{Cn}\u200e\u200f\u202a-\u202e\u2066-\u2069]/u.test(name))
    throw new Problem('person_name_invalid')
  return name
}
