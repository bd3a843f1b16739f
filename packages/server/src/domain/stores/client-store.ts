import type { ClientId } from '@muster/contract/ids.ts'
import type { BuiltInClient, Client } from '../client.ts'

export interface ClientStore {
  insert(client: Omit<Client, 'createdAt' | 'removedAt'> & { secretHash: Uint8Array | null }): Promise<Client>
  /** There, as it is given, and not removed. False when nothing had to change. */
  install(client: BuiltInClient): Promise<boolean>
  /** Removed ones too. */
  find(id: ClientId): Promise<(Client & { secretHash: Uint8Array | null }) | null>
  list(): Promise<Client[]>
  /** Removed ones too: a name is nobody's alone. */
  everNamed(name: string): Promise<ClientId[]>
  /** False when there is none, or it is removed already. */
  remove(id: ClientId): Promise<boolean>
}
