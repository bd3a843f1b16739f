import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import Check from 'lucide-react/icons/check'
import X from 'lucide-react/icons/x'
import type { ReactNode } from 'react'
import { useSession } from '../../lib/session.ts'
import { useDismissed } from '../../lib/use-dismissed.ts'
import { IconButton } from '../../ui/button.tsx'
import { ShowCommand } from '../../ui/copy.tsx'
import { cx } from '../../ui/cx.ts'
import { Card } from '../../ui/states.tsx'
import type { Details } from '../settings/data.ts'
import { newestResourcesQuery, openInvitationsQuery, ownSessionsQuery } from './data.ts'

interface Step {
  title: string
  why: ReactNode
  command: string
  done: boolean
}

/** First steps for a new member, shown until all are done or the card is dismissed. */
export function FirstSteps({ details }: { details: Details }) {
  const { me, organization, may } = useSession()
  const [dismissed, dismiss] = useDismissed(`first-steps:${organization.id}:${me.id}`)
  const { data: sessions } = useQuery(ownSessionsQuery)
  const { data: resources } = useQuery({ ...newestResourcesQuery(organization.id), enabled: may('resources:read') })
  const { data: invitations } = useQuery({ ...openInvitationsQuery(organization.id), enabled: may('invitations:read') })
  if (!sessions || (may('resources:read') && !resources) || (may('invitations:read') && !invitations)) return null

  const invites = may('invitations:create') && details.seats !== 1
  const steps: Step[] = [
    {
      title: 'Log in on the command line',
      why: 'This opens your browser, where you are already signed in.',
      command: 'muster login',
      done: sessions.items.some(({ kind }) => kind === 'cli' || kind === 'refresh'),
    },
    ...(may('resources:register')
      ? [
          {
            title: 'Register an application',
            why: (
              <>
                It gets its own address, such as <code className="wrap-anywhere">{details.application_url}</code>
              </>
            ),
            command: 'muster resource add application/shop',
            done: (resources?.items.length ?? 0) > 0,
          },
        ]
      : []),
    ...(invites
      ? [
          {
            title: 'Invite people',
            why: (
              <>
                <Link to="/users" hash="invite" className="link">
                  Send email invitations
                </Link>
                , or share an{' '}
                <Link to="/settings" className="link">
                  invite link
                </Link>
                .
              </>
            ),
            command: 'muster user invite ann@example.com',
            done: details.members + details.deactivated_members > 1 || (invitations?.items.length ?? 0) > 0,
          },
        ]
      : []),
  ]
  if (dismissed || steps.every(({ done }) => done)) return null
  return (
    <Card
      title="First steps"
      padded={false}
      action={
        <IconButton label="Dismiss first steps" onClick={dismiss}>
          <X aria-hidden size={16} />
        </IconButton>
      }
    >
      <ol className="grid grid-cols-[minmax(0,1fr)] md:grid-cols-[repeat(auto-fit,minmax(15rem,1fr))]">
        {steps.map(({ title, why, done }, at) => (
          <li key={title} className="flex min-w-0 flex-col gap-2 px-5 py-4">
            <h3 className={cx('flex items-center gap-2 text-sm font-semibold', done && 'text-muted')}>
              <span
                aria-hidden
                className={cx(
                  'inline-flex size-5 flex-none items-center justify-center rounded-full border text-xs',
                  done ? 'border-active text-active' : 'border-line-strong',
                )}
              >
                {done ? <Check size={12} /> : at + 1}
              </span>
              {title}
              {done && <span className="font-normal whitespace-nowrap">· done</span>}
            </h3>
            {!done && <p className="text-sm text-muted">{why}</p>}
          </li>
        ))}
      </ol>
      <div className="border-t border-line px-5 py-3">
        <ShowCommand>{steps.filter(({ done }) => !done).map(({ command }) => command)}</ShowCommand>
      </div>
    </Card>
  )
}
