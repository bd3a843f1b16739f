import { useQuery } from '@tanstack/react-query'
import { useSession } from '../../lib/session.ts'
import { Notice } from '../../ui/states.tsx'
import { organizationQuery } from './data.ts'

/** Whether the plan has room for nobody else, as far as is known. */
export function useIsPlanForOne(): boolean {
  const { organization } = useSession()
  return useQuery(organizationQuery(organization.id)).data?.seats === 1
}

/** Said before somebody fills in what would be refused (S7). */
export function PlanForOne() {
  const { organization } = useSession()
  return (
    <Notice title={`The plan "${organization.plan}" is for one person`} tone="paused">
      No one else can join {organization.name} on this plan. Ask the operator of this cloud for a larger plan.
    </Notice>
  )
}
