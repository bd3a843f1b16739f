import type { RecordedRevocation } from '../domain/model/revocation.ts'
import type { Receiver } from '../domain/signals/store.ts'
import { eventOf, revocationBatch, standardEvents, supportedEvents } from './event-types.ts'

type Asked = Pick<Receiver, 'eventsRequested'>

/** Lists of revocations, for who asks for them, take the place of everything else: nothing has to be said twice. */
export const wantsBatches = ({ eventsRequested }: Asked): boolean => eventsRequested?.includes(revocationBatch) ?? false

/** What a stream is sent of what it asked for. */
export function wantedEvents(receiver: Asked): string[] {
  const { eventsRequested } = receiver
  if (eventsRequested === null) return standardEvents
  return wantsBatches(receiver) ? [revocationBatch] : supportedEvents.filter((type) => eventsRequested.includes(type))
}

/** It asked not to hear of this user. What concerns no single user concerns everybody. */
export const isExcluded = ({ excluded }: Pick<Receiver, 'excluded'>, { kind, subject }: Pick<RecordedRevocation, 'kind' | 'subject'>): boolean =>
  (kind === 'user' || kind === 'role' || kind === 'enabled') && excluded.includes(subject)

/** It is told of this, by one event or another. */
export function isWanted(receiver: Asked & Pick<Receiver, 'excluded'>, revocation: RecordedRevocation): boolean {
  if (isExcluded(receiver, revocation)) return false
  const wanted = wantedEvents(receiver)
  return wantsBatches(receiver) || Object.keys(eventOf('', revocation).events).some((type) => wanted.includes(type))
}
