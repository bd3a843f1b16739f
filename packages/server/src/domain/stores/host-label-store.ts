import type { OrganizationId, ResourceId } from '@muster/contract/ids.ts'

export interface HostLabelStore {
  /** Answers with those it got: free ones, and those the organization holds. Waits for whoever is taking one of them at this moment. */
  take(organizationId: OrganizationId, labels: readonly { label: string; resourceId: ResourceId }[]): Promise<string[]>
  /** Nothing answers at them any more, and nobody else gets them: those of one resource, or of the whole organization. */
  hold(labels: { organizationId: OrganizationId; resourceId?: ResourceId }): Promise<void>
  /** Which of these anybody has, in use or held. */
  taken(labels: readonly string[]): Promise<{ label: string; organizationId: OrganizationId; held: boolean }[]>
  find(label: string): Promise<{ label: string; organizationId: OrganizationId; resourceId: ResourceId; held: boolean } | null>
}
