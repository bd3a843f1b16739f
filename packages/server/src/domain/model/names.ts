import { nameFault } from '@muster/contract/names.ts'
import type { Organization } from './organization.ts'
import { Problem } from './problem.ts'

/** @throws Problem name_invalid or name_reserved (S39, S43) */
export function refuseBadName(name: string): void {
  const fault = nameFault(name)
  if (fault) throw new Problem(fault)
}

/** A former name redirects reads. Changes are refused with the new name (S42). @throws Problem organization_renamed */
export function requireCurrentName({ organization: { name }, former }: { organization: Organization; former: boolean }): void {
  if (former) throw new Problem('organization_renamed', `It is now called ${name}.`, { extensions: { name } })
}
