import { builtInRoles } from '@muster/contract/permissions.ts'
import { useQuery } from '@tanstack/react-query'
import { quoted } from '../../lib/names.ts'
import { type HeldRole, type Role, roleId, titleOf } from '../../lib/roles.ts'
import { useSession } from '../../lib/session.ts'
import { SelectField } from '../../ui/form/field.tsx'
import { rolesQuery } from './data.ts'

export type RoleChoice = Pick<Role, 'id' | 'name' | 'built_in' | 'description'>

const builtIn = (id: string): RoleChoice => ({ id, name: id, built_in: true, description: '' })
/** Until the list of roles is there. */
export const builtInChoices: readonly RoleChoice[] = builtInRoles.map(builtIn)

/** All roles, or nothing while they load, or if the caller may not list members. */
export function useRoles(): Role[] | undefined {
  const { organization, may } = useSession()
  return useQuery({ ...rolesQuery(organization.id), enabled: may('members:read') }).data
}

/** The roles that the user may give: those whose permissions they have (P8). Until the list is there, the ones that are certain. */
export function useRoleChoices(): RoleChoice[] {
  const { organization } = useSession()
  const roles = useRoles()
  const isAdmin = organization.role === 'admin'
  const own = roles?.find(({ id }) => id === roleId(organization))
  if (!roles || !own) return isAdmin ? [builtIn('admin'), builtIn('member')] : [choiceOf(organization)]
  return isAdmin ? roles : roles.filter(({ permissions }) => permissions.every((permission) => own.permissions.includes(permission)))
}

/** A role that may be missing from the list. */
export const choiceOf = (role: HeldRole): RoleChoice => ({
  id: roleId(role),
  name: role.role_name ?? role.role,
  built_in: role.role_id === undefined,
  description: '',
})

/** The chosen role, or the one that a form begins with: member, where it can be given. */
export const chosenRole = (choices: readonly RoleChoice[], id: string | null): RoleChoice =>
  choices.find((choice) => choice.id === id) ?? choices.find((choice) => choice.id === 'member') ?? choices[0] ?? builtIn('member')

/** " --role Deployer", for a command whose default is member. */
export const roleFlag = (role: RoleChoice): string => (role.id === 'member' ? '' : ` --role ${quoted(role.name)}`)

interface Props {
  label?: string
  choices: readonly RoleChoice[]
  value: RoleChoice
  onChange: (id: string) => void
  /** Follows the description of the role. */
  hint?: string | undefined
  disabled?: boolean
}

/** Chooses one of the roles, and says what it is for. */
export const RoleField = ({ label = 'Role', choices, value, onChange, hint, disabled = false }: Props) => (
  <SelectField
    label={label}
    value={value.id}
    onChange={(event) => onChange(event.target.value)}
    disabled={disabled}
    hint={[value.description, hint].filter(Boolean).join(' ') || undefined}
  >
    {choices.map((choice) => (
      <option key={choice.id} value={choice.id}>
        {titleOf(choice)}
      </option>
    ))}
  </SelectField>
)
