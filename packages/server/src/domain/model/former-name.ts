import type { Organization } from './organization.ts'
import { Problem } from './problem.ts'

/** A former name redirects reads. Changes are refused with the new name (S42). @throws Problem organization_renamed */
export function requireCurrentName({ organization: { name }, former }: { organization: Organization; former: boolean }): void {
  if (former) throw new Problem('organization_renamed', `It is now called ${name}.`, { extensions: { name } })
}
