import { useQuery } from '@tanstack/react-query'
import { Link, useNavigate } from '@tanstack/react-router'
import UserPlus from 'lucide-react/icons/user-plus'
import { describeRole } from '../../lib/roles.ts'
import { useSession } from '../../lib/session.ts'
import { Button } from '../../ui/button.tsx'
import { Copyable } from '../../ui/copy.tsx'
import { Failure } from '../../ui/failure.tsx'
import { Loaded } from '../../ui/loaded.tsx'
import { NotInRole } from '../../ui/not-in-role.tsx'
import { Page } from '../../ui/page.tsx'
import { Card, Fact, Facts, Skeleton } from '../../ui/states.tsx'
import { Time } from '../../ui/time.tsx'
import { contactName, type Details } from '../settings/data.ts'
import { organizationQuery } from '../users/data.ts'
import { newestResourcesQuery } from './data.ts'
import { Figures } from './figures.tsx'
import { FirstSteps } from './first-steps.tsx'
import { RecentEvents } from './recent-events.tsx'

/** The start page: key numbers, recent activity and first steps. */
export function OverviewPage() {
  const { organization, may } = useSession()
  const navigate = useNavigate()
  const canRead = may('organization:read')
  const { data: details, error, isPending, refetch } = useQuery({ ...organizationQuery(organization.id), enabled: canRead })
  return (
    <Page
      title="Overview"
      lead={
        organization.personal
          ? `${organization.name} is your personal organization until someone else joins it.`
          : organization.role === 'custom'
            ? `You are a member of ${organization.name}, with the role ${organization.role_name}.`
            : `You are ${describeRole(organization)} of ${organization.name}.`
      }
      action={
        may('invitations:create') && (
          <Button kind="primary" onClick={() => void navigate({ to: '/users', hash: 'invite' })}>
            <UserPlus aria-hidden size={15} />
            Invite new user
          </Button>
        )
      }
    >
      {!canRead ? (
        <NotInRole
          subject="the details of the organization"
          instead={
            <>
              You can still manage{' '}
              <Link to="/keys" className="link">
                your own keys
              </Link>{' '}
              and{' '}
              <Link to="/sessions" className="link">
                your own sessions
              </Link>
              .
            </>
          }
        />
      ) : isPending ? (
        <Card padded={false}>
          <Skeleton rows={6} label="Loading the overview" />
        </Card>
      ) : error && !details ? (
        <Failure error={error} onRetry={() => refetch()} />
      ) : (
        details && (
          <>
            <Figures details={details} />
            <FirstSteps details={details} />
            <div className="grid grid-cols-[minmax(0,1fr)] items-start gap-5 lg:grid-cols-[minmax(0,3fr)_minmax(0,2fr)]">
              {may('audit:read') ? <RecentEvents /> : may('resources:read') && <NewestResources />}
              <div className="flex min-w-0 flex-col gap-5">
                <About details={details} />
                {may('audit:read') && may('resources:read') && <NewestResources />}
              </div>
            </div>
          </>
        )
      )}
    </Page>
  )
}

function About({ details }: { details: Details }) {
  const contact = contactName(details.technical_contact)
  return (
    <Card
      title="Organization"
      action={
        <Link to="/settings" className="link text-sm">
          Settings
        </Link>
      }
    >
      <Facts>
        <Fact name="Name">
          <span className="font-semibold">{details.name}</span>
        </Fact>
        <Fact name="Id">
          <Copyable text={details.id} label="Copy the organization id" />
        </Fact>
        <Fact name="Application URL">
          <code>{details.application_url}</code>
        </Fact>
        {contact !== '' && <Fact name="Technical contact">{contact}</Fact>}
        <Fact name="Created">
          <Time at={details.created_at} />
        </Fact>
      </Facts>
    </Card>
  )
}

const SHOWN = 6

function NewestResources() {
  const { organization } = useSession()
  const query = useQuery(newestResourcesQuery(organization.id))
  return (
    <Card
      title="Newest resources"
      padded={false}
      action={
        <Link to="/resources" className="link text-sm">
          All resources
        </Link>
      }
    >
      <Loaded query={query} rows={3} label="Loading the resources">
        {({ items }) =>
          items.length === 0 ? (
            <p className="px-5 py-4 text-sm text-muted">No resources yet. Applications and databases appear here with their owners.</p>
          ) : (
            <ul className="text-sm">
              {items.slice(0, SHOWN).map(({ id, kind, name, owner, created_at }) => (
                <li key={id} className="flex min-h-9 flex-wrap items-center gap-x-3 border-t border-line px-5 py-1.5 first:border-t-0">
                  <Link to="/resources" search={{ kind }} className="row-link">
                    {name}
                  </Link>
                  <span className="text-muted">
                    {kind} owned by {owner.name}
                  </span>
                  <span className="ml-auto text-muted">
                    <Time at={created_at} still />
                  </span>
                </li>
              ))}
            </ul>
          )
        }
      </Loaded>
    </Card>
  )
}
