import { useInfiniteQuery, useMutation, useQuery } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import { answer, api } from '../../lib/api.ts'
import { quoted } from '../../lib/names.ts'
import { type Role, titleOf } from '../../lib/roles.ts'
import { useSession } from '../../lib/session.ts'
import { ShowCommand } from '../../ui/copy.tsx'
import { Consequences, DangerDialog } from '../../ui/dialog.tsx'
import { toast } from '../../ui/toast.tsx'
import { areasQuery, holdersQuery, refreshRoles } from './data.ts'
import { chosenRole, RoleField, useRoles } from './role-field.tsx'
import { areaLines, holdersInWords } from './words.ts'

const SHOWN = 5

/** Removes a role of the organization. Its holders get another role first (P9). */
export function RemoveRoleDialog({ role: opened, onClose }: { role: Role; onClose: () => void }) {
  const { organization } = useSession()
  const navigate = useNavigate()
  const roles = useRoles() ?? []
  // Somebody may get the role while the dialog is open.
  const role = roles.find(({ id }) => id === opened.id) ?? opened
  const [chosen, setChosen] = useState<string | null>(null)
  const choices = roles.filter(({ id }) => id !== 'admin' && id !== role.id)
  const to = chosenRole(choices, chosen)
  const isHeld = role.holders > 0
  const remove = useMutation({
    mutationFn: () =>
      answer(
        api.DELETE('/v1/organizations/{org}/roles/{role}', {
          params: { path: { org: organization.id, role: role.id }, query: isHeld ? { move_to: to.id } : {} },
        }),
      ),
    onSuccess: async ({ moved }) => {
      // From the role's own page, whose address has its id or its name, or from the list.
      await navigate({ to: '/roles', replace: true })
      await refreshRoles()
      onClose()
      toast.done(`Role ${role.name} removed`, { ...(moved > 0 && { description: `${holdersInWords(moved)} moved to ${titleOf(to)}.` }) })
    },
  })
  return (
    <DangerDialog
      open
      onClose={onClose}
      title={`Remove the role ${role.name}?`}
      lead={
        isHeld
          ? `${holdersInWords(role.holders)} first ${role.holders === 1 ? 'gets' : 'get'} another role. You can't undo this.`
          : "Nobody has it. You can't undo this."
      }
      action="Remove role"
      onConfirm={() => remove.mutate()}
      busy={remove.isPending}
      ready={!isHeld || choices.length > 0}
      error={remove.error}
    >
      {isHeld && <RoleField label="Move its holders to" choices={choices} value={to} onChange={setChosen} />}
      {isHeld && <Moves role={role} to={roles.find(({ id }) => id === to.id)} />}
      <ShowCommand>{`muster role remove ${quoted(role.name)}${isHeld ? ` --move-to ${quoted(to.name)}` : ''}`}</ShowCommand>
    </DangerDialog>
  )
}

/** Who moves, and what they gain and lose. */
function Moves({ role, to }: { role: Role; to: Role | undefined }) {
  const { organization } = useSession()
  const { data: areas } = useQuery(areasQuery)
  const { data } = useInfiniteQuery(holdersQuery(organization.id, role.id))
  const holders = data?.pages[0]?.items ?? []
  if (!areas || !to) return null
  const others = role.holders - Math.min(holders.length, SHOWN)
  const gained = to.permissions.filter((permission) => !role.permissions.includes(permission))
  const lost = role.permissions.filter((permission) => !to.permissions.includes(permission))
  return (
    <>
      <Consequences
        title={`Move to ${titleOf(to)}`}
        items={[...holders.slice(0, SHOWN).map(({ name }) => name ?? 'An invite link or organization secret'), ...(others > 0 ? [`${others} more`] : [])]}
      />
      <Consequences title="They lose" items={areaLines(areas, lost)} />
      <Consequences title="They gain" items={areaLines(areas, gained)} />
      {lost.includes('resources:remove') && <Consequences title="Transferred to you" items={['All resources that they own']} />}
    </>
  )
}
