import type { ProblemBody } from '@muster/contract/problems.ts'

/** The extra fields of the problems `user_deactivated` and `organization_suspended` (S35). */
export type BarredProblem = ProblemBody & {
  organization?: { name: string }
  deactivated_at?: string
  suspended_at?: string
  contact?: string | null
  contact_email?: string | null
}

/** A link to the address of the contact, or the name when there is no address. */
export function ContactAddress({ problem: { contact, contact_email: email } }: { problem: BarredProblem }) {
  const address = email ?? (contact?.includes('@') ? contact : null)
  if (!address) return contact
  return (
    <a href={`mailto:${encodeURIComponent(address)}`} className="link wrap-anywhere">
      {address}
    </a>
  )
}
