import type { ClientId, ClientSecretId } from '@muster/contract/ids.ts'
import type { Context } from '../command/context.ts'
import { newId } from '../model/id.ts'
import { newOpaqueToken } from '../model/opaque-token.ts'
import { Problem } from '../model/problem.ts'
import { digest, sameBytes } from '../model/secret-keys.ts'
import { lockOwnClient } from './client.ts'
import type { RegisteredClient, StoredClientSecret } from './store.ts'

// The secrets of a client (P14).

/** One is in use, and its successor is being deployed. */
const SECRETS_PER_CLIENT = 2

export interface CreatedClientSecret {
  id: ClientSecretId
  /** Shown only in this response. */
  secret: string
}

/** Gives a client another secret. Both are valid until one is revoked. */
export async function createClientSecret(context: Context, { clientId }: { clientId: ClientId }): Promise<CreatedClientSecret> {
  const client = await lockConfidential(context, clientId)
  if (client.secrets.length >= SECRETS_PER_CLIENT) throw new Problem('client_secret_limit')
  const [id, secret] = [newId('clientSecret'), newOpaqueToken('muster_cs')]
  await context.tx.clients.addSecret(client, { id, hash: digest(secret) })
  await context.record({ type: 'client.secret_created', target: client.id, name: client.name, secretId: id })
  return { id, secret }
}

/**
 * Revokes one of two secrets. From the response on, every process refuses it. Tokens that it obtained are valid until they expire, within the hour: removing the
 * client ends them at once.
 */
export async function revokeClientSecret(context: Context, { clientId, secretId }: { clientId: ClientId; secretId: string }): Promise<void> {
  const client = await lockConfidential(context, clientId)
  const secret = client.secrets.find(({ id }) => id === secretId)
  if (!secret) throw new Problem('client_secret_not_found')
  // Without a secret it would count as a public client, which needs none.
  if (client.secrets.length === 1) throw new Problem('client_secret_last')
  await context.tx.clients.revokeSecret(client, secret.id)
  await context.record({ type: 'client.secret_revoked', target: client.id, name: client.name, secretId: secret.id })
}

async function lockConfidential({ tx, principal }: Context, clientId: ClientId): Promise<RegisteredClient> {
  if (principal.kind !== 'operator') throw new Problem('operator_required')
  const client = await lockOwnClient(tx, clientId)
  if (client.public) throw new Problem('client_invalid', `${client.name} is a public client, which has no secret.`)
  return client
}

/** The secret of the client that was presented. Each is compared, so that the time does not depend on which one it is. Digests have equal lengths. */
export function presentedSecret({ secrets }: Pick<RegisteredClient, 'secrets'>, presented: unknown): StoredClientSecret | null {
  if (typeof presented !== 'string') return null
  const hash = digest(presented)
  return secrets.reduce<StoredClientSecret | null>((match, secret) => (sameBytes(secret.hash, hash) ? secret : match), null)
}
