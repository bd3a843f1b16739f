import { type Kysely, sql } from 'kysely'

// A person who wants to be asked for a second factor after every password (F1).

export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`alter table account add column always_second_factor boolean not null default false`.execute(db)
}

export async function down(db: Kysely<unknown>): Promise<void> {
  await sql`alter table account drop column always_second_factor`.execute(db)
}
