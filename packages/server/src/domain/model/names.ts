import { type NameFault, nameFault } from '@muster/contract/names.ts'
import type { Admission } from './admission.ts'
import { Problem } from './problem.ts'

/** Why nobody can take a name, or null. The settings reserve more names than the built-in list (S43, O15). */
export const faultOfName = ({ reservedNames }: Pick<Admission, 'reservedNames'>, name: string): NameFault | null =>
  nameFault(name) ?? (reservedNames.has(name) ? 'name_reserved' : null)

/** @throws Problem name_invalid or name_reserved (S39, S43) */
export function refuseBadName(admission: Pick<Admission, 'reservedNames'>, name: string): void {
  const fault = faultOfName(admission, name)
  if (fault) throw new Problem(fault)
}
