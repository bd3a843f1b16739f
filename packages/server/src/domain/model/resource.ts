import type { OrganizationId, ResourceId, ServiceAccountId, UserId } from '@muster/contract/ids.ts'

/** The owner of a resource: a user or a service account of the organization (S6). */
export type OwnerId = UserId | ServiceAccountId

/** An application, a database, or a resource of a kind that a platform defines. It belongs to the organization and has one owner in it (S6). */
export interface Resource {
  id: ResourceId
  organizationId: OrganizationId
  kind: string
  name: string
  ownerId: OwnerId
  /** The owner's username, or the service account's name. */
  ownerName: string
  /** Null unless this is an application: the first part of its host name (S40). */
  hostLabel: string | null
  createdAt: Date
  ownedSince: Date
}
