import type { ClientId } from '@muster/contract/ids.ts'
import { isClientId } from '../domain/credentials/client.ts'
import { presentedSecret } from '../domain/credentials/client-secret.ts'
import { isWorthNoting } from '../domain/credentials/session.ts'
import type { RegisteredClient } from '../domain/credentials/store.ts'
import type { Store } from '../domain/store.ts'

export interface KnownClients {
  /** True if `find` needs no statement. */
  has(id: ClientId): boolean
  /** Null if the client does not exist or was removed. The values may be out of date: the statement that acts on them checks `version`. */
  find(id: ClientId): Promise<RegisteredClient | null>
  /** The same as the row is now. */
  read(id: ClientId): Promise<RegisteredClient | null>
  /** Whether the secret is one of the client. Its use is noted, at most once a minute. */
  authenticate(client: RegisteredClient, secret: unknown): boolean
}

/** Bounds the memory of an installation with very many clients. */
const KNOWN_MOST = 1_000

/** Remembers clients, so that a request reads none. A change in any process is noticed by the next statement that names the version (decision 0054). */
export function createKnownClients({ reading }: Pick<Store, 'reading'>, onError: (error: unknown) => void): KnownClients {
  const known = new Map<ClientId, RegisteredClient>()
  const read = async (id: ClientId): Promise<RegisteredClient | null> => {
    const client = isClientId(id) ? await reading.clients.find(id) : null
    known.delete(id)
    if (!client || client.removedAt) return null
    if (known.size >= KNOWN_MOST) known.delete(known.keys().next().value as ClientId)
    known.set(id, client)
    return client
  }
  return {
    has: (id) => known.has(id),
    find: async (id) => known.get(id) ?? read(id),
    read,
    authenticate(client, presented) {
      const secret = presentedSecret(client, presented)
      if (!secret) return false
      const now = new Date()
      if (isWorthNoting({ now, lastUsedAt: secret.lastUsedAt })) {
        secret.lastUsedAt = now // of the remembered client too
        reading.clients.touchSecret(client.id, secret).catch(onError)
      }
      return true
    },
  }
}
