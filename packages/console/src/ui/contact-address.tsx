import type { ProblemBody } from '@muster/contract/problems.ts'

/** What the server adds to the two refusals (S35). */
export type BarredProblem = ProblemBody & {
  organization?: { name: string }
  deactivated_at?: string
  suspended_at?: string
  contact?: string | null
  contact_email?: string | null
}

/** The address to write to, or the name where there is none. */
export function ContactAddress({ problem: { contact, contact_email: email } }: { problem: BarredProblem }) {
  const address = email ?? (contact?.includes('@') ? contact : null)
  if (!address) return contact
  return (
    <a href={`mailto:${encodeURIComponent(address)}`} className="link wrap-anywhere">
      {address}
    </a>
  )
}
