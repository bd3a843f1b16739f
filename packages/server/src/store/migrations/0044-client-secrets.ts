import { type Kysely, sql } from 'kysely'

// Two secrets of a client at once (P14).

const statements = [
  `create table client_secret (
     id text collate "C" primary key,
     client_id text collate "C" not null references client (id),
     secret_hash bytea not null,
     created_at timestamptz not null default muster_now(),
     last_used_at timestamptz,
     revoked_at timestamptz
   )`,
  `comment on table client_secret is 'The first secret of a client has a row once it was used, or a second one was created. Until then it is only in client.secret_hash.'`,
  `create index client_secret__of_client on client_secret (client_id)`,
  `comment on column client.secret_hash is 'SHA-256 of the older valid secret, which is random. Absent for a public client. A server of an earlier version knows only this one.'`,
]

export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of statements) await sql.raw(statement).execute(db)
}

export async function down(db: Kysely<unknown>): Promise<void> {
  await sql`drop table client_secret`.execute(db)
}
