import { useQuery } from '@tanstack/react-query'
import { useSession } from '../../lib/session.ts'
import { Notice } from '../../ui/states.tsx'
import { organizationQuery } from './data.ts'

/** Whether the plan has one seat only. False until the plan is loaded. */
export function useIsPlanForOne(): boolean {
  const { organization, may } = useSession()
  return useQuery({ ...organizationQuery(organization.id), enabled: may('organization:read') }).data?.seats === 1
}

/** Shown before an admin fills in a form that the plan would refuse (S7). */
export function PlanForOne() {
  const { organization } = useSession()
  return (
    <Notice title={`The plan "${organization.plan}" is for one person`} tone="paused">
      No one else can join {organization.name} on this plan. Ask the operator of this cloud for a larger plan.
    </Notice>
  )
}
