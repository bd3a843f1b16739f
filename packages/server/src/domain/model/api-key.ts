import type { ApiKeyId, OrganizationId, ServiceAccountId, UserId } from '@muster/contract/ids.ts'

/** A credential that is valid until it expires, is revoked or its holder leaves. It acts in one organization, as a user or as a service account. */
export interface ApiKey {
  id: ApiKeyId
  /** The organization that the key was created for. */
  organizationId: OrganizationId
  /** The holder: exactly one of the two is set. */
  userId: UserId | null
  serviceAccountId: ServiceAccountId | null
  epoch: number
  description: string
  /** The names of permissions. Null: everything that its holder may do (P12). */
  scope: readonly string[] | null
  /** Null: never. */
  expiresAt: Date | null
  /** The member who saw the key when it was created. */
  createdBy: UserId
  createdAt: Date
  lastUsedAt: Date | null
  lastAddress: string | null
  endedAt: Date | null
  endedReason: string | null
}
