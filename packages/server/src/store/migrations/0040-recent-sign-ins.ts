import { type Kysely, sql } from 'kysely'

// The recent sign-ins of a person (F24), and the emailed link for a locked authenticator app (F7).

const statements = [
  `alter table session add column provider text`,
  `comment on column session.provider is 'The provider that signed the person in. Null for every other way, and before this column.'`,
  `alter table pending_sign_in add column provider text`,
  `alter table authenticator add column unlock_id text collate "C", add column unlock_expires_at timestamptz`,
  `comment on column authenticator.unlock_id is 'Part of the emailed link for the locked app. Null once it was used, or the app is open again.'`,
]

export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of statements) await sql.raw(statement).execute(db)
}

export async function down(db: Kysely<unknown>): Promise<void> {
  await sql`alter table authenticator drop column unlock_id, drop column unlock_expires_at`.execute(db)
  await sql`alter table pending_sign_in drop column provider`.execute(db)
  await sql`alter table session drop column provider`.execute(db)
}
