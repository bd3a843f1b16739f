import { Link } from '@tanstack/react-router'
import { type HeldRole, roleId, roleName } from '../lib/roles.ts'
import { useSession } from '../lib/session.ts'

/** The role, linked to what it allows and who else has it. */
export function RoleLink({ role, className = 'link' }: { role: HeldRole; className?: string }) {
  const { may } = useSession()
  if (!may('members:read')) return <>{roleName(role)}</>
  return (
    <Link to="/roles/$role" params={{ role: roleId(role) }} className={className}>
      {roleName(role)}
    </Link>
  )
}
