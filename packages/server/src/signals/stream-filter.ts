import type { RecordedRevocation } from '../domain/model/revocation.ts'
import type { Receiver } from '../domain/signals/store.ts'
import { eventOf, revocationBatch, standardEvents, supportedEvents } from './event-types.ts'

type Requested = Pick<Receiver, 'eventsRequested'>

/** Batches replace all other events, so that nothing is delivered twice. */
export const wantsBatches = ({ eventsRequested }: Requested): boolean => eventsRequested?.includes(revocationBatch) ?? false

/** The requested event types that the stream is sent. */
export function requestedEvents(receiver: Requested): string[] {
  const { eventsRequested } = receiver
  if (eventsRequested === null) return standardEvents
  return wantsBatches(receiver) ? [revocationBatch] : supportedEvents.filter((type) => eventsRequested.includes(type))
}

/** True if the receiver excluded this user. Other revocations cannot be excluded. */
export const isExcluded = ({ excluded }: Pick<Receiver, 'excluded'>, { kind, subject }: Pick<RecordedRevocation, 'kind' | 'subject'>): boolean =>
  (kind === 'user' || kind === 'role' || kind === 'enabled' || kind === 'account') && excluded.includes(subject)

/** True if the receiver gets this revocation in any event. */
export function isRequested(receiver: Requested & Pick<Receiver, 'excluded'>, revocation: RecordedRevocation): boolean {
  if (isExcluded(receiver, revocation)) return false
  const wanted = requestedEvents(receiver)
  return wantsBatches(receiver) || Object.keys(eventOf('', revocation).events).some((type) => wanted.includes(type))
}
