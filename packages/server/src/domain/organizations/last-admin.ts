import type { OrganizationId, UserId } from '@muster/contract/ids.ts'
import type { Context } from '../command/context.ts'
import type { Companions } from '../model/membership.ts'
import { Problem } from '../model/problem.ts'

/** An organization with members must have an active admin (S29). Read under the lock on the organization. */
export const isLastAdmin = ({ isAdmin, otherAdmin, others }: Companions): boolean => isAdmin && !otherAdmin && others

/** The refusal lists the members who could become admin (S29). */
export async function lastAdminProblem({ tx }: Pick<Context, 'tx'>, organizationId: OrganizationId, userId: UserId): Promise<Problem> {
  const { items } = await tx.memberships.page(organizationId, { status: 'active', limit: 20 })
  const candidates = items.filter((member) => member.userId !== userId && member.suspendedAt === null).map(({ userId: id, username }) => ({ id, username }))
  return new Problem('last_admin', undefined, { extensions: { candidates } })
}
