import { type Kysely, sql } from 'kysely'
import type { AuditEvent } from '../../domain/command/store.ts'
import type { RecordedRevocation, Revocation } from '../../domain/model/revocation.ts'
import { point } from '../database.ts'
import { insertRevocations, type RevocationRecords, type RevocationRow, revocationNotice, revocationObject, toRevocation } from '../signals/revocation-store.ts'
import type { Tables } from '../tables.ts'
import { type EventRecords, eventParts, insertEvents } from './audit-store.ts'

/** The events and revocations of a transaction. They are written in one statement, with the commit or before it. */
export interface Records extends EventRecords, RevocationRecords {
  /** The revocations that have been written. */
  readonly revoked: readonly RecordedRevocation[]
  /** True once events have been recorded. */
  readonly hasEvents: boolean
  write(): Promise<void>
}

export function recordsOf(trx: Kysely<Tables>): Records {
  let events: AuditEvent[] = []
  let revocations: { revocation: Revocation; ended: bigint[] | undefined }[] = []
  const revoked: RecordedRevocation[] = []
  let hasEvents = false

  const write = async (events: readonly AuditEvent[], entries: typeof revocations): Promise<number> => {
    const inserted = insertRevocations(entries.map(({ revocation, ended }) => ({ ...revocation, awaited: ended !== undefined })))
    const { rows } = await sql<{ made: RevocationRow }>`${point} with ${eventParts(events)}, made as (${inserted})
      select ${revocationObject} as made, ${revocationNotice} from made`.execute(trx)
    for (const { made } of rows) {
      const written = toRevocation(made)
      revoked.push(written)
      // All revocations of a transaction are of one request.
      if (written.awaited) entries[0]?.ended?.push(written.id)
    }
    return rows.length
  }

  return {
    revoked,
    get hasEvents() {
      return hasEvents
    },
    addEvent(event) {
      events.push(event)
      hasEvents = true
    },
    addRevocation: (revocation, ended) => void revocations.push({ revocation, ended }),
    revokeToken: async (revocation, ended) => (await write([], [{ revocation, ended }])) > 0,
    noteWritten: (revocation) => void revoked.push(revocation),
    async write() {
      const taken = { events, revocations }
      events = []
      revocations = []
      if (taken.revocations.length > 0) await write(taken.events, taken.revocations)
      else if (taken.events.length > 0) await sql`${point} ${insertEvents(taken.events)}`.execute(trx)
    },
  }
}
