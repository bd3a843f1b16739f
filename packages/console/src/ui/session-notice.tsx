import { deactivatedText } from '@muster/contract/page-texts.ts'
import { describeReason, signInPath } from '../lib/sign-in.ts'
import { useStanding } from '../lib/standing.ts'
import { buttonClass } from './button.tsx'
import { type BarredProblem, ContactAddress } from './contact-address.tsx'
import { cx } from './cx.ts'

/** Says in a dialog or below a field why its text can't be sent now and how to continue. Hidden while the session is valid. */
export function SessionNotice({ below = false }: { below?: boolean }) {
  const standing = useStanding()
  if (standing.is === 'valid') return null
  return (
    <div
      role="alert"
      className={cx('flex-none border-line border-l-3 border-l-paused bg-surface text-sm', below ? 'mt-2 rounded border px-3 py-2' : 'border-t px-5 py-3')}
    >
      {standing.is === 'ended' ? <SessionEnded reason={standing.reason} /> : <AccessBarred problem={standing.problem} />}
    </div>
  )
}

function SessionEnded({ reason }: { reason: Parameters<typeof describeReason>[0] }) {
  const hasLeft = reason === 'membership_left'
  return (
    <>
      <p className="font-semibold">You are signed out</p>
      <p className="text-muted">{hasLeft ? describeReason(reason) : 'Your input is kept. Sign in in a new tab, then continue here.'}</p>
      <a href={signInPath(reason, `${location.pathname}${location.search}`)} target="_blank" rel="noopener" className={buttonClass('plain', 'mt-2')}>
        Sign in in a new tab
      </a>
    </>
  )
}

function AccessBarred({ problem }: { problem: BarredProblem }) {
  const { contact, organization } = problem
  const deactivated = problem.code === 'user_deactivated'
  return (
    <>
      <p className="font-semibold">{deactivated ? deactivatedText.title : problem.title}</p>
      <p className="text-muted">
        {deactivated && contact && organization ? (
          <>
            Ask <ContactAddress problem={problem} /> in {organization.name} to reactivate it, then sign in again.
          </>
        ) : (
          problem.next
        )}{' '}
        Your input is kept while this page is open.
      </p>
    </>
  )
}
