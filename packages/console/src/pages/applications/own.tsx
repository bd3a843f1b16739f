import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useSession } from '../../lib/session.ts'
import { Button } from '../../ui/button.tsx'
import { ShowCommand } from '../../ui/copy.tsx'
import { Failure } from '../../ui/failure.tsx'
import { Page } from '../../ui/page.tsx'
import { Card, Empty, Fact, Facts, Skeleton } from '../../ui/states.tsx'
import { Time } from '../../ui/time.tsx'
import { type Application, applicationsQuery } from './data.ts'
import { RevokeAccessDialog } from './revoke.tsx'

/** The applications of third parties that the user has given access (P16). */
export function OwnApplicationsPage() {
  const { organization } = useSession()
  const { data, error, isPending, refetch } = useQuery(applicationsQuery)
  const [revoking, setRevoking] = useState<Application | null>(null)
  return (
    <Page
      title="Applications"
      breadcrumbs={['Your account']}
      lead={`Applications of third parties that you let use your account in ${organization.name}. They never get more than your role allows.`}
    >
      {isPending ? (
        <Card padded={false}>
          <Skeleton rows={3} label="Loading the applications" />
        </Card>
      ) : error && !data ? (
        <Failure error={error} onRetry={() => refetch()} />
      ) : data.items.length === 0 ? (
        <Card padded={false}>
          <Empty title="No application has access">
            When you sign in to an application that is not part of this cloud, Muster asks you what it may do. It then appears here, and you can revoke its
            access.
          </Empty>
        </Card>
      ) : (
        data.items.map((application) => (
          <Card
            key={application.client_id}
            title={application.name}
            action={
              <Button onClick={() => setRevoking(application)} aria-label={`Revoke access of ${application.name}`}>
                Revoke access
              </Button>
            }
          >
            <Facts>
              <Fact name="It can">
                <ul className="flex flex-col gap-0.5">
                  {application.permissions.map(({ scope, audience, description }) => (
                    <li key={`${scope} ${audience}`}>{description}</li>
                  ))}
                </ul>
              </Fact>
              <Fact name="Organization">{organization.name}</Fact>
              <Fact name="Since">
                <Time at={application.granted_at} />
              </Fact>
              <Fact name="Last used">{application.last_used_at ? <Time at={application.last_used_at} /> : 'Never'}</Fact>
            </Facts>
          </Card>
        ))
      )}
      <ShowCommand>muster application list</ShowCommand>
      {revoking && <RevokeAccessDialog application={revoking} onClose={() => setRevoking(null)} />}
    </Page>
  )
}
