import type { OrganizationId, ResourceId } from '@muster/contract/ids.ts'
import { hostLabel, hostLabelFault } from '@muster/contract/names.ts'
import { reservedNames } from '@muster/contract/reserved-names.ts'
import type { Context } from '../command/context.ts'
import { Problem } from '../model/problem.ts'

/** An application and the label its address would have. */
export interface ApplicationLabel {
  /** The name of the application. */
  name: string
  label: string
  resourceId: ResourceId
}

/** The kind whose resources have a host (S40). */
export const APPLICATION = 'application'

export const labelOfApplication = (organizationName: string, { name, id }: { name: string; id: ResourceId }): ApplicationLabel => ({
  name,
  label: hostLabel(organizationName, name),
  resourceId: id,
})

/** Converts a label to its host, and a host to its label. The input is a full name below the cloud domain, or the label alone. */
export const hostOf = (label: string, cloudDomain: string): string => `${label}.${cloudDomain}`

export function labelOf(host: string, cloudDomain: string): string | null {
  const name = host.toLowerCase().replace(/\.$/, '')
  const suffix = `.${cloudDomain.toLowerCase()}`
  const label = name.endsWith(suffix) ? name.slice(0, -suffix.length) : name
  return /^[a-z0-9-]{1,63}$/.test(label) ? label : null
}

const shown = (labels: readonly ApplicationLabel[]) => labels.map(({ name, label }) => ({ name, label }))

/**
 * Refuses labels that cannot be taken, all at once (S40, S43). `own` says which of the organization's own labels do not clash: those it holds and, in a rename,
 * also those in use, since all of them change together.
 * @throws Problem host_label_invalid, name_reserved or host_label_taken, with what clashes
 */
export async function refuseLabels(
  { tx: { hostLabels }, admission }: Pick<Context, 'tx' | 'admission'>,
  organizationId: OrganizationId,
  wanted: readonly ApplicationLabel[],
  own: 'held' | 'all',
): Promise<void> {
  const invalid = wanted.filter(({ label }) => hostLabelFault(label) !== null)
  if (invalid.length > 0)
    throw new Problem('host_label_invalid', `${labelsIn(invalid)} cannot be part of a host name.`, { extensions: { labels: shown(invalid) } })
  const isReserved = (name: string): boolean => reservedNames.has(name) || admission.reservedNames.has(name)
  const reserved = wanted.filter(({ label }) => isReserved(label.replaceAll('-', '_')))
  if (reserved.length > 0) throw new Problem('name_reserved', `${labelsIn(reserved)} is reserved.`, { extensions: { labels: shown(reserved) } })
  const taken = await hostLabels.taken(wanted.map(({ label }) => label))
  const others = new Set(taken.filter((one) => one.organizationId !== organizationId || (own === 'held' && !one.held)).map(({ label }) => label))
  const clashes = wanted.filter(({ label }) => others.has(label))
  if (clashes.length > 0) throw labelsTaken(clashes)
}

const labelsIn = (labels: readonly ApplicationLabel[]): string => labels.map(({ label }) => label).join(', ')

/** Does not reveal the holder: another organization does not exist (B01). */
const labelsTaken = (clashes: readonly ApplicationLabel[]): Problem =>
  new Problem('host_label_taken', `Taken: ${labelsIn(clashes)}.`, { extensions: { clashes: shown(clashes) } })

/** Takes all labels or none. Of two concurrent requests for a label, the unique index refuses the later one (S40). */
export async function takeLabels({ tx }: Pick<Context, 'tx'>, organizationId: OrganizationId, wanted: readonly ApplicationLabel[]): Promise<void> {
  const taken = new Set(await tx.hostLabels.take(organizationId, wanted))
  const clashes = wanted.filter(({ label }) => !taken.has(label))
  if (clashes.length > 0) throw labelsTaken(clashes)
}
