import type { Receiver } from '../../domain/signals/store.ts'
import type { EventToken, EventTokens, JtiKind } from '../event-tokens.ts'
import type { Entry } from '../revocation-log.ts'
import { requestedEvents, wantsBatches } from '../stream-filter.ts'

/** The number of revocations in one batch token. */
export const PER_BATCH = 1_000

/** A token and the revocations in it. */
export interface Delivery {
  entries: Entry[]
  token: Promise<EventToken>
}

/**
 * The tokens that deliver these revocations to a stream: batches, or one token for each event that the stream has not acknowledged (`acknowledged`).
 * `unwanted`: revocations without an event type that the stream requested.
 */
export function deliveriesOf(
  tokens: EventTokens,
  receiver: Receiver,
  entries: readonly Entry[],
  acknowledged: ReadonlyMap<bigint, JtiKind> = new Map(),
): { deliveries: Delivery[]; unwanted: Entry[] } {
  const audience = receiver.clientId as string
  const deliveries: Delivery[] = []
  const unwanted: Entry[] = []
  if (wantsBatches(receiver)) {
    for (let start = 0; start < entries.length; start += PER_BATCH) {
      const chunk = entries.slice(start, start + PER_BATCH)
      deliveries.push({ entries: chunk, token: tokens.batch(chunk, audience) })
    }
    return { deliveries, unwanted }
  }
  const eventTypes = requestedEvents(receiver)
  for (const entry of entries) {
    const singles = tokens.singles(entry, audience, eventTypes, acknowledged.get(entry.id))
    if (singles.length === 0) unwanted.push(entry)
    for (const token of singles) deliveries.push({ entries: [entry], token })
  }
  return { deliveries, unwanted }
}
