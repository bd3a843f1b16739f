import type { OrganizationId, UserId } from '@muster/contract/ids.ts'
import type { Context } from './execute.ts'
import { Problem } from './problem.ts'
import { refuseBadName } from './user.ts'

/** Personal while its founder is the only person who ever was a member; the first other accept ends that for good (S2). */
export interface Organization {
  id: OrganizationId
  name: string
  founderId: UserId
  personal: boolean
  plan: string
  suspendedAt: Date | null
  createdAt: Date
}

export const RENAMES_IN_30_DAYS = 5

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
  /** False for a dry run, and when it was called that already. */
  renamed: boolean
}

/** Compare and set on the current name (S41). Ids do not change, so nobody has to log in again; the old name stays held (S42). */
export async function renameOrganization(context: Context, { organization: reference, from, to, dryRun = false }: RenameOrganization): Promise<Renamed> {
  const { tx, enter, record } = context
  const { organization } = await enter(reference, 'organization:rename')
  if (organization.name !== from) {
    throw new Problem('organization_name_changed', `It is called ${organization.name}, not ${from}.`, { extensions: { name: organization.name } })
  }
  refuseBadName(to)
  const answer = { id: organization.id, from, to }
  if (to === from) return { ...answer, renamed: false }

  const renames = await tx.organizations.renamesWithin(organization.id, 30)
  if (renames.length >= RENAMES_IN_30_DAYS && renames[0]) {
    const free = new Date(renames[0].getTime() + 30 * 86_400_000)
    throw new Problem('rename_limit', `The next rename is possible from ${free.toISOString()}.`, { extensions: { retry_at: free.toISOString() } })
  }
  if (dryRun) {
    const holder = await tx.names.holder(to)
    if (holder && holder.organizationId !== organization.id) throw new Problem('name_taken')
    return { ...answer, renamed: false }
  }
  if (!(await tx.names.takeForOrganization(to, organization.id, organization.founderId))) throw new Problem('name_taken')
  await tx.organizations.rename(organization.id, from, to)
  await record({ type: 'organization.renamed', target: organization.id, organizationId: organization.id, from, to })
  return { ...answer, renamed: true }
}
