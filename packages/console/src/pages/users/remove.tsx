import { useMutation, useQuery } from '@tanstack/react-query'
import { ApiProblem, answer, api, type Member } from '../../lib/api.ts'
import { fullName } from '../../lib/names.ts'
import { useSession } from '../../lib/session.ts'
import { plural } from '../../lib/time.ts'
import { ShowCommand } from '../../ui/copy.tsx'
import { Consequences, DangerDialog } from '../../ui/dialog.tsx'
import { toast } from '../../ui/toast.tsx'
import { CopyableKeys } from './copyable-keys.tsx'
import { ownedQuery, refreshPeople } from './data.ts'
import { names } from './deactivate.tsx'
import { type Departure, endedSentence, needsDialog } from './departure.tsx'
import { LastAdmin } from './last-admin.tsx'

interface Props {
  member: Member
  onClose: () => void
  onDone: (departure: Departure) => void
}

/** Removes a member. Their resources are transferred to the admin who removes them (S28). */
export function RemoveDialog({ member, onClose, onDone }: Props) {
  const { me, organization } = useSession()
  const { username } = member
  const { data: owned, isPending, isError } = useQuery(ownedQuery(organization.id, member.id))
  const remove = useMutation({
    mutationFn: () => answer(api.DELETE('/v1/organizations/{org}/members/{user}', { params: { path: { org: organization.id, user: member.id } } })),
    onSuccess: async ({ ended, handed_over: handedOver, keys_to_roll: keysToRoll }) => {
      await refreshPeople()
      onClose()
      const departure: Departure = { title: `${username} removed`, username, ended, handedOver, keysToRoll, heir: me.username }
      if (needsDialog(departure)) onDone(departure)
      else toast.done(departure.title, { description: `${endedSentence(ended)} To bring them back, invite them again.` })
    },
  })
  const count = owned?.items.length ?? 0
  const more = owned?.next_cursor ? 'more than ' : ''
  const lastAdmin = remove.error instanceof ApiProblem && remove.error.code === 'last_admin'

  return (
    <DangerDialog
      open
      onClose={onClose}
      title={`Remove ${fullName(member)} from ${organization.name}?`}
      lead={`${username} keeps their account and returns to their personal organization. They need a new invitation to come back. To suspend their access, deactivate them instead.`}
      action={`Remove ${username}`}
      onConfirm={() => remove.mutate()}
      busy={remove.isPending}
      ready={!lastAdmin}
      error={lastAdmin ? undefined : remove.error}
    >
      <Consequences
        title="Ends immediately"
        items={[
          'All their sessions, tokens and keys for this organization',
          'All open invitations they sent',
          `Their access to everything in ${organization.name}`,
        ]}
      />
      <Consequences
        title={`Transferred to you, ${me.username}`}
        items={[
          isPending
            ? 'Loading their resources'
            : count > 0
              ? `${more}${plural(count, 'resource')}: ${names(owned?.items)}`
              : isError
                ? 'All their resources'
                : 'Nothing: they own no resources',
        ]}
      />
      <CopyableKeys member={member} />
      <LastAdmin error={remove.error} onPromoted={remove.reset} />
      <ShowCommand>{`muster user remove ${username}`}</ShowCommand>
    </DangerDialog>
  )
}
