import { useMutation, useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { ApiProblem, answer, api, type Member } from '../../lib/api.ts'
import { fullName, quoted } from '../../lib/names.ts'
import { useSession } from '../../lib/session.ts'
import { plural } from '../../lib/time.ts'
import { ShowCommand } from '../../ui/copy.tsx'
import { Consequences, DangerDialog } from '../../ui/dialog.tsx'
import { TextField } from '../../ui/form/field.tsx'
import { toast } from '../../ui/toast.tsx'
import { CopyableKeys } from './copyable-keys.tsx'
import { ownedQuery, refreshPeople } from './data.ts'
import { type Departure, endedSentence, needsDialog } from './departure.tsx'
import { LastAdmin } from './last-admin.tsx'

interface Props {
  member: Member
  onClose: () => void
  onDone: (departure: Departure) => void
  onUndo: (member: Member) => void
}

/** Suspends a member's access until an admin reactivates them (S1, S32). */
export function DeactivateDialog({ member, onClose, onDone, onUndo }: Props) {
  const { me, organization } = useSession()
  const { username } = member
  const [reason, setReason] = useState('')
  const { data: owned, isPending, isError } = useQuery(ownedQuery(organization.id, member.id))
  const deactivate = useMutation({
    mutationFn: () =>
      answer(
        api.POST('/v1/organizations/{org}/members/{user}/deactivate', {
          params: { path: { org: organization.id, user: member.id } },
          body: reason.trim() === '' ? {} : { reason: reason.trim() },
        }),
      ),
    onSuccess: async ({ ended, keys_to_roll: keysToRoll }) => {
      await refreshPeople()
      onClose()
      const departure: Departure = { title: `${username} deactivated`, username, ended, keysToRoll, handedOver: [], heir: '', deactivated: member }
      if (needsDialog(departure)) onDone(departure)
      else toast.done(departure.title, { description: endedSentence(ended), undo: { label: 'Reactivate', run: () => onUndo(member) } })
    },
  })
  const count = owned?.items.length ?? 0
  const more = owned?.next_cursor ? ' and more' : ''

  return (
    <DangerDialog
      open
      tone="paused"
      onClose={onClose}
      title={`Deactivate ${fullName(member)}?`}
      lead={`${username} stays in ${organization.name} but can't sign in until an admin reactivates them. If they try, they see why and who to ask.`}
      action={`Deactivate ${username}`}
      onConfirm={() => deactivate.mutate()}
      busy={deactivate.isPending}
      ready={!isLastAdmin(deactivate.error)}
      error={isLastAdmin(deactivate.error) ? undefined : deactivate.error}
    >
      <Consequences
        title="Ends immediately"
        items={[
          'All their sessions: browser, command line, applications',
          'All their access tokens, refresh tokens and keys',
          'All open invitations they sent',
        ]}
      />
      <Consequences
        title="Not affected"
        items={[
          'Their membership, role and username',
          // Always one line, so that the buttons do not move when it has loaded.
          isPending
            ? 'Loading their resources'
            : count > 0
              ? `${plural(count, 'resource')}${more} they own: ${names(owned?.items)}`
              : `Their resources${isError ? '' : ': none'}`,
        ]}
      />
      {count > 0 && (
        <Consequences
          title={`Transferred to you, ${me.username}, if they move`}
          items={['All their resources, if they accept an invitation to another organization while deactivated']}
        />
      )}
      <CopyableKeys member={member} />
      <TextField
        label="Reason"
        optional
        hint="Shown to other admins and kept in the audit log."
        maxLength={300}
        value={reason}
        onChange={(event) => setReason(event.target.value)}
      />
      <LastAdmin error={deactivate.error} onPromoted={deactivate.reset} />
      <ShowCommand>{`muster user deactivate ${username}${reason.trim() === '' ? '' : ` --reason ${quoted(reason.trim())}`}`}</ShowCommand>
    </DangerDialog>
  )
}

const isLastAdmin = (error: unknown): boolean => error instanceof ApiProblem && error.code === 'last_admin'

/** The names of the first five resources. */
export const names = (resources: { kind: string; name: string }[] = []): string => {
  const shown = resources.slice(0, 5).map(({ kind, name }) => `${kind} ${name}`)
  return resources.length > shown.length ? `${shown.join(', ')} …` : shown.join(', ')
}
