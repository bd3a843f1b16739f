import { ADDRESS, personalFieldsOf } from '@muster/contract/personal-fields.ts'
import { type Kysely, type Selectable, sql } from 'kysely'
import type { AuditEvent, RecordedEvent } from '../../domain/command/store.ts'
import { point } from '../database.ts'
import type { AuditEventTable, Tables } from '../tables.ts'

// The personal values of events are in audit_personal, where they can be erased, and never in the row of the event (P19). See decision 0077.

/** An event without its personal values, and these. */
export function splitPersonal({ type, details, address }: Pick<AuditEvent, 'type' | 'details' | 'address'>): {
  details: Record<string, unknown>
  personal: Record<string, string>
} {
  const personal: Record<string, string> = address === '' ? {} : { [ADDRESS]: address }
  const rest = { ...details }
  for (const field of personalFieldsOf(type)) {
    const value = rest[field]
    if (typeof value !== 'string') continue // nothing was given
    personal[field] = value
    delete rest[field]
  }
  return { details: rest, personal }
}

type Row = Pick<Selectable<AuditEventTable>, 'id' | 'details' | 'address'>
type Whole = Pick<RecordedEvent, 'details' | 'address' | 'erased'>

/** Puts events together with their personal values. Read after the rows: an event that is being moved has its values in its row, or here, or in both. */
export async function wholeEvents(db: Kysely<Tables>, rows: readonly Row[]): Promise<(row: Row) => Whole> {
  if (rows.length === 0) return ({ details }) => ({ details, address: '', erased: [] })
  const { rows: values } = await sql<{ event_id: string; field: string; value: string | null }>`${point}
    select event_id, field, value from audit_personal where event_id = any(${rows.map(({ id }) => id)}::text[]) order by field`.execute(db)
  const byEvent = Map.groupBy(values, ({ event_id: id }) => id)
  return ({ id, details, address }) => {
    const whole: Whole = { details: { ...details }, address: address ?? '', erased: [] }
    for (const { field, value } of byEvent.get(id) ?? []) {
      if (value === null) whole.erased.push(field)
      else if (field === ADDRESS) whole.address = value
      else whole.details[field] = value
    }
    return whole
  }
}
