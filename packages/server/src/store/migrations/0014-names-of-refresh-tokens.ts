import { type Kysely, sql } from 'kysely'

const statements = [
  `alter table refresh_token add column name text`,
  `comment on column refresh_token.name is 'What its holder calls it, to know it again among others (S47).'`,
]

export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of statements) await sql.raw(statement).execute(db)
}

export async function down(db: Kysely<unknown>): Promise<void> {
  await sql`alter table refresh_token drop column name`.execute(db)
}
