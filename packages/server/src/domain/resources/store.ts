import type { OrganizationId, ResourceId } from '@muster/contract/ids.ts'
import type { Page, PageRequest } from '../model/page.ts'
import type { OwnerId, Resource } from '../model/resource.ts'

export interface ResourceStore {
  /** False if the organization has a resource of this kind and name. */
  insert(resource: Pick<Resource, 'id' | 'organizationId' | 'kind' | 'name' | 'ownerId'> & { createdBy: string }): Promise<boolean>
  find(organizationId: OrganizationId, kind: string, name: string): Promise<Resource | null>
  findById(id: ResourceId): Promise<Resource | null>
  /** Current and removed resources of this kind and name. */
  everNamed(organizationId: OrganizationId, kind: string, name: string): Promise<ResourceId[]>
  /** All, ordered by kind and name. */
  list(organizationId: OrganizationId, filter: { kind?: string; ownerId?: OwnerId }): Promise<Resource[]>
  /** Newest first. */
  page(organizationId: OrganizationId, filter: { kind?: string | undefined; ownerId?: OwnerId | undefined }, page: PageRequest): Promise<Page<Resource>>
  count(organizationId: OrganizationId): Promise<number>
  /** Compare and set: false if the owner has changed. */
  setOwner(id: ResourceId, from: OwnerId, to: OwnerId): Promise<boolean>
  /** False if it was already removed. */
  remove(id: ResourceId): Promise<boolean>
}

export interface HostLabelStore {
  /** Returns the labels it got: free ones, and those that the organization holds. Waits for concurrent requests for the same labels. */
  take(organizationId: OrganizationId, labels: readonly { label: string; resourceId: ResourceId }[]): Promise<string[]>
  /** Holds labels: they are not served, and no other organization can take them. Those of one resource, or of the whole organization. */
  hold(labels: { organizationId: OrganizationId; resourceId?: ResourceId }): Promise<void>
  /** Which of these labels are in use or held. */
  taken(labels: readonly string[]): Promise<{ label: string; organizationId: OrganizationId; held: boolean }[]>
  find(label: string): Promise<{ label: string; organizationId: OrganizationId; resourceId: ResourceId; held: boolean } | null>
}
