import type { UserId } from '@muster/contract/ids.ts'
import { Problem } from './problem.ts'

/** One verified email address with its credentials. Unregistered until it has a username; then a user, for ever. */
export interface Account {
  id: UserId
  email: string
  /** The form in which it is compared with another address (S44). */
  emailCanonical: string
  passwordHash: string
  givenName: string
  familyName: string
  company: string | null
  username: string | null
  epoch: number
  /** Raised with each new password. A new hash of the same password keeps it. */
  passwordVersion: number
  createdAt: Date
  registeredAt: Date | null
}

export interface Names {
  givenName?: string | undefined
  familyName?: string | undefined
  company?: string | null | undefined
}

/** A person's name as it is shown: one line, no controls, nothing that turns the text around it. @throws Problem person_name_invalid */
export function personName(text: string): string {
  const name = text.normalize('NFC').replace(/\s+/gu, ' ').trim()
  if (name === '' || [...name].length > 100 || /[\p{Cc}\p{Cs}\p{Cn}\u200e\u200f\u202a-\u202e\u2066-\u2069]/u.test(name))
    throw new Problem('person_name_invalid')
  return name
}
