import type { ReactNode } from 'react'
import { roleName } from '../lib/roles.ts'
import { useSession } from '../lib/session.ts'
import { Card } from './states.tsx'

/** Shown to a member who opens a page by its URL that their role does not include. */
export function NotInRole({ subject, instead }: { subject: string; instead?: ReactNode }) {
  const { organization } = useSession()
  return (
    <Card>
      <h2 className="text-lg font-semibold">Your role does not include this</h2>
      <p className="mt-1 max-w-[68ch] text-muted">
        You are in {organization.name} with the role {roleName(organization)}, which can't see {subject}. If you need access, ask an admin to change your role
        or to look it up for you.
      </p>
      {instead && <p className="mt-3">{instead}</p>}
    </Card>
  )
}
