import { type Kysely, sql } from 'kysely'

// The positions of events in the feed (P18). See decision 0073.

const statements = [
  `create table event_position (
     position bigint primary key,
     seq bigint not null constraint event_position__one_per_event unique,
     organization_id text collate "C",
     organization_position bigint,
     constraint event_position__of_organization unique (organization_id, organization_position)
   )`,
  `comment on table event_position is 'The order of the feed of events, without gaps. A row is written after the commit of its event, and never changes.'`,
  `create trigger event_position__append_only before update or delete on event_position for each row execute function audit_event_is_append_only()`,
  `create trigger event_position__no_truncate before truncate on event_position for each statement execute function audit_event_is_append_only()`,

  `create table event_arrival (
     xid xid8 not null default pg_current_xact_id(),
     seq bigint not null,
     organization_id text collate "C",
     primary key (xid, seq)
   )`,
  `comment on table event_arrival is 'Events that have no position yet. Their own transactions add the rows, and the sequencer deletes them.'`,
  `create function event_arrives() returns trigger language plpgsql as $$
   begin
     insert into event_arrival (seq, organization_id) select seq, organization_id from arrived;
     return null;
   end $$`,
  // A trigger, because servers of the version before insert events too. It waits for their open transactions, so every later event is in event_arrival.
  `create trigger audit_event__arrives after insert on audit_event referencing new table as arrived for each statement execute function event_arrives()`,

  `create table event_sequencer (
     only_row boolean primary key default true constraint event_sequencer__one_row check (only_row),
     read_from xid8 not null default '0',
     backlog_after bigint not null default 0,
     backlog_until bigint not null default 0
   )`,
  `comment on table event_sequencer is 'Its lock lets one process at a time give positions.'`,
  `comment on column event_sequencer.read_from is 'Events of transactions before this one have their positions.'`,
  `comment on column event_sequencer.backlog_until is 'Events up to this number were recorded before the table existed, or were copied. They get their positions first.'`,
  `insert into event_sequencer (backlog_until) select coalesce(max(seq), 0) from audit_event`,
]

export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of statements) await sql.raw(statement).execute(db)
}

export async function down(db: Kysely<unknown>): Promise<void> {
  await sql`drop trigger audit_event__arrives on audit_event`.execute(db)
  await sql`drop function event_arrives`.execute(db)
  await sql`drop table event_sequencer, event_arrival, event_position`.execute(db)
}
