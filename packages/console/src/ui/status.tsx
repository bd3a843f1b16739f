import { cx } from './cx.ts'

type Tone = 'active' | 'pending' | 'paused' | 'idle' | 'danger'

const tones: Record<Tone, string> = { active: 'bg-active', pending: 'bg-accent', paused: 'bg-paused', idle: 'bg-idle', danger: 'bg-danger' }

/** A coloured dot with a label, because colour alone is not accessible. */
export const Status = ({ tone, children }: { tone: Tone; children: string }) => (
  <span className="inline-flex items-center gap-2 whitespace-nowrap">
    <span aria-hidden className={cx('size-2 flex-none rounded-full', tones[tone])} />
    {children}
  </span>
)

const memberStatuses = { active: ['active', 'Active'], deactivated: ['paused', 'Deactivated'], left: ['idle', 'Left'] } as const
interface MemberStatusProps {
  status: keyof typeof memberStatuses
  /** The operator refuses the member (O14). Only admins are told. */
  suspended?: boolean
}

export const MemberStatus = ({ status, suspended = false }: MemberStatusProps) => {
  const [tone, word] = memberStatuses[status]
  return suspended && status === 'active' ? <Status tone="danger">Suspended</Status> : <Status tone={tone}>{word}</Status>
}

const invitationStates = {
  open: ['pending', 'Open'],
  accepted: ['active', 'Accepted'],
  declined: ['idle', 'Declined'],
  revoked: ['idle', 'Revoked'],
  expired: ['idle', 'Expired'],
} as const
interface InvitationStateProps {
  state: keyof typeof invitationStates
  /** Why an open invitation is not accepted now. */
  invalid_reason?: string | null | undefined
}

export const InvitationState = ({ state, invalid_reason: reason }: InvitationStateProps) => {
  const [tone, word] = invitationStates[state]
  if (reason)
    return (
      <span title={reason}>
        <Status tone="paused">Not valid</Status>
      </span>
    )
  return <Status tone={tone}>{word}</Status>
}
