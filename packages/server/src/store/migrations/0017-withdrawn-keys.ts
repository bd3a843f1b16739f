import { type Kysely, sql } from 'kysely'

const kinds = `'user', 'session', 'token', 'key', 'client', 'role', 'organization', 'enabled'`

export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`alter table revocation drop constraint revocation__kind`.execute(db)
  await sql.raw(`alter table revocation add constraint revocation__kind check (kind in (${kinds}, 'signing_key'))`).execute(db)
}

export async function down(db: Kysely<unknown>): Promise<void> {
  await sql`delete from revocation where kind = 'signing_key'`.execute(db)
  await sql`alter table revocation drop constraint revocation__kind`.execute(db)
  await sql.raw(`alter table revocation add constraint revocation__kind check (kind in (${kinds}))`).execute(db)
}
