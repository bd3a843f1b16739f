import { useMutation, useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import { answer, api, type Member, type Schemas } from '../../lib/api.ts'
import { fullName } from '../../lib/names.ts'
import { useSession } from '../../lib/session.ts'
import { Button } from '../../ui/button.tsx'
import { ShowCommand } from '../../ui/copy.tsx'
import { Consequences, DangerDialog } from '../../ui/dialog.tsx'
import { Notice } from '../../ui/states.tsx'
import { Countdown, Time } from '../../ui/time.tsx'
import { toast } from '../../ui/toast.tsx'
import { factorResetsQuery, refreshPeople } from './data.ts'

const removed = ['Their passkeys, their authenticator app and their recovery codes', 'All their sessions, refresh tokens and keys']

/** Asks for the reset of a member who has lost their factors. It takes force after a day (F12). */
export function ResetFactorsDialog({ member, onClose }: { member: Member; onClose: () => void }) {
  const { organization } = useSession()
  const { username } = member
  const request = useMutation({
    mutationFn: () => answer(api.POST('/v1/organizations/{org}/members/{user}/factor-reset', { params: { path: { org: organization.id, user: member.id } } })),
    onSuccess: async () => {
      await refreshPeople()
      onClose()
      toast.done(`Reset of ${username} requested`, { description: 'It takes force in 24 hours, or when another admin confirms it.' })
    },
  })
  return (
    <DangerDialog
      open
      onClose={onClose}
      title={`Reset how ${fullName(member)} signs in?`}
      lead={`Do this if ${username} lost their authenticator app, recovery codes and passkeys. First make sure who asks: anyone with their password and access to their inbox can sign in then.`}
      action={`Reset ${username}`}
      onConfirm={() => request.mutate()}
      busy={request.isPending}
      error={request.error}
    >
      <Consequences title="Ends in 24 hours, or when another admin confirms" items={removed} />
      <Consequences title="Until then" items={[`${username} is told by email, and they and every admin can stop it`]} />
      <ShowCommand>{`muster user reset-factors ${username}`}</ShowCommand>
    </DangerDialog>
  )
}

/** On the page of a member: their reset that has not taken force yet. */
export function FactorReset({ member }: { member: Member }) {
  const { organization, me } = useSession()
  const { data } = useQuery(factorResetsQuery(organization.id))
  const [confirming, setConfirming] = useState(false)
  const reset = data?.items.find(({ user }) => user.id === member.id)
  const cancel = useMutation({
    mutationFn: () =>
      answer(api.DELETE('/v1/organizations/{org}/members/{user}/factor-reset', { params: { path: { org: organization.id, user: member.id } } })),
    onSuccess: async () => {
      await refreshPeople()
      toast.done(`Reset of ${member.username} stopped`)
    },
    onError: (error) => toast.fail(error),
  })
  if (!reset) return null
  return (
    <Notice tone="paused" title={`The factors of ${member.username} will be reset`}>
      <p>
        {reset.requested_by.username} asked for this <Time at={reset.requested_at} />. It takes force <Countdown at={reset.in_force_at} over="in a moment" />,
        or when another admin confirms it.
      </p>
      <div className="mt-2 flex flex-wrap gap-2">
        <Button busy={cancel.isPending} onClick={() => cancel.mutate()}>
          Cancel the reset
        </Button>
        {reset.requested_by.id !== me.id && (
          <Button kind="danger" onClick={() => setConfirming(true)}>
            Confirm
          </Button>
        )}
      </div>
      {confirming && <ConfirmDialog member={member} reset={reset} onClose={() => setConfirming(false)} />}
    </Notice>
  )
}

function ConfirmDialog({ member, reset, onClose }: { member: Member; reset: Schemas['FactorReset']; onClose: () => void }) {
  const { organization } = useSession()
  const { username } = member
  const confirm = useMutation({
    mutationFn: () =>
      answer(api.POST('/v1/organizations/{org}/members/{user}/factor-reset/confirm', { params: { path: { org: organization.id, user: member.id } } })),
    onSuccess: async () => {
      await refreshPeople()
      onClose()
      toast.done(`Factors of ${username} reset`, { description: 'We tell them by email how to sign in.' })
    },
  })
  return (
    <DangerDialog
      open
      onClose={onClose}
      title={`Confirm the reset of ${fullName(member)}?`}
      lead={`${reset.requested_by.username} asked for it. Confirm only if you know that ${username} asked for help.`}
      action={`Reset ${username} now`}
      onConfirm={() => confirm.mutate()}
      busy={confirm.isPending}
      error={confirm.error}
    >
      <Consequences title="Ends immediately" items={removed} />
      <ShowCommand>{`muster user reset-factors ${username} --confirm`}</ShowCommand>
    </DangerDialog>
  )
}

/** On the list of users: the members whose factors will be reset, for every admin to see. */
export function FactorResets() {
  const { organization } = useSession()
  const { data } = useQuery(factorResetsQuery(organization.id))
  if (!data || data.items.length === 0) return null
  return (
    <Notice tone="paused" title="Resets that have not taken force yet">
      <ul>
        {data.items.map(({ user, requested_by, in_force_at }) => (
          <li key={user.id}>
            <Link to="/users/$user" params={{ user: user.username }} className="link">
              {user.username}
            </Link>
            , requested by {requested_by.username}, takes force <Countdown at={in_force_at} over="in a moment" />
          </li>
        ))}
      </ul>
    </Notice>
  )
}
