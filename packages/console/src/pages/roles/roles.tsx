import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { type Role, titleOf } from '../../lib/roles.ts'
import { useSession } from '../../lib/session.ts'
import { useHashDialog } from '../../lib/use-hash-dialog.ts'
import { Button } from '../../ui/button.tsx'
import { ShowCommand } from '../../ui/copy.tsx'
import { Loaded } from '../../ui/loaded.tsx'
import { RowMenu } from '../../ui/menu.tsx'
import { Card, Empty } from '../../ui/states.tsx'
import { useRoleActions } from './actions.tsx'
import { areasQuery, rolesQuery } from './data.ts'
import { RoleDialog } from './editor.tsx'
import { RolesFrame } from './frame.tsx'
import { areaLines, holdersInWords } from './words.ts'

/** The built-in roles and those of the organization. `#create` opens the editor. */
export function RolesPage() {
  const { may } = useSession()
  const [creating, showCreate] = useHashDialog('create')
  const create = may('members:role') ? () => showCreate(true) : undefined
  return (
    <RolesFrame onCreate={create}>
      <Roles onCreate={create} />
      {creating && create && <RoleDialog onClose={() => showCreate(false)} />}
    </RolesFrame>
  )
}

function Roles({ onCreate }: { onCreate: (() => void) | undefined }) {
  const { organization } = useSession()
  const query = useQuery(rolesQuery(organization.id))
  const actions = useRoleActions()
  const card = (title: string, roles: Role[]) => (
    <Card title={title} padded={false}>
      <ul aria-label={title}>
        {roles.map((role) => (
          <RoleRow key={role.id} role={role} menu={<RowMenu label={`Actions for ${titleOf(role)}`} groups={actions.menuFor(role)} />} />
        ))}
      </ul>
    </Card>
  )
  return (
    <>
      <Loaded query={query} rows={6} label="Loading the roles">
        {(roles) => {
          const own = roles.filter(({ built_in: isBuiltIn }) => !isBuiltIn)
          const title = `Roles of ${organization.name}`
          return (
            <div className="flex flex-col gap-4">
              {own.length > 0 ? (
                card(title, own)
              ) : (
                <Card title={title} padded={false}>
                  <Empty
                    title="No roles of your own yet"
                    action={onCreate && <Button onClick={onCreate}>Create your first role</Button>}
                    command={onCreate && 'muster role create Deployer'}
                  >
                    Roles let people do a part of what a member can, or a little more: deploy without inviting anyone, or read the audit log without changing
                    anything. Create a role, then give it to members, service accounts or invited people.
                  </Empty>
                </Card>
              )}
              {card(
                'Built-in roles',
                roles.filter(({ built_in: isBuiltIn }) => isBuiltIn),
              )}
              <div className="max-w-md">
                <ShowCommand>muster role list</ShowCommand>
              </div>
            </div>
          )
        }}
      </Loaded>
      {actions.dialogs}
    </>
  )
}

function RoleRow({ role, menu }: { role: Role; menu: React.ReactNode }) {
  const { data: areas } = useQuery(areasQuery)
  const { id, description, permissions, holders } = role
  const lines = areas && role.id !== 'admin' ? areaLines(areas, permissions) : []
  return (
    <li className="flex items-start gap-4 border-t border-line py-3 pr-3 pl-5 text-sm first:border-t-0">
      <div className="min-w-0 flex-1">
        <p className="flex flex-wrap items-baseline gap-x-3">
          <Link to="/roles/$role" params={{ role: id }} className="row-link wrap-anywhere">
            {titleOf(role)}
          </Link>
          <span className="text-muted">{holders === 0 ? 'Nobody has it' : holdersInWords(holders)}</span>
        </p>
        {description && <p className="wrap-anywhere text-muted">{description}</p>}
        {lines.length > 0 && (
          <ul className="mt-1 max-w-[90ch] text-muted">
            {lines.map((line) => (
              <li key={line} className="wrap-anywhere">
                {line}
              </li>
            ))}
          </ul>
        )}
        {permissions.length === 0 && <p className="text-muted">No permissions.</p>}
      </div>
      {menu}
    </li>
  )
}
