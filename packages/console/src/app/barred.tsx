import { deactivatedText } from '@muster/contract/page-texts.ts'
import { Button } from '../ui/button.tsx'
import { type BarredProblem, ContactAddress } from '../ui/contact-address.tsx'
import { Fact, Facts } from '../ui/states.tsx'
import { Time } from '../ui/time.tsx'
import { AnotherAccount, Outside } from './outside.tsx'

export function DeactivatedLead({ organization }: { organization: string }) {
  const [before, after] = deactivatedText.lead
  return (
    <p role="status">
      {before}
      <strong>{organization}</strong>
      {after}
    </p>
  )
}

/** Shown to a suspended or deactivated user, or in a suspended organization: why, since when, and who to ask (S35). */
export function Barred({ problem }: { problem: BarredProblem }) {
  const { organization, deactivated_at, suspended_at, contact } = problem
  const since = deactivated_at ?? suspended_at
  const deactivated = problem.code === 'user_deactivated'
  return (
    <Outside title={deactivated ? deactivatedText.title : problem.title}>
      {deactivated && organization && <DeactivatedLead organization={organization.name} />}
      <div className="rounded border border-line bg-surface p-5">
        <Facts>
          {organization && <Fact name="Organization">{organization.name}</Fact>}
          {since && (
            <Fact name="Since">
              <Time at={since} />
            </Fact>
          )}
          {contact && (
            <Fact name={deactivatedText.contact}>
              {problem.contact_email && contact !== problem.contact_email && <span className="block">{contact}</span>}
              <ContactAddress problem={problem} />
            </Fact>
          )}
          <Fact name="Next step">{deactivated ? deactivatedText.next : problem.next}</Fact>
          {problem.request_id && (
            <Fact name="Request id">
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
