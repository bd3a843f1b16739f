import type { OrganizationId, ServiceAccountId, UserId } from '@muster/contract/ids.ts'

/** A machine that belongs to one organization, has the rights of a member, and never moves. */
export interface ServiceAccount {
  id: ServiceAccountId
  organizationId: OrganizationId
  name: string
  description: string
  /** Only increases, like a user's. Keys created at a lower epoch are invalid. */
  epoch: number
  createdBy: UserId
  createdAt: Date
  endedAt: Date | null
}
