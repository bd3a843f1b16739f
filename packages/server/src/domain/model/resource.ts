import type { OrganizationId, ResourceId, ServiceAccountId, UserId } from '@muster/contract/ids.ts'

/** What may own a resource: a person, or a machine of the organization (S6). */
export type OwnerId = UserId | ServiceAccountId

/** An application, a database, or of any kind a platform names. The organization has it; one principal of that organization owns it (S6). */
export interface Resource {
  id: ResourceId
  organizationId: OrganizationId
  kind: string
  name: string
  ownerId: OwnerId
  /** The owner's username, or the service account's name. */
  ownerName: string
  /** Applications have one: the first part of their address (S40). */
  hostLabel: string | null
  createdAt: Date
  ownedSince: Date
}
