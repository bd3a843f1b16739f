import { type Kysely, sql } from 'kysely'

// The APIs of the platform and their permissions (P1), and the clients that belong to one (P13).

const statements = [
  `create table api (
     id text collate "C" primary key,
     name text not null,
     audience text collate "C" not null constraint api__audience unique,
     granted_to_members text[] not null,
     longest_token_seconds integer constraint api__token_life check (longest_token_seconds > 0),
     accepts_default_audience boolean not null,
     created_at timestamptz not null default muster_now()
   )`,
  `comment on column api.granted_to_members is 'Patterns of the permissions that the role member has.'`,
  `create table api_permission (
     name text collate "C" primary key,
     api_id text collate "C" not null references api (id) on delete cascade,
     description text not null,
     place integer not null
   )`,
  `comment on column api_permission.place is 'Its place in the manifest, from 0.'`,
  `create index api_permission__of_api on api_permission (api_id)`,
  `alter table client add column api_id text collate "C" references api (id)`,
  `comment on column client.api_id is 'The API whose tokens the client introspects. Null: Muster''s own (P13).'`,
]

export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of statements) await sql.raw(statement).execute(db)
}

export async function down(db: Kysely<unknown>): Promise<void> {
  await sql`alter table client drop column api_id`.execute(db)
  await sql`drop table api_permission`.execute(db)
  await sql`drop table api`.execute(db)
}
