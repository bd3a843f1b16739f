import type { UserId } from '@muster/contract/ids.ts'
import { Problem } from './problem.ts'
import { visibleLine } from './visible-line.ts'

/** One verified email address with its credentials. It is unregistered until it has a username; after that, it is a user permanently. */
export interface Account {
  id: UserId
  email: string
  /** The canonical form, for comparisons (S44). */
  emailCanonical: string
  /** Null for an account without a password, which has another way in. */
  passwordHash: string | null
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
  const name = visibleLine(text, 100)
  if (name === null) throw new Problem('person_name_invalid')
  return name
}
