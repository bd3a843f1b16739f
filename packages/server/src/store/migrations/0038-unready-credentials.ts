import { type Kysely, sql } from 'kysely'

// How the creator of a key had signed in, and an index for the refresh tokens of an organization (F13).

const statements = [
  // First, because it reads every session, and the other statements lock out all readers of their table until the end.
  `create index session__refresh_of_organization on session (organization_id) where kind = 'refresh' and ended_at is null`,
  `alter table api_key add column methods text[]`,
  `comment on column api_key.methods is 'RFC 8176. Of the strongest proof in the session that created the key. Null: created by an earlier version, which counts as a password.'`,
]

export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of statements) await sql.raw(statement).execute(db)
}

export async function down(db: Kysely<unknown>): Promise<void> {
  await sql`drop index session__refresh_of_organization`.execute(db)
  await sql`alter table api_key drop column methods`.execute(db)
}
