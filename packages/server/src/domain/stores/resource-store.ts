import type { OrganizationId, ResourceId } from '@muster/contract/ids.ts'
import type { OwnerId, Resource } from '../resource.ts'
import type { Page, PageRequest } from './page.ts'

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
