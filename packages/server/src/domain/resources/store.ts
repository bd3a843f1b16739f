import type { OrganizationId, ResourceId } from '@muster/contract/ids.ts'
import type { Page, PageRequest } from '../model/page.ts'
import type { OwnerId, Resource } from '../model/resource.ts'

export interface ResourceStore {
  /** False when the organization has one of that kind and name. */
  insert(resource: Pick<Resource, 'id' | 'organizationId' | 'kind' | 'name' | 'ownerId'> & { createdBy: string }): Promise<boolean>
  find(organizationId: OrganizationId, kind: string, name: string): Promise<Resource | null>
  findById(id: ResourceId): Promise<Resource | null>
  /** Those that have this kind and name, or had it until they were removed. */
  everNamed(organizationId: OrganizationId, kind: string, name: string): Promise<ResourceId[]>
  /** All of them, by kind and name. */
  list(organizationId: OrganizationId, filter: { kind?: string; ownerId?: OwnerId }): Promise<Resource[]>
  /** Newest first. */
  page(organizationId: OrganizationId, filter: { kind?: string | undefined; ownerId?: OwnerId | undefined }, page: PageRequest): Promise<Page<Resource>>
  count(organizationId: OrganizationId): Promise<number>
  /** Compare and set: false when somebody else owns it by now. */
  setOwner(id: ResourceId, from: OwnerId, to: OwnerId): Promise<boolean>
  /** False when it was removed already. */
  remove(id: ResourceId): Promise<boolean>
}

export interface HostLabelStore {
  /** Answers with those it got: free ones, and those the organization holds. Waits for whoever is taking one of them at this moment. */
  take(organizationId: OrganizationId, labels: readonly { label: string; resourceId: ResourceId }[]): Promise<string[]>
  /** Nothing answers at them any more, and nobody else gets them: those of one resource, or of the whole organization. */
  hold(labels: { organizationId: OrganizationId; resourceId?: ResourceId }): Promise<void>
  /** Which of these anybody has, in use or held. */
  taken(labels: readonly string[]): Promise<{ label: string; organizationId: OrganizationId; held: boolean }[]>
  find(label: string): Promise<{ label: string; organizationId: OrganizationId; resourceId: ResourceId; held: boolean } | null>
}
