import type { ClientId } from '@muster/contract/ids.ts'
import { requireClient } from '../command/authorize.ts'
import type { Context } from '../command/context.ts'
import { newId } from '../model/id.ts'
import type { Origin, Principal } from '../model/principal.ts'
import { Problem } from '../model/problem.ts'
import type { Tx } from '../store.ts'
import type { Receiver, StreamSettings, StreamStatus } from './store.ts'

/** How long a receiver may decide without a response from the issuer, in seconds. */
export const LEASE = { standard: 30, least: 10, most: 300 } as const
/**
 * Muster's own event type. A receiver that requests it knows its rules (docs/signals.md) and obeys the lease. A standards-only receiver has no lease, and may
 * accept for as long as it receives nothing.
 */
export const LEASED_EVENT = 'urn:muster:event-type:revocations'

/** A receiver that requests it drops a withdrawn signing key at once. Others notice when they next read the JWKS. */
export const KEY_EVENT = 'urn:muster:event-type:signing-key-withdrawn'

/** Active streams that learn of a withdrawn signing key only from the JWKS. */
export const listStreamsWithoutKeyEvents = async ({ receivers, now }: Pick<Tx, 'receivers' | 'now'>): Promise<Receiver[]> => {
  const [streams, time] = await Promise.all([receivers.listStreams({ clientId: null, most: STREAMS_SHOWN }), now()])
  return streams.filter(({ method, leaseUntil, eventsRequested }) => (method === 'push' || leaseUntil > time) && !eventsRequested?.includes(KEY_EVENT))
}

/** Whether the receiver refuses after its lease has expired. */
export const keepsLease = ({ method, eventsRequested }: Pick<Receiver, 'method' | 'eventsRequested'>): boolean =>
  method === 'server' || (method === 'poll' && (eventsRequested?.includes(LEASED_EVENT) ?? false))

/** A resource server has one per process. A client that reaches the limit has not deleted old streams. */
const STREAMS_PER_CLIENT = 5_000
const EXCLUDED_MOST = 1_000
const EVENTS_MOST = 50

/** Creates a stream. It starts with every revocation that can still matter. */
export async function createStream({ tx, principal, keys, record }: Context, { authorization, ...settings }: StreamSettings): Promise<Receiver> {
  const clientId = await clientOf(tx, principal)
  if ((await tx.receivers.countOf(clientId)) >= STREAMS_PER_CLIENT) throw new Problem('stream_limit')
  const id = newId('stream')
  const sealed = authorization ? await sealAuthorization({ tx, keys }, id, authorization) : {}
  const receiver = await tx.receivers.insert({ id, clientId, ...sealed, ...settings })
  await record({ type: 'stream.created', target: id, clientId, method: settings.method })
  return receiver
}

/** Under a lock, so that no switch of the secret misses it. */
async function sealAuthorization({ tx, keys }: Pick<Context, 'tx' | 'keys'>, id: string, authorization: string) {
  const keyGeneration = await tx.rootKeys.lockNewest()
  return { pushAuthorization: keys.of(keyGeneration).seal('push-authorization', id, authorization), keyGeneration }
}

/** Changes the given settings. */
export async function changeStream(
  { tx, principal, keys, record }: Context,
  { id, authorization, ...settings }: Partial<StreamSettings> & { id: string },
): Promise<Receiver> {
  const { clientId, receiver } = await own(tx, principal, id)
  const none = authorization === null ? { pushAuthorization: null } : {}
  const sealed = authorization ? await sealAuthorization({ tx, keys }, receiver.id, authorization) : none
  const { eventsRequested } = settings
  // A receiver with a lease receives events of all users.
  const excluded = keepsLease({ ...receiver, ...settings }) ? [] : receiver.excluded
  // Events that the stream skipped may matter to it now, so it starts from the beginning.
  const widened =
    excluded.length < receiver.excluded.length ||
    (eventsRequested !== undefined && JSON.stringify(eventsRequested) !== JSON.stringify(receiver.eventsRequested))
  const changed = await tx.receivers.change(receiver.id, { ...settings, ...sealed, excluded, widened })
  const fields = [...Object.keys(settings), ...('pushAuthorization' in sealed ? ['pushAuthorization'] : [])]
  await record({ type: 'stream.changed', target: receiver.id, clientId, fields })
  return changed
}

export async function setStreamStatus(
  { tx, principal, record }: Context,
  { id, status, reason }: { id: string; status: StreamStatus; reason: string | null },
): Promise<Receiver> {
  const { clientId, receiver } = await own(tx, principal, id)
  const changed = await tx.receivers.change(receiver.id, { status, statusReason: reason })
  if (receiver.status !== status) await record({ type: 'stream.changed', target: receiver.id, clientId, fields: ['status'] })
  return changed
}

/** How long pushes may fail before the stream is paused and no longer waited for. */
export const FAILING_SECONDS = 6 * 3_600

/** Pauses a stream whose pushes fail. `payload` tells the receiver as soon as a push succeeds (Shared Signals section 8.1.5). False if pushes work again. */
export async function pauseFailingStream(
  { tx, principal, record }: Context,
  { id, reason, payload }: { id: string; reason: string; payload: Record<string, unknown> },
): Promise<boolean> {
  if (principal.kind !== 'system') throw new Problem('operator_required')
  const receiver = await tx.receivers.lock(id)
  if (receiver?.status !== 'enabled' || receiver.failingSince === null || receiver.clientId === null) return false
  await tx.receivers.change(receiver.id, { status: 'paused', statusReason: reason })
  await tx.receivers.addEvent(receiver.id, payload)
  await record({ type: 'stream.changed', target: receiver.id, clientId: receiver.clientId, fields: ['status'] })
  return true
}

/** Removes a stream, by the operator. The process that polls it may still accept credentials until its lease expires, so the stream counts until then. */
export async function removeStreamAsOperator({ tx, principal, record }: Context, { id }: { id: string }): Promise<void> {
  if (principal.kind !== 'operator') throw new Problem('operator_required')
  const receiver = await tx.receivers.lock(id)
  if (!receiver?.clientId) throw new Problem('stream_not_found')
  await tx.receivers.takeAway(receiver.id)
  await record({ type: 'stream.removed', target: receiver.id, clientId: receiver.clientId })
}

/** The maximum number of streams shown to the operator. */
export const STREAMS_SHOWN = 1_000

export const listStreams = (tx: Pick<Tx, 'receivers'>, clientId: ClientId | null): Promise<Receiver[]> =>
  tx.receivers.listStreams({ clientId, most: STREAMS_SHOWN })

/** Removes a stream, by its resource server, which accepts nothing more by it. It is no longer waited for. */
export async function removeStream({ tx, principal, record }: Context, { id }: { id: string }): Promise<void> {
  const { clientId, receiver } = await own(tx, principal, id)
  await tx.receivers.remove(receiver.id)
  await record({ type: 'stream.removed', target: receiver.id, clientId })
}

/**
 * Includes or excludes the events of a user. A stream starts with all users. A receiver with a lease cannot exclude any: it would accept their revoked
 * credentials.
 */
export async function setSubject({ tx, principal, record }: Context, { id, userId, wanted }: { id: string; userId: string; wanted: boolean }): Promise<void> {
  const { clientId, receiver } = await own(tx, principal, id)
  if (!wanted && keepsLease(receiver)) throw new Problem('stream_invalid', `A stream that delivers ${LEASED_EVENT} must include all subjects.`)
  const excluded = receiver.excluded.filter((one) => one !== userId)
  if (!wanted) excluded.push(userId)
  if (excluded.length > EXCLUDED_MOST) throw new Problem('stream_invalid', `At most ${EXCLUDED_MOST} subjects can be excluded.`)
  await tx.receivers.change(receiver.id, { excluded, widened: excluded.length < receiver.excluded.length })
  await record({ type: 'stream.changed', target: receiver.id, clientId, fields: ['subjects'] })
}

/** Sends an event to one stream, so that its arrival shows that the stream works. */
export async function addStreamEvent({ tx, principal }: Context, { id, payload }: { id: string; payload: Record<string, unknown> }): Promise<void> {
  const { receiver } = await own(tx, principal, id)
  if ((await tx.receivers.eventsOf(receiver.id)).length >= EVENTS_MOST)
    throw new Problem('too_many_attempts', 'Earlier verifications have not been fetched yet.')
  await tx.receivers.addEvent(receiver.id, payload)
}

/** Another client's stream does not exist. @throws Problem stream_not_found */
async function own(tx: Tx, principal: Principal, id: string): Promise<{ clientId: ClientId; receiver: Receiver }> {
  const clientId = await clientOf(tx, principal)
  const receiver = ofClient(await tx.receivers.lock(id), clientId)
  await tx.receivers.recordActivity(receiver.id)
  return { clientId, receiver }
}

/** @throws Problem stream_not_found */
export const streamOf = async (tx: Pick<Tx, 'receivers'>, clientId: ClientId, id: string): Promise<Receiver> => ofClient(await tx.receivers.find(id), clientId)

function ofClient(receiver: Receiver | null, clientId: ClientId): Receiver {
  if (receiver?.clientId !== clientId) throw new Problem('stream_not_found')
  return receiver
}

async function clientOf(tx: Tx, principal: Principal): Promise<ClientId> {
  if (principal.kind !== 'client') throw new Problem('forbidden')
  await requireClient(tx, principal, 'signals')
  return principal.clientId
}

/** The receivers of one or several revocations: which have acknowledged, which have not, and until when those may still accept. */
export interface RevocationReport {
  receivers: number
  acknowledged: number
  missing: { id: string; description: string | null; leaseUntil: Date | null }[]
  /** From then on no receiver accepts the revoked credentials. Null: a receiver without a lease has not acknowledged. */
  endedEverywhereAt: Date | null
  waitedMilliseconds: number
}

/**
 * How long a revoking request waits for the server processes, in milliseconds. After `servers` it need not wait longer: a process that could not read the
 * database for a second decides nothing from memory (`signals/process-receiver.ts`). A page waits less, and so guarantees less.
 */
export const ENDING_WAIT = { servers: 1_500, page: 300 } as const

/**
 * Waits, outside any transaction, until the server processes have acknowledged and, with `everyone`, all other receivers too; for at most this many
 * milliseconds each. Null if the database did not answer during the whole wait.
 */
export type AwaitRevocations = (ids: readonly bigint[], wait?: { servers?: number; everyone?: number }) => Promise<RevocationReport | null>

/** The revocations of the request that nothing has waited for yet. */
export const takeEnded = ({ ended }: Origin): bigint[] => ended?.splice(0) ?? []

export async function awaitServers(awaitRevocations: AwaitRevocations, origin: Origin, milliseconds: number): Promise<void> {
  const ended = takeEnded(origin)
  if (ended.length > 0) await awaitRevocations(ended, { servers: milliseconds })
}
