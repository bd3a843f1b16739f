import { type Kysely, sql } from 'kysely'

const statements = [
  `alter table revocation drop constraint revocation__kind`,
  `alter table revocation add constraint revocation__kind check (kind in ('user', 'session', 'token', 'key', 'client', 'role', 'organization', 'enabled'))`,
  `alter table client add column returned_at timestamptz`,
  `comment on column client.returned_at is 'It is there again since, after it was removed. What it had before stays dead.'`,
]

export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of statements) await sql.raw(statement).execute(db)
}

export async function down(db: Kysely<unknown>): Promise<void> {
  await sql`alter table client drop column returned_at`.execute(db)
  await sql`delete from revocation where kind = 'client'`.execute(db)
  await sql`alter table revocation drop constraint revocation__kind`.execute(db)
  await sql`alter table revocation add constraint revocation__kind
    check (kind in ('user', 'session', 'token', 'key', 'role', 'organization', 'enabled'))`.execute(db)
}
