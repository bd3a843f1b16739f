import type { ApiKeyId, OrganizationId, ServiceAccountId, UserId } from '@muster/contract/ids.ts'

/** A credential that lasts until it is revoked or its holder goes. It acts in one organization, as a user or as a service account. */
export interface ApiKey {
  id: ApiKeyId
  /** The organization it was made for. */
  organizationId: OrganizationId
  /** Whose it is: one of the two. */
  userId: UserId | null
  serviceAccountId: ServiceAccountId | null
  epoch: number
  description: string
  /** Who was shown it. */
  createdBy: UserId
  createdAt: Date
  lastUsedAt: Date | null
  lastAddress: string | null
  endedAt: Date | null
  endedReason: string | null
}
