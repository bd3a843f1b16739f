import { Link } from '@tanstack/react-router'
import Pencil from 'lucide-react/icons/pencil'
import { useSession } from '../../lib/session.ts'
import { useHashDialog } from '../../lib/use-hash-dialog.ts'
import { IconButton } from '../../ui/button.tsx'
import { Copyable } from '../../ui/copy.tsx'
import { RoleLink } from '../../ui/role-link.tsx'
import { Card, Fact, Facts } from '../../ui/states.tsx'
import { Time } from '../../ui/time.tsx'
import type { Details } from './data.ts'
import { RenameDialog } from './rename.tsx'

/** The organization's name and id, and how many members it has. Only the Users page lists the members. */
export function General({ details }: { details: Details }) {
  const { organization, may } = useSession()
  const [renaming, setRenaming] = useHashDialog('rename')
  return (
    <Card title="General">
      <Facts>
        <Fact name="Name">
          <span className="inline-flex min-h-7 items-center gap-1">
            <span className="font-semibold">{details.name}</span>
            {may('organization:rename') && (
              <IconButton label={`Rename ${details.name}`} className="size-7!" onClick={() => setRenaming(true)}>
                <Pencil aria-hidden size={14} />
              </IconButton>
            )}
          </span>
        </Fact>
        <Fact name="Organization id">
          <Copyable text={details.id} label="Copy the organization id" />
        </Fact>
        <Fact name="Application URL">
          <code className="wrap-anywhere">{details.application_url}</code>{' '}
          {may('resources:read') && (
            <Link to="/resources" className="link whitespace-nowrap">
              View resources
            </Link>
          )}
        </Fact>
        <Fact name="Members">
          {details.members.toLocaleString('en')} active
          {details.deactivated_members > 0 && `, ${details.deactivated_members.toLocaleString('en')} deactivated`}{' '}
          {may('members:read') && (
            <Link to="/users" className="link whitespace-nowrap">
              {may('members:remove') ? 'Manage users' : 'View members'}
            </Link>
          )}
        </Fact>
        <Fact name="Created">
          <Time at={details.created_at} />
        </Fact>
        <Fact name="Your role">
          <RoleLink role={organization} />
        </Fact>
      </Facts>
      {renaming && may('organization:rename') && <RenameDialog onClose={() => setRenaming(false)} />}
    </Card>
  )
}
