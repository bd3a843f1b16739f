import { Link, useLocation, useNavigate } from '@tanstack/react-router'
import UserPlus from 'lucide-react/icons/user-plus'
import type { ReactNode } from 'react'
import { useSession } from '../../app/session.tsx'
import { Button } from '../../ui/button.tsx'
import { Page } from '../../ui/page.tsx'
import { InviteDialog } from './invite.tsx'

/** Head and tabs of the lists of users and invitations. `#invite` opens the form, from anywhere. */
export function UsersFrame({ filters, children }: { filters: ReactNode; children: ReactNode }) {
  const { may } = useSession()
  const navigate = useNavigate()
  const { pathname, hash } = useLocation()
  const tab =
    'inline-flex min-h-9 items-center border-b-2 border-transparent px-1 text-sm text-muted no-underline hover:text-text aria-[current=page]:border-accent aria-[current=page]:font-semibold aria-[current=page]:text-text pointer-coarse:min-h-11'
  const showInvite = (shown: boolean) => void navigate({ to: '.', search: true, hash: shown ? 'invite' : '', replace: !shown, resetScroll: false })
  return (
    <Page
      title="Manage users"
      trail={['Configuration', 'Organization']}
      action={
        may('invitations:create') && (
          <Button kind="primary" onClick={() => showInvite(true)}>
            <UserPlus aria-hidden size={15} />
            Invite new user
          </Button>
        )
      }
    >
      <div className="flex flex-col gap-4">
        {may('invitations:read') && (
          <nav aria-label="Users and invitations" className="flex gap-5 border-b border-line">
            <Link to="/users" activeOptions={{ exact: true, includeSearch: false }} className={tab}>
              Users
            </Link>
            <Link to="/users/invitations" activeOptions={{ exact: true, includeSearch: false }} className={tab}>
              Invitations
            </Link>
          </nav>
        )}
        <search aria-label={pathname.endsWith('/invitations') ? 'Filter the invitations' : 'Filter the users'} className="flex flex-wrap items-center gap-2">
          {filters}
        </search>
        {children}
      </div>
      {may('invitations:create') && <InviteDialog open={hash === 'invite'} onClose={() => showInvite(false)} />}
    </Page>
  )
}
