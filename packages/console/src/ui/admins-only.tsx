import type { ReactNode } from 'react'
import { useSession } from '../lib/session.ts'
import { Card } from './states.tsx'

/** A page that one came to by its address, and may not see: why, and what to do. */
export function AdminsOnly({ what, instead }: { what: string; instead?: ReactNode }) {
  const { organization } = useSession()
  return (
    <Card>
      <h2 className="text-lg font-semibold">For admins only</h2>
      <p className="mt-1 max-w-[68ch] text-muted">
        {what} can be seen by the admins of {organization.name}. You are a member. If your work needs it, ask one of them to make you admin, or to look it up
        for you.
      </p>
      {instead && <p className="mt-3">{instead}</p>}
    </Card>
  )
}
