import type { Api } from './api.ts'

/** A client, a credential or a role that names a permission. */
export interface PermissionUse {
  permission: string
  kind: 'client' | 'key' | 'role'
  id: string
  /** Of a key, its description. Of a role, its name and that of its organization. */
  name: string
}

export interface ApiStore {
  /** Until the transaction ends, no other changes an API. */
  lock(): Promise<void>
  /** Until the transaction ends, nobody changes an API. Others may share this. */
  share(): Promise<void>
  /** In order of their names. */
  list(): Promise<Api[]>
  find(id: Api['id']): Promise<Api | null>
  findByAudience(audience: string): Promise<Api | null>
  /** The names of the clients that belong to these APIs. */
  clientsOf(ids: readonly Api['id'][]): Promise<string[]>
  /** Removes all permissions of these APIs. */
  clear(ids: readonly Api['id'][]): Promise<void>
  /** Inserts the API, or replaces all that is known of it. Its earlier permissions were removed. */
  put(api: Api): Promise<void>
  remove(id: Api['id']): Promise<void>
  /** The clients, valid keys and roles that name these permissions: the first of them. */
  usesOf(permissions: readonly string[]): Promise<PermissionUse[]>
}
