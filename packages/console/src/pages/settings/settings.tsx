import { useQuery } from '@tanstack/react-query'
import { useSession } from '../../lib/session.ts'
import { ShowCommand } from '../../ui/copy.tsx'
import { Failure } from '../../ui/failure.tsx'
import { NotInRole } from '../../ui/not-in-role.tsx'
import { Page } from '../../ui/page.tsx'
import { Card, Skeleton } from '../../ui/states.tsx'
import { organizationQuery } from '../users/data.ts'
import { Contacts } from './contacts.tsx'
import { General } from './general.tsx'
import { InviteLinks } from './invite-links.tsx'
import { Leave } from './leave.tsx'
import { Plan } from './plan.tsx'
import { Security } from './security.tsx'

/** The organization itself: its name, its contacts and plan, its invite links, and leaving it. */
export function SettingsPage() {
  const { organization, may } = useSession()
  const canRead = may('organization:read')
  const { data: details, error, isPending, refetch } = useQuery({ ...organizationQuery(organization.id), enabled: canRead })
  const column = 'flex min-w-0 flex-col gap-5'
  return (
    <Page title="Organization settings" breadcrumbs={['Configuration', 'Organization']}>
      {!canRead ? (
        <>
          <NotInRole subject="the settings of the organization" />
          <Leave />
        </>
      ) : isPending ? (
        <Card padded={false}>
          <Skeleton rows={8} label="Loading the settings" />
        </Card>
      ) : error && !details ? (
        <Failure error={error} onRetry={() => refetch()} />
      ) : (
        details && (
          <>
            <div className="grid grid-cols-[minmax(0,1fr)] items-start gap-5 lg:grid-cols-2">
              <div className={column}>
                <General details={details} />
                <Contacts details={details} />
                <Security />
                <Plan details={details} />
              </div>
              <div className={column}>
                {(may('invitations:read') || may('invitations:create')) && <InviteLinks />}
                <Leave />
              </div>
            </div>
            <ShowCommand>
              {['muster org show', 'muster org contacts', 'muster org security', ...(may('invitations:create') ? ['muster org secrets'] : [])]}
            </ShowCommand>
          </>
        )
      )}
    </Page>
  )
}
