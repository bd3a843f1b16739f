import type { KeyEndReason } from '@muster/contract/events.ts'
import type { ApiKeyId, OrganizationId, ServiceAccountId, UserId } from '@muster/contract/ids.ts'
import type { ApiKey } from '../api-key.ts'
import type { LiveKey } from '../authorize.ts'
import type { Page, PageRequest } from './page.ts'

export type NewApiKey = Pick<ApiKey, 'id' | 'organizationId' | 'userId' | 'serviceAccountId' | 'epoch' | 'description' | 'createdBy'> & {
  tokenHash: Uint8Array
}

/** A key as it is listed: with the names of whose it is and who made it. */
export type ListedKey = ApiKey & { holderName: string; createdByName: string; createdByLeft: boolean }

export interface ApiKeyStore {
  insert(key: NewApiKey): Promise<ApiKey>
  find(id: ApiKeyId): Promise<ListedKey | null>
  /** All that decides whether a key is good now, in one read like that of a session. */
  live(by: { id: ApiKeyId } | { tokenHash: Uint8Array }): Promise<LiveKey | null>
  /** Null when it had ended already, by itself or with the epoch of its holder. */
  end(id: ApiKeyId, reason: KeyEndReason): Promise<ApiKey | null>
  /** False when it has ended. */
  rename(id: ApiKeyId, description: string): Promise<boolean>
  /** Remembers its use, at most once a minute. */
  touch(id: ApiKeyId, address: string): Promise<void>
  countAlive(holder: { userId: UserId } | { serviceAccountId: ServiceAccountId }): Promise<number>
  /** Those that work, of one holder or of a whole organization, newest first. */
  pageAlive(of: { userId: UserId } | { serviceAccountId: ServiceAccountId } | { organizationId: OrganizationId }, page: PageRequest): Promise<Page<ListedKey>>
  /** Keys of service accounts that work and that this person made, and so could have copied (S37). */
  listCopyable(organizationId: OrganizationId, createdBy: UserId): Promise<ListedKey[]>
}
