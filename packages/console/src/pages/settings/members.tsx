import { useInfiniteQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import Trash from 'lucide-react/icons/trash-2'
import { useSession } from '../../app/session.tsx'
import { fullName } from '../../lib/names.ts'
import { Button, IconButton } from '../../ui/button.tsx'
import { Command } from '../../ui/copy.tsx'
import { Loaded } from '../../ui/loaded.tsx'
import { Card } from '../../ui/states.tsx'
import { MemberStatus } from '../../ui/status.tsx'
import { membersQuery } from '../users/data.ts'
import { useMemberActions } from '../users/member-actions.tsx'

/** Who is in, with a bin for those who go. Searching and everything else is in Manage users. */
export function Members() {
  const { me, organization, may } = useSession()
  const list = useInfiniteQuery(membersQuery(organization.id, {}))
  const actions = useMemberActions()
  return (
    <Card
      title="Members"
      padded={false}
      action={
        <Link to="/users" className="link text-sm">
          Manage users
        </Link>
      }
    >
      <Loaded query={list} rows={5} label="Loading the members">
        {({ pages }) => (
          <ul aria-label="Members" className="max-h-[32rem] overflow-y-auto text-sm">
            {pages
              .flatMap(({ items }) => items)
              .map((member) => (
                <li key={member.id} className="flex min-h-10 items-center gap-x-4 border-t border-line py-1 pr-3 pl-5 first:border-t-0">
                  <span className="min-w-0 flex-1 truncate">
                    <Link to="/users/$user" params={{ user: member.username }} className="row-link">
                      {member.username}
                    </Link>
                    {member.id === me.id && <span className="ml-2 rounded border border-line px-1 text-xs text-muted">You</span>}
                    <span className="ml-2 text-muted max-sm:hidden">{fullName(member)}</span>
                    {member.status !== 'active' && (
                      <span className="block text-xs text-muted sm:hidden">
                        <MemberStatus status={member.status} />
                      </span>
                    )}
                  </span>
                  <span className="w-16 flex-none text-muted">{member.role === 'admin' ? 'Admin' : 'Member'}</span>
                  <span className="w-28 flex-none max-sm:hidden">
                    <MemberStatus status={member.status} />
                  </span>
                  <span className="w-8 flex-none">
                    {may('members:remove') && member.id !== me.id && (
                      <IconButton label={`Remove ${member.username}`} className="hover:text-danger!" onClick={() => actions.ask('remove', member)}>
                        <Trash aria-hidden size={15} />
                      </IconButton>
                    )}
                  </span>
                </li>
              ))}
          </ul>
        )}
      </Loaded>
      <div className="flex flex-wrap items-start gap-3 border-t border-line px-5 py-3">
        {list.hasNextPage && (
          <Button busy={list.isFetchingNextPage} onClick={() => void list.fetchNextPage()}>
            Show more
          </Button>
        )}
        <div className="min-w-0 flex-1">
          <Command>muster org list</Command>
        </div>
      </div>
      {actions.dialogs}
    </Card>
  )
}
