import type { OrganizationId } from '@muster/contract/ids.ts'
import type { Context } from '../command/context.ts'
import { refuseBadName } from '../model/names.ts'
import { Problem } from '../model/problem.ts'
import { APPLICATION, labelOfApplication, refuseLabels, takeLabels } from '../resources/host-label.ts'

const RENAMES_IN_30_DAYS = 5

export interface RenameOrganization {
  organization: string
  from: string
  to: string
  dryRun?: boolean | undefined
}

export interface Renamed {
  id: OrganizationId
  from: string
  to: string
  /** False for a dry run, and if the organization already has the name. */
  renamed: boolean
  /** The applications whose URLs change (S41). */
  applications: string[]
}

/** Renames the organization if its name is still `from` (S41). Ids do not change, so nobody has to log in again. The old name stays held (S42). */
export async function renameOrganization(context: Context, { organization: reference, from, to, dryRun = false }: RenameOrganization): Promise<Renamed> {
  const { tx, enter, record } = context
  const { organization } = await enter(reference, 'organization:rename')
  if (organization.name !== from) {
    throw new Problem('organization_name_changed', `It is called ${organization.name}, not ${from}.`, { extensions: { name: organization.name } })
  }
  refuseBadName(context.admission, to)
  if (to === from) return { id: organization.id, from, to, applications: [], renamed: false }

  const renames = await tx.organizations.renamesWithin(organization.id, 30)
  if (renames.length >= RENAMES_IN_30_DAYS && renames[0]) {
    const free = new Date(renames[0].getTime() + 30 * 86_400_000)
    throw new Problem('rename_limit', `The next rename is possible from ${free.toISOString()}.`, { extensions: { retry_at: free.toISOString() } })
  }
  const holder = await tx.names.holder(to)
  const ours = holder === null || holder.organizationId === organization.id || (holder.organizationId === null && holder.userId === organization.founderId)
  if (!ours) throw new Problem('name_taken')
  const applications = await tx.resources.list(organization.id, { kind: APPLICATION })
  const labels = applications.map((application) => labelOfApplication(to, application))
  const answer = { id: organization.id, from, to, applications: applications.map(({ name }) => name) }
  await refuseLabels(context, organization.id, labels, 'all')
  if (dryRun) return { ...answer, renamed: false }
  if (!(await tx.names.takeForOrganization(to, organization.id, organization.founderId))) throw new Problem('name_taken')
  await tx.organizations.rename(organization.id, from, to)
  // The old labels are held first. They belong to the organization and redirect to the new ones (S42).
  await tx.hostLabels.hold({ organizationId: organization.id })
  await takeLabels(context, organization.id, labels)
  await record({ type: 'organization.renamed', target: organization.id, organizationId: organization.id, from, to })
  return { ...answer, renamed: true }
}
