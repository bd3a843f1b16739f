import type { Role } from '@muster/contract/permissions.ts'
import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import { fullName } from '../../lib/names.ts'
import { usePassword } from '../../lib/password.ts'
import { roleName } from '../../lib/roles.ts'
import { useSession } from '../../lib/session.ts'
import { useHashDialog } from '../../lib/use-hash-dialog.ts'
import { Button } from '../../ui/button.tsx'
import { Copyable, ShowCommand } from '../../ui/copy.tsx'
import { Page } from '../../ui/page.tsx'
import { RoleLink } from '../../ui/role-link.tsx'
import { Card, Fact, Facts } from '../../ui/states.tsx'
import { Time } from '../../ui/time.tsx'
import { EditableFact } from './editable.tsx'
import { EmailDialog, type PendingEmail } from './email.tsx'
import { PasswordDialog } from './password.tsx'

/** The user's own account: their names, their credentials and their organization. */
export function ProfilePage() {
  const { me, organization, may } = useSession()
  const { hasPassword, passwordsOff } = usePassword()
  const [changingEmail, changeEmail] = useHashDialog('email')
  const [changingPassword, changePassword] = useHashDialog('password')
  // Kept while the page is open, so that the user can close the dialog to look for the email.
  const [pending, setPending] = useState<PendingEmail | null>(null)
  return (
    <Page title="My profile" breadcrumbs={['Your account']} lead={`${fullName(me)} · ${roleName(organization)} of ${organization.name}`}>
      <div className="grid items-start gap-5 lg:grid-cols-[minmax(0,1fr)_minmax(0,1fr)]">
        <Card title="About you">
          <Facts>
            <EditableFact name="Given name" field="given_name" value={me.given_name} required />
            <EditableFact name="Family name" field="family_name" value={me.family_name} />
            <EditableFact name="Company" field="company" value={me.company ?? ''} />
            <Fact name="Username">
              <Copyable text={me.username} label="Copy the username" />
              <p className="text-muted">You can't change your username. No one else can ever use it.</p>
            </Fact>
            <Fact name="User id">
              <Copyable text={me.id} label="Copy the user id" />
            </Fact>
            {me.registered_at && (
              <Fact name="Registered">
                <Time at={me.registered_at} />
              </Fact>
            )}
          </Facts>
          <div className="mt-4">
            <ShowCommand>{['muster profile', 'muster move plan']}</ShowCommand>
          </div>
        </Card>
        <div className="flex min-w-0 flex-col gap-5">
          <Card title="How you sign in">
            <Facts>
              <Fact name="Email">
                <div className="flex flex-wrap items-center justify-between gap-2">
                  <Copyable text={me.email} label="Copy the email address" />
                  <Button aria-label={pending ? undefined : 'Change email'} onClick={() => changeEmail(true)}>
                    {pending ? 'Enter code' : 'Change'}
                  </Button>
                </div>
                {pending && <p className="text-muted">A code was sent to {pending.email}. Your address changes when you enter it.</p>}
              </Fact>
              {!passwordsOff && (
                <Fact name="Password">
                  <div className="flex flex-wrap items-center justify-between gap-2">
                    <span className="text-muted">{hasPassword ? 'Set' : 'None'}</span>
                    {hasPassword ? (
                      <Button aria-label="Change password" onClick={() => changePassword(true)}>
                        Change
                      </Button>
                    ) : (
                      <a href="/account/password" className="link">
                        Add a password
                      </a>
                    )}
                  </div>
                </Fact>
              )}
              <Fact name="Other ways">
                <a href="/account/security" className="link">
                  Passkeys, authenticator app and recent sign-ins
                </a>
              </Fact>
              <Fact name="Signed in">
                <Time at={me.session.created_at} />
                <span className="text-muted">
                  . This session expires <Time at={me.session.expires_at} />.{' '}
                </span>
                <Link to="/sessions" className="link">
                  View sessions and tokens
                </Link>
              </Fact>
            </Facts>
          </Card>
          <Card title="Your organization">
            <Facts>
              <Fact name="Name">
                <Copyable text={organization.name} label="Copy the name of the organization" />
              </Fact>
              <Fact name="Organization id">
                <Copyable text={organization.id} label="Copy the organization id" />
              </Fact>
              <Fact name="Role">
                <RoleLink role={organization} />
                <span className="text-muted">{abilities[organization.role]}</span>
              </Fact>
              {may('resources:read') && (
                <Fact name="Resources">
                  <Link to="/resources" search={{ owner: me.username }} className="link">
                    View resources you own
                  </Link>
                </Fact>
              )}
            </Facts>
            <Moving organization={organization.name} />
          </Card>
        </div>
      </div>
      {changingEmail && <EmailDialog pending={pending} onPending={setPending} onClose={() => changeEmail(false)} />}
      {changingPassword && hasPassword && <PasswordDialog onClose={() => changePassword(false)} />}
    </Page>
  )
}

const abilities: Record<Role, string> = {
  admin: '. You manage users, keys and settings.',
  member: '. You can use all resources.',
  viewer: '. You can see resources, and change nothing.',
  custom: '',
}

function Moving({ organization }: { organization: string }) {
  return (
    <div className="mt-4 flex flex-col gap-2 border-t border-line pt-4 text-sm">
      <p className="text-muted">
        You can be in one organization at a time. To move to another organization, open the link in its invitation. The page shows what would change before you
        accept.
      </p>
      <p className="flex flex-wrap gap-x-4 gap-y-1">
        <Link to="/settings" className="link">
          Leave {organization}
        </Link>
      </p>
    </div>
  )
}
