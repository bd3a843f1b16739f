import { Link, useLocation } from '@tanstack/react-router'
import UserPlus from 'lucide-react/icons/user-plus'
import type { ReactNode } from 'react'
import { useSession } from '../../lib/session.ts'
import { useHashDialog } from '../../lib/use-hash-dialog.ts'
import { Button } from '../../ui/button.tsx'
import { Page } from '../../ui/page.tsx'
import { Tabs, tabClass } from '../../ui/tabs.tsx'
import { InviteDialog } from './invite.tsx'

/** Header and tabs of the lists of users and invitations. `#invite` opens the form. */
export function UsersFrame({ filters, children }: { filters?: ReactNode; children: ReactNode }) {
  const { may } = useSession()
  const { pathname } = useLocation()
  const [inviting, showInvite] = useHashDialog('invite')
  return (
    <Page
      title="Manage users"
      breadcrumbs={['Configuration', 'Organization']}
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
        {may('invitations:read') && may('members:read') && (
          <Tabs label="Users and invitations">
            <Link to="/users" activeOptions={{ exact: true, includeSearch: false }} className={tabClass}>
              Users
            </Link>
            <Link to="/users/invitations" activeOptions={{ exact: true, includeSearch: false }} className={tabClass}>
              Invitations
            </Link>
          </Tabs>
        )}
        {filters && (
          <search aria-label={pathname.endsWith('/invitations') ? 'Filter the invitations' : 'Filter the users'} className="flex flex-wrap items-center gap-2">
            {filters}
          </search>
        )}
        {children}
      </div>
      {may('invitations:create') && <InviteDialog open={inviting} onClose={() => showInvite(false)} />}
    </Page>
  )
}
