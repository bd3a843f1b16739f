import type { Receiver } from '../domain/signals/store.ts'
import type { EventToken, EventTokens, JtiKind } from './event-tokens.ts'
import type { Entry } from './revocation-log.ts'
import { wantedEvents, wantsBatches } from './stream-filter.ts'

/** So many revocations in one token of a batch. */
export const PER_BATCH = 1_000

/** One token, and what it tells of. */
export interface Parcel {
  entries: Entry[]
  token: Promise<EventToken>
}

/**
 * How a stream is told of these: in batches, or each by a token for each of its events, but for those it has heard. `unwanted`: no event type that it
 * asked for says it.
 */
export function parcelsOf(
  tokens: EventTokens,
  receiver: Receiver,
  entries: readonly Entry[],
  heard: ReadonlyMap<bigint, JtiKind> = new Map(),
): { parcels: Parcel[]; unwanted: Entry[] } {
  const audience = receiver.clientId as string
  const parcels: Parcel[] = []
  const unwanted: Entry[] = []
  if (wantsBatches(receiver)) {
    for (let start = 0; start < entries.length; start += PER_BATCH) {
      const chunk = entries.slice(start, start + PER_BATCH)
      parcels.push({ entries: chunk, token: tokens.batch(chunk, audience) })
    }
    return { parcels, unwanted }
  }
  const wanted = wantedEvents(receiver)
  for (const entry of entries) {
    const singles = tokens.singles(entry, audience, wanted, heard.get(entry.id))
    if (singles.length === 0) unwanted.push(entry)
    for (const token of singles) parcels.push({ entries: [entry], token })
  }
  return { parcels, unwanted }
}
