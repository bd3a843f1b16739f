import type { AuditEventId } from '@muster/contract/ids.ts'
import { ADDRESS } from '@muster/contract/personal-fields.ts'
import { type Kysely, sql } from 'kysely'
import { auditEvent } from '../../domain/command/audit.ts'
import { systemPrincipal } from '../../domain/model/principal.ts'

// Moves the personal values of events from before migration 0047 out of their rows (P19). It is the one change of recorded events, so it runs as the role that
// owns the schema, after the migrations, and lifts the append-only trigger inside each of its transactions. See decision 0077.

/** A transaction of this many takes a fraction of a second, and locks these rows only. */
const BATCH = 2_000

export async function hasPersonalValuesToMove({ kysely }: { kysely: Kysely<any> }): Promise<boolean> {
  const { rows } = await sql`select from audit_event_move where moved_until < ends_at`.execute(kysely)
  return rows.length > 0
}

/** Several processes may call it at once, and it goes on where an earlier call was interrupted. */
export async function movePersonalValues(db: Kysely<any>): Promise<void> {
  while (await db.transaction().execute(moveBatch));
}

/** False if nothing is left to move. */
async function moveBatch(trx: Kysely<any>): Promise<boolean> {
  // Held until commit, so that one process at a time replaces the function of the trigger.
  const { rows: states } = await sql<{ isFinished: boolean }>`select moved_until >= ends_at as "isFinished" from audit_event_move for update`.execute(trx)
  if (states[0]?.isFinished !== false) return false
  await withTriggerLifted(trx, () =>
    sql`
      with part as materialized (
        select seq, id, type, details, address from audit_event
        where seq > (select moved_until from audit_event_move) and seq <= (select ends_at from audit_event_move) order by seq limit ${sql.lit(BATCH)}),
      stored as (
        insert into audit_personal (event_id, field, value)
        select id, field, value from part cross join lateral personal_values_of_event(type, details)
        union all select id, 'address', address from part where address <> ''),
      moved as (
        update audit_event set address = null, details = part.details - array(select field from personal_values_of_event(part.type, part.details))
        from part where audit_event.seq = part.seq)
      update audit_event_move set moved_until = coalesce((select max(seq) from part having count(*) = ${sql.lit(BATCH)}), ends_at)`.execute(trx),
  )
  await recordEnd(trx)
  return true
}

/**
 * Replaces the function of the trigger until the end of the transaction. Other transactions do not see it, so to them the trigger refuses every change all the
 * time, and unlike `disable trigger` it takes no lock for which new events would wait.
 */
async function withTriggerLifted(trx: Kysely<any>, work: () => Promise<unknown>): Promise<void> {
  const { rows } = await sql<{ definition: string }>`select pg_get_functiondef('audit_event_is_append_only'::regproc) as definition`.execute(trx)
  await sql`create or replace function audit_event_is_append_only() returns trigger language plpgsql as $$ begin return new; end $$`.execute(trx)
  await work()
  await sql.raw(rows[0]?.definition as string).execute(trx)
}

async function recordEnd(trx: Kysely<any>): Promise<void> {
  const { rows } = await sql<{ id: AuditEventId }>`
    select id from audit_event join audit_event_move on seq <= ends_at and moved_until = ends_at order by seq desc limit 1`.execute(trx)
  const [last] = rows
  if (!last) return
  const { id, type, outcome, actorKind, actorId, target, address, requestId } = auditEvent({ type: 'record.migrated', target: last.id }, systemPrincipal)
  await sql`
    insert into audit_event (id, type, outcome, actor_kind, actor_id, target, details, request_id)
    values (${id}, ${type}, ${outcome}, ${actorKind}, ${actorId}, ${target}, '{}', ${requestId})`.execute(trx)
  await sql`insert into audit_personal (event_id, field, value) values (${id}, ${ADDRESS}, ${address})`.execute(trx)
}
