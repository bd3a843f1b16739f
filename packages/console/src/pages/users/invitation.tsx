import { nameAndUsername } from '@muster/contract/names.ts'
import { Link } from '@tanstack/react-router'
import type { Invitation } from '../../lib/api.ts'
import { Button } from '../../ui/button.tsx'
import { Copyable, ShowCommand } from '../../ui/copy.tsx'
import { Dialog } from '../../ui/dialog.tsx'
import { RoleLink } from '../../ui/role-link.tsx'
import { Fact, Facts } from '../../ui/states.tsx'
import { InvitationState } from '../../ui/status.tsx'
import { Countdown, Time } from '../../ui/time.tsx'

export const kinds = { email: 'Email invitation', link: 'Invite link', secret: 'Organization secret' } as const

/** The address an invitation is for, or its kind. */
export const nameOf = ({ email, kind }: Invitation): string => email ?? kinds[kind]

/** When an invitation expires or ended, and who accepted it, in one line. */
export function Ending({ invitation: { state, expires_at, ended_at, accepted_by }, link = false }: { invitation: Invitation; link?: boolean }) {
  if (state === 'open') return <Countdown at={expires_at} still />
  const at = state === 'expired' ? expires_at : ended_at
  return (
    <span className="block truncate" title={accepted_by ? `Accepted by ${accepted_by}` : undefined}>
      {accepted_by && (
        <>
          <span className="text-muted">by </span>
          {link ? (
            <Link to="/users/$user" params={{ user: accepted_by }} className="row-link font-normal!">
              {accepted_by}
            </Link>
          ) : (
            accepted_by
          )}
          <span className="text-muted">, </span>
        </>
      )}
      <span className="text-muted">{at ? <Time at={at} still /> : '—'}</span>
    </span>
  )
}

interface Props {
  invitation: Invitation
  onClose: () => void
  /** Undefined: the user may not. */
  onCopy: (() => void) | undefined
  onRevoke: (() => void) | undefined
}

/** All details of one invitation, including those that a narrow table hides. */
export function InvitationDialog({ invitation, onClose, onCopy, onRevoke }: Props) {
  const { id, kind, email, state, invalid_reason, created_by, created_by_name, created_at, expires_at, mailed_at, ended_at, accepted_by } = invitation
  const open = state === 'open'
  return (
    <Dialog
      open
      onClose={onClose}
      title={email === null ? kinds[kind] : `Invitation for ${email}`}
      foot={
        <>
          {open && onRevoke && <Button onClick={onRevoke}>Revoke</Button>}
          {open && !invalid_reason && onCopy && kind !== 'secret' && <Button onClick={onCopy}>Copy invitation link</Button>}
          <Button kind="primary" onClick={onClose}>
            Close
          </Button>
        </>
      }
    >
      <Facts>
        <Fact name="State">
          <InvitationState {...invitation} />
          {invalid_reason && (
            <p className="text-muted">
              {invalid_reason} {email === null ? 'Create a new one.' : 'Invite the person again.'}
            </p>
          )}
        </Fact>
        <Fact name="Role">
          <RoleLink role={invitation} />
        </Fact>
        <Fact name="Id">
          <Copyable text={id} label="Copy the invitation id" />
        </Fact>
        <Fact name="Invited by">
          <Link to="/users/$user" params={{ user: created_by }} className="link">
            {nameAndUsername(created_by_name, created_by)}
          </Link>
          <span className="text-muted">
            , <Time at={created_at} />
          </span>
        </Fact>
        {kind === 'email' && <Fact name="Emailed">{mailed_at ? <Time at={mailed_at} /> : 'Not sent yet'}</Fact>}
        {open ? (
          <Fact name="Expires">
            <Countdown at={expires_at} />
          </Fact>
        ) : (
          <Fact name="Ended">{(ended_at ?? state === 'expired') ? <Time at={ended_at ?? expires_at} /> : 'Unknown'}</Fact>
        )}
        {accepted_by && (
          <Fact name="Accepted by">
            <Link to="/users/$user" params={{ user: accepted_by }} className="link">
              {accepted_by}
            </Link>
          </Fact>
        )}
      </Facts>
      <ShowCommand>
        {open ? (kind === 'secret' ? `muster org revoke-secret ${id}` : `muster invitation link ${id}`) : `muster audit list --target ${id}`}
      </ShowCommand>
    </Dialog>
  )
}
