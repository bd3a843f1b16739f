import type { RecordedEvent } from '../domain/command/store.ts'

/** An event as JSON, and as a line of JSON Lines. */
export const toAuditEventBody = (event: RecordedEvent) => ({
  id: event.id,
  at: event.at.toISOString(),
  action: event.type,
  outcome: event.outcome,
  actor: { kind: event.actorKind, id: event.actorId, name: event.actorName, session_id: event.actorSessionId, key_id: event.actorKeyId, via: event.via },
  target: { id: event.target, name: event.targetName },
  details: event.details,
  address: event.address,
  ...(event.erased.length > 0 && { erased: event.erased }),
  request_id: event.requestId,
})

const columns: Record<string, (event: RecordedEvent) => string | null> = {
  id: ({ id }) => id,
  at: ({ at }) => at.toISOString(),
  action: ({ type }) => type,
  outcome: ({ outcome }) => outcome,
  actor_kind: ({ actorKind }) => actorKind,
  actor_id: ({ actorId }) => actorId,
  actor_name: ({ actorName }) => actorName,
  target_id: ({ target }) => target,
  target_name: ({ targetName }) => targetName,
  details: ({ details }) => JSON.stringify(details),
  address: ({ address }) => address,
  request_id: ({ requestId }) => requestId,
  actor_session_id: ({ actorSessionId }) => actorSessionId,
  actor_key_id: ({ actorKeyId }) => actorKeyId,
  actor_via: ({ via }) => via && `${via.kind} ${via.name}`,
  erased: ({ erased }) => erased.join(' '),
}

/** A cell that a spreadsheet would run as a formula gets an apostrophe in front, so that it is shown as text (F08). */
export function csvCell(text: string | null): string {
  const safe = /^[\s\0]*[=+\-@|%]|^[\t\r\n]/.test(text ?? '') ? `'${text}` : (text ?? '')
  return /[",\r\n']/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe
}

const line = (cells: readonly (string | null)[]): string => `${cells.map(csvCell).join(',')}\r\n` // RFC 4180

export const csvHeader = line(Object.keys(columns))
export const csvLine = (event: RecordedEvent): string => line(Object.values(columns).map((column) => column(event)))
