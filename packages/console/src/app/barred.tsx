import type { ProblemBody } from '@muster/contract/problems.ts'
import { Button } from '../ui/button.tsx'
import { Fact, Facts } from '../ui/states.tsx'
import { Time } from '../ui/time.tsx'
import { AnotherAccount, Outside } from './outside.tsx'

/** Deactivated, or of a suspended organization: why, since when, and whom to ask (S35). */
export function Barred({ problem }: { problem: ProblemBody }) {
  const { organization, deactivated_at, suspended_at, contact } = problem as ProblemBody & {
    organization?: { name: string }
    deactivated_at?: string
    suspended_at?: string
    contact?: string | null
  }
  const since = deactivated_at ?? suspended_at
  return (
    <Outside title={problem.code === 'user_deactivated' ? 'Your account is deactivated' : problem.title}>
      <div className="rounded border border-line bg-surface p-5">
        <Facts>
          {organization && <Fact name="Organization">{organization.name}</Fact>}
          {since && (
            <Fact name="Since">
              <Time at={since} />
            </Fact>
          )}
          {contact && (
            <Fact name="Whom to ask">
              {contact.includes('@') ? (
                <a href={`mailto:${contact}`} className="link">
                  {contact}
                </a>
              ) : (
                contact
              )}
            </Fact>
          )}
          <Fact name="What to do">{problem.next}</Fact>
          {problem.request_id && (
            <Fact name="Request">
              <code>{problem.request_id}</code>
            </Fact>
          )}
        </Facts>
      </div>
      <div className="flex flex-wrap gap-2">
        <Button kind="primary" onClick={() => location.reload()}>
          Try again
        </Button>
        <AnotherAccount>
          <Button type="submit">Use another account</Button>
        </AnotherAccount>
      </div>
    </Outside>
  )
}
