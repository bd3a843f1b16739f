import { type Kysely, sql } from 'kysely'

const kinds = (...names: string[]): string => names.map((name) => `'${name}'`).join(', ')

const statements = [
  `alter table revocation drop constraint revocation__kind`,
  `alter table revocation add constraint revocation__kind check (kind in (${kinds('user', 'session', 'token', 'key', 'role', 'organization', 'enabled')}))`,
  `alter table revocation add column awaited boolean not null default false`,
  `comment on column revocation.awaited is 'Somebody waits to hear who has heard: acknowledgements of it are written down.'`,

  `create table receiver (
     id text collate "C" primary key,
     client_id text collate "C" references client (id),
     method text not null constraint receiver__method check (method in ('poll', 'push', 'server')),
     endpoint_url text,
     push_authorization bytea,
     description text,
     events_requested jsonb,
     excluded jsonb not null default '[]',
     status text not null default 'enabled' constraint receiver__status check (status in ('enabled', 'paused', 'disabled')),
     status_reason text,
     lease_seconds integer not null,
     lease_until timestamptz not null,
     watermark xid8,
     push_failures integer not null default 0,
     push_after timestamptz not null default muster_now(),
     created_at timestamptz not null default muster_now(),
     constraint receiver__server_has_no_client check ((method = 'server') = (client_id is null)),
     constraint receiver__push_has_address check ((method = 'push') = (endpoint_url is not null))
   ) with (fillfactor = 50)`,
  `comment on table receiver is 'Whoever is told of revocations: a stream of a resource server (one per process), or a server process of our own. Rows go when their time is over.'`,
  `comment on column receiver.lease_until is 'Until then it may go on accepting what it has not heard is dead; after that it refuses by itself.'`,
  `comment on column receiver.watermark is 'It has acknowledged everything that was committed by transactions before this one.'`,
  `comment on column receiver.push_after is 'Nobody sends before: somebody is at it, or the last try failed.'`,
  `create index receiver__of_client on receiver (client_id)`,

  `create table receiver_event (
     id bigint generated always as identity primary key,
     receiver_id text collate "C" not null references receiver (id) on delete cascade,
     payload jsonb not null,
     at timestamptz not null default muster_now()
   )`,
  `comment on table receiver_event is 'What one stream alone is told: verifications. Gone once it is acknowledged.'`,
  `create index receiver_event__of_receiver on receiver_event (receiver_id)`,

  `create table revocation_ack (
     revocation_id bigint not null,
     receivers text[] not null,
     at timestamptz not null default muster_now()
   )`,
  `comment on table revocation_ack is 'Which receivers have heard of an awaited revocation: a row per batch. Thrown away after some minutes.'`,
  `create index revocation_ack__of_revocation on revocation_ack (revocation_id)`,
]

export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of statements) await sql.raw(statement).execute(db)
}

export async function down(db: Kysely<unknown>): Promise<void> {
  await sql`drop table revocation_ack, receiver_event, receiver`.execute(db)
  await sql`alter table revocation drop column awaited`.execute(db)
  await sql`delete from revocation where kind = 'enabled'`.execute(db)
  await sql`alter table revocation drop constraint revocation__kind`.execute(db)
  await sql`alter table revocation add constraint revocation__kind check (kind in ('user', 'session', 'token', 'key', 'role', 'organization'))`.execute(db)
}
