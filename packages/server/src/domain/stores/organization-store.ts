import type { OrganizationId, UserId } from '@muster/contract/ids.ts'
import type { Details, Purpose } from '../contact.ts'
import type { Organization } from '../organization.ts'

export interface OrganizationStore {
  insert(organization: { id: OrganizationId; name: string; founderId: UserId; plan: string }): Promise<void>
  /** By id, by name, or by a name it had; `former` says that it was the last. */
  find(reference: string): Promise<{ organization: Organization; former: boolean } | null>
  /** Locks in the order of ids, so that two callers with the same organizations cannot wait for each other. Answers with those that exist. */
  lock(ids: readonly OrganizationId[]): Promise<Organization[]>
  /** The personal organization of its founder, dormant or not. */
  personalOf(userId: UserId): Promise<Organization | null>
  /** Compare and set: false when it is not called `from` any more. */
  rename(id: OrganizationId, from: string, to: string): Promise<boolean>
  /** Ends its being personal. False when it was not. */
  share(id: OrganizationId): Promise<boolean>
  /** When it was renamed within the last so many days, oldest first. */
  renamesWithin(id: OrganizationId, days: number): Promise<Date[]>
  setPlan(id: OrganizationId, plan: string): Promise<void>
  /** Null when it is suspended already. The version only grows. */
  suspend(id: OrganizationId, reason: string | null): Promise<{ version: number; at: Date } | null>
  /** Answers with the version; null when it is not suspended. */
  resume(id: OrganizationId): Promise<number | null>
  suspensionReason(id: OrganizationId): Promise<string | null>
  details(id: OrganizationId): Promise<Details>
  setContact(id: OrganizationId, purpose: Purpose, contact: { userId: UserId } | { email: string } | null): Promise<void>
  /** Answers with what they were the contact for. */
  clearContactsOf(id: OrganizationId, userId: UserId): Promise<Purpose[]>
  setAddress(id: OrganizationId, address: string | null): Promise<void>
}
