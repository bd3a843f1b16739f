import { deactivatedText } from '@muster/contract/standing-text.ts'
import { signInPath, textOf } from '../lib/sign-in.ts'
import { useStanding } from '../lib/standing.ts'
import { buttonClass } from './button.tsx'
import { type BarredProblem, ContactAddress } from './contact-address.tsx'
import { cx } from './cx.ts'

/** In a dialog, or below a field, whose text is kept: why it cannot be sent now, and how to go on. Absent while the person can go on. */
export function SessionNotice({ below = false }: { below?: boolean }) {
  const standing = useStanding()
  if (standing.is === 'valid') return null
  return (
    <div
      role="alert"
      className={cx('flex-none border-line border-l-3 border-l-paused bg-surface text-sm', below ? 'mt-2 rounded border px-3 py-2' : 'border-t px-5 py-3')}
    >
      {standing.is === 'ended' ? <Ended reason={standing.reason} /> : <Kept problem={standing.problem} />}
    </div>
  )
}

function Ended({ reason }: { reason: Parameters<typeof textOf>[0] }) {
  const left = reason === 'membership_left'
  return (
    <>
      <p className="font-semibold">You are signed out</p>
      <p className="text-muted">{left ? textOf(reason) : 'Your input is kept. Sign in in a new tab, then continue here.'}</p>
      <a href={signInPath(reason, `${location.pathname}${location.search}`)} target="_blank" rel="noopener" className={buttonClass('plain', 'mt-2')}>
        Sign in in a new tab
      </a>
    </>
  )
}

function Kept({ problem }: { problem: BarredProblem }) {
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
