import type { OrganizationId, UserId } from '@muster/contract/ids.ts'

export interface NameStore {
  /** False when anybody holds it. */
  take(name: string, holder: { userId: UserId }): Promise<boolean>
  /** False when anybody else holds it. The founder's username is theirs to name an organization by; a name the organization held before is its own still. */
  takeForOrganization(name: string, organizationId: OrganizationId, founderId: UserId): Promise<boolean>
  holder(name: string): Promise<{ userId: UserId | null; organizationId: OrganizationId | null } | null>
}
