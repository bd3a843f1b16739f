import { useMutation } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import { useSession } from '../../app/session.tsx'
import { ApiProblem, answer, api } from '../../lib/api.ts'
import { Button } from '../../ui/button.tsx'
import { Command } from '../../ui/copy.tsx'
import { Consequences, DangerDialog } from '../../ui/dialog.tsx'
import { Card, Notice } from '../../ui/states.tsx'
import { Candidates } from '../users/last-admin.tsx'

interface Blocker {
  kind: 'resource' | 'last_admin'
  detail: string
  command: string
  /** Of a last admin. */
  candidates?: { username: string }[]
}

/** The way out for oneself: nobody removes themselves (S27, S30). */
export function Leave() {
  const { me, organization } = useSession()
  const [leaving, setLeaving] = useState(false)
  return (
    <Card title="Leaving" action={!organization.personal && <Button onClick={() => setLeaving(true)}>Leave {organization.name}</Button>}>
      <p className="max-w-[68ch] text-sm text-muted">
        {organization.personal
          ? 'This is your personal organization, and stays yours. Accepting an invitation of another one takes you there; the invitation says what you would lose.'
          : `You, ${me.username}, fall back to an organization of your own. To come back you need a new invitation.`}
      </p>
      {leaving && <LeaveDialog onClose={() => setLeaving(false)} />}
    </Card>
  )
}

function LeaveDialog({ onClose }: { onClose: () => void }) {
  const { organization } = useSession()
  const leave = useMutation({
    mutationFn: () => answer(api.POST('/v1/organizations/{org}/leave', { params: { path: { org: organization.id } } })),
    // Everything on the screen was the other organization's.
    onSuccess: () => location.assign('/console/'),
  })
  const blockers = leave.error instanceof ApiProblem && leave.error.code === 'move_blocked' ? ((leave.error.body['blockers'] ?? []) as Blocker[]) : null
  return (
    <DangerDialog
      open
      onClose={onClose}
      title={`Leave ${organization.name}?`}
      lead="You keep your account and your username. This browser stays signed in, in an organization of your own."
      action={`Leave ${organization.name}`}
      onConfirm={() => leave.mutate()}
      busy={leave.isPending}
      error={blockers ? undefined : leave.error}
    >
      <Consequences
        title="Ends at once"
        items={[
          `Every other session, token and key of yours for ${organization.name}`,
          'Every open invitation you sent',
          `Your access to everything in ${organization.name}`,
        ]}
      />
      {blockers && (
        <Notice title="You cannot leave yet" tone="danger">
          <ul className="list-disc pl-5">
            {blockers.map(({ kind, detail, command, candidates = [] }) => (
              <li key={detail} className="wrap-anywhere">
                {detail} <Clear kind={kind} />
                <code className="block text-xs">{command}</code>
                <Candidates candidates={candidates} onPromoted={() => leave.reset()} />
              </li>
            ))}
          </ul>
        </Notice>
      )}
      <Command>muster org leave</Command>
    </DangerDialog>
  )
}

function Clear({ kind }: Pick<Blocker, 'kind'>) {
  const { me } = useSession()
  return kind === 'resource' ? (
    <Link to="/resources" search={{ owner: me.username }} className="link">
      Hand it over
    </Link>
  ) : (
    <Link to="/users" className="link">
      Make somebody admin
    </Link>
  )
}
