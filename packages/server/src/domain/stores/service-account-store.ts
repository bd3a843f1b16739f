import type { OrganizationId, ServiceAccountId } from '@muster/contract/ids.ts'
import type { ServiceAccount } from '../service-account.ts'
import type { Page, PageRequest } from './page.ts'

export type ListedServiceAccount = ServiceAccount & { createdByName: string }

export interface ServiceAccountStore {
  /** False when another that has not ended has the name. */
  insert(account: Pick<ServiceAccount, 'id' | 'organizationId' | 'name' | 'description' | 'createdBy'>): Promise<boolean>
  /** By id, or by the name of one that has not ended. */
  find(organizationId: OrganizationId, reference: string): Promise<ListedServiceAccount | null>
  /** Those that are called so, and those that were when they ended. */
  everNamed(organizationId: OrganizationId, name: string): Promise<ServiceAccountId[]>
  /** Those that have not ended, newest first. */
  page(organizationId: OrganizationId, page: PageRequest): Promise<Page<ListedServiceAccount>>
  countAlive(organizationId: OrganizationId): Promise<number>
  /** False when another that has not ended has the name. */
  change(id: ServiceAccountId, change: { name: string; description: string }): Promise<boolean>
  /** Raises its epoch in the same statement, and answers with it. */
  end(id: ServiceAccountId): Promise<number>
  /** Raises the epoch of all in an organization: their keys are dead, they themselves are not. Answers with the new ones. */
  endKeysOfAll(organizationId: OrganizationId): Promise<{ id: ServiceAccountId; epoch: number }[]>
}
