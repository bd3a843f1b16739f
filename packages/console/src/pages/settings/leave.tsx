import { transferAllCommand } from '@muster/contract/command-line.ts'
import { remedyCommand } from '@muster/contract/remedies.ts'
import { useMutation, useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import { ApiProblem, answer, api } from '../../lib/api.ts'
import { useSession } from '../../lib/session.ts'
import { Button } from '../../ui/button.tsx'
import { ShowCommand } from '../../ui/copy.tsx'
import { Consequences, DangerDialog } from '../../ui/dialog.tsx'
import { Failure } from '../../ui/failure.tsx'
import { Card, Notice, Skeleton } from '../../ui/states.tsx'
import { TransferAll } from '../resources/transfer-all.tsx'
import { Candidates } from '../users/last-admin.tsx'
import { leavePlanQuery } from './data.ts'

/** Leaves the organization. Members cannot remove themselves (S27, S30). */
export function Leave() {
  const { organization } = useSession()
  const [leaving, setLeaving] = useState(false)
  return (
    <Card title="Leave the organization" action={!organization.personal && <Button onClick={() => setLeaving(true)}>Leave {organization.name}</Button>}>
      <p className="max-w-[68ch] text-sm text-muted">
        {organization.personal
          ? "This is your personal organization, so you can't leave it. If you accept an invitation to another organization, you move there. The invitation shows what would change."
          : "If you leave, you return to your personal organization. You'll need a new invitation to come back."}
      </p>
      {leaving && <LeaveDialog onClose={() => setLeaving(false)} />}
    </Card>
  )
}

/** The plan is read when the dialog opens, and again after each step that clears a blocker, so the dialog always shows what is left to do. */
function LeaveDialog({ onClose }: { onClose: () => void }) {
  const { me, organization } = useSession()
  const plan = useQuery({ ...leavePlanQuery(organization.id), staleTime: 0 })
  const readAgain = () => void plan.refetch()
  const leave = useMutation({
    mutationFn: () => answer(api.POST('/v1/organizations/{org}/leave', { params: { path: { org: organization.id } } })),
    // Reload, because everything on the screen belongs to the previous organization.
    onSuccess: () => location.assign('/console/'),
    onError: (error) => error instanceof ApiProblem && error.code === 'move_blocked' && readAgain(),
  })
  const blocked = leave.error instanceof ApiProblem && leave.error.code === 'move_blocked'
  const { blockers = [], problem, loses = [], possible = false } = plan.data ?? {}
  const transfers = blockers.flatMap(({ transfer }) => transfer ?? [])
  const others = blockers.filter(({ transfer }) => !transfer)
  const commands = possible
    ? ['muster org leave']
    : [...(transfers.length > 1 ? [transferAllCommand(transfers[0]?.to ?? null)] : []), ...blockers.flatMap(({ remedies }) => remedies.map(remedyCommand))]
  return (
    <DangerDialog
      open
      onClose={onClose}
      title={possible || !plan.data ? `Leave ${organization.name}?` : `You can't leave ${organization.name} yet`}
      lead={
        possible || !plan.data
          ? `You keep your account and your username, ${me.username}. This browser stays signed in, in your personal organization.`
          : 'Resolve the following first.'
      }
      action={`Leave ${organization.name}`}
      onConfirm={() => leave.mutate()}
      busy={leave.isPending}
      ready={possible}
      error={blocked ? undefined : leave.error}
    >
      {plan.isPending && <Skeleton rows={3} label="Checking what leaving would do" />}
      {plan.error && !plan.data && <Failure error={plan.error} onRetry={readAgain} compact />}
      {possible && <Consequences title="Changes" items={loses.map(({ detail }) => detail)} />}
      {transfers.length > 0 && <TransferAll count={transfers.length} suggested={transfers[0]?.to ?? null} onTransferred={readAgain} />}
      {others.map(({ detail, candidates = [], remedies: [remedy] }) => (
        <Notice key={detail} tone="paused">
          <p className="wrap-anywhere">
            {detail}{' '}
            {remedy?.code === 'reactivate' && (
              <Link to="/users" className="link">
                Go to users
              </Link>
            )}
            {remedy?.code === 'remove' && (
              <Link to="/resources" className="link">
                Go to resources
              </Link>
            )}
          </p>
          <Candidates candidates={candidates} onPromoted={readAgain} />
        </Notice>
      ))}
      {problem && <Notice tone="paused">{problem.detail}</Notice>}
      {commands.length > 0 && <ShowCommand>{commands}</ShowCommand>}
    </DangerDialog>
  )
}
