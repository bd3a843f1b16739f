import { type Kysely, sql } from 'kysely'

// How a person confirmed, and a terminal that asks its person to confirm (F14, F16).

const statements = [
  `alter table session add column confirmed_methods text[]`,
  `comment on column session.confirmed_methods is 'RFC 8176. Null with a time: confirmed by a server of an earlier version, which counts as a password.'`,
  `alter table device_authorization add column confirms text collate "C" references session (id), add column action text`,
  `comment on column device_authorization.confirms is 'The session whose person is asked to confirm. Null for a login.'`,
  `create index device_authorization__by_confirmed_session on device_authorization (confirms) where confirms is not null`,
]

export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of statements) await sql.raw(statement).execute(db)
}

export async function down(db: Kysely<unknown>): Promise<void> {
  await sql`alter table device_authorization drop column confirms, drop column action`.execute(db)
  await sql`alter table session drop column confirmed_methods`.execute(db)
}
