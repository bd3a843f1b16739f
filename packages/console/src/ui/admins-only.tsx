import type { ReactNode } from 'react'
import { useSession } from '../lib/session.ts'
import { Card } from './states.tsx'

/** Shown to a member who opens an admin page by its URL. */
export function AdminsOnly({ subject, instead }: { subject: string; instead?: ReactNode }) {
  const { organization } = useSession()
  return (
    <Card>
      <h2 className="text-lg font-semibold">Admins only</h2>
      <p className="mt-1 max-w-[68ch] text-muted">
        Only admins of {organization.name} can see {subject}. If you need access, ask an admin to change your role or to look it up for you.
      </p>
      {instead && <p className="mt-3">{instead}</p>}
    </Card>
  )
}
