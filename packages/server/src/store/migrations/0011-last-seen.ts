import { type Kysely, sql } from 'kysely'

const statements = [
  // Of ended ones too. Without the time in it, so that a session that is used stays where it is in its page.
  `create index session__every_of_user on session (user_id, organization_id)`,
  `comment on index session__every_of_user is 'When somebody was last seen in an organization; the list of its members tells admins.'`,
]

export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of statements) await sql.raw(statement).execute(db)
}

export async function down(db: Kysely<unknown>): Promise<void> {
  await sql`drop index session__every_of_user`.execute(db)
}
