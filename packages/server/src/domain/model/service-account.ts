import type { OrganizationId, ServiceAccountId, UserId } from '@muster/contract/ids.ts'

/** A machine that belongs to one organization, acts with the rights of a member, and never moves. */
export interface ServiceAccount {
  id: ServiceAccountId
  organizationId: OrganizationId
  name: string
  description: string
  /** Only grows, like a user's: keys made below it are dead. */
  epoch: number
  createdBy: UserId
  createdAt: Date
  endedAt: Date | null
}
