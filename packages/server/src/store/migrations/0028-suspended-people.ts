import { type Kysely, sql } from 'kysely'

// The operator suspends one person (O14).

const kinds = ['user', 'session', 'token', 'key', 'client', 'role', 'organization', 'enabled', 'signing_key']

async function setKinds(db: Kysely<unknown>, all: readonly string[]): Promise<void> {
  await sql`alter table revocation drop constraint revocation__kind`.execute(db)
  await sql.raw(`alter table revocation add constraint revocation__kind check (kind in (${all.map((kind) => `'${kind}'`).join(', ')}))`).execute(db)
}

export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`alter table account add column suspended_at timestamptz, add column suspended_reason text`.execute(db)
  await sql`comment on column account.suspended_at is 'Since then the operator refuses this person, whatever their membership is.'`.execute(db)
  await setKinds(db, [...kinds, 'account'])
}

export async function down(db: Kysely<unknown>): Promise<void> {
  await sql`delete from revocation where kind = 'account'`.execute(db)
  await setKinds(db, kinds)
  await sql`alter table account drop column suspended_at, drop column suspended_reason`.execute(db)
}
