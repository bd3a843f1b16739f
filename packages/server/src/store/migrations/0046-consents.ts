import { type Kysely, sql } from 'kysely'

// Applications that are not part of the platform, and what people let them do (P16).

const statements = [
  `alter table client add column first_party boolean not null default true`,
  `comment on column client.first_party is 'False: people are asked for consent. Its grants are stored with a prefix, so that a server of an earlier version, which asks nobody, refuses it.'`,
  `create table consent (
     user_id text collate "C" not null references account (id),
     client_id text collate "C" not null references client (id),
     organization_id text collate "C" not null references organization (id),
     granted text[] not null,
     declined text[] not null,
     granted_at timestamptz not null default muster_now(),
     primary key (user_id, client_id)
   )`,
  `comment on table consent is 'What a person lets a client do while they are in this organization. Revoking deletes the row. The events are in the audit log.'`,
  `create index consent__of_organization on consent (organization_id, client_id, user_id)`,
]

export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of statements) await sql.raw(statement).execute(db)
}

export async function down(db: Kysely<unknown>): Promise<void> {
  await sql`drop table consent`.execute(db)
  await sql`alter table client drop column first_party`.execute(db)
}
