import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { type Role, titleOf } from '../../lib/roles.ts'
import { useSession } from '../../lib/session.ts'
import { ShowCommand } from '../../ui/copy.tsx'
import { Loaded } from '../../ui/loaded.tsx'
import { Card } from '../../ui/states.tsx'
import { areasQuery, rolesQuery } from './data.ts'
import { RolesFrame } from './frame.tsx'

/** From each permission to the roles that have it. */
export function PermissionsPage() {
  return (
    <RolesFrame>
      <Permissions />
    </RolesFrame>
  )
}

function Permissions() {
  const { organization } = useSession()
  const areas = useQuery(areasQuery)
  const { data: roles = [] } = useQuery(rolesQuery(organization.id))
  return (
    <Loaded query={areas} rows={8} label="Loading the permissions">
      {(items) => (
        <div className="flex flex-col gap-4">
          {items.map(({ area, api, permissions }) => (
            <Card key={api ?? area} title={area} padded={false}>
              <ul aria-label={area} className="text-sm">
                {permissions.map(({ name, description, delegable }) => (
                  <li
                    key={name}
                    className="grid grid-cols-[minmax(0,1fr)] gap-x-6 border-t border-line px-5 py-2 first:border-t-0 sm:grid-cols-[minmax(0,1fr)_minmax(0,1fr)]"
                  >
                    <p className="min-w-0 wrap-anywhere">
                      {description}
                      <code className="block text-xs text-muted">{name}</code>
                    </p>
                    <p className="min-w-0 text-muted">
                      <RoleLinks roles={roles.filter((role) => role.permissions.includes(name))} />
                      {!delegable && <span className="block text-xs">Only admins can have this.</span>}
                    </p>
                  </li>
                ))}
              </ul>
            </Card>
          ))}
          <div className="max-w-md">
            <ShowCommand>muster role permissions</ShowCommand>
          </div>
        </div>
      )}
    </Loaded>
  )
}

const RoleLinks = ({ roles }: { roles: Role[] }) =>
  roles.length === 0 ? (
    <>No role</>
  ) : (
    roles.map((role, at) => (
      <span key={role.id}>
        {at > 0 && ', '}
        <Link to="/roles/$role" params={{ role: role.id }} className="link wrap-anywhere">
          {titleOf(role)}
        </Link>
      </span>
    ))
  )
