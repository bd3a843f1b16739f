import type { OrganizationId, ServiceAccountId, UserId } from '@muster/contract/ids.ts'
import type { HeldRole } from './role.ts'

/** A machine that belongs to one organization, holds any role but admin (P9), and never moves. */
export interface ServiceAccount extends HeldRole {
  id: ServiceAccountId
  organizationId: OrganizationId
  name: string
  description: string
  roleVersion: number
  /** Only increases, like a user's. Keys created at a lower epoch are invalid. */
  epoch: number
  createdBy: UserId
  createdAt: Date
  endedAt: Date | null
}
