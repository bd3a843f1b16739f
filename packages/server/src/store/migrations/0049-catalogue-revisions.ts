import { type Kysely, sql } from 'kysely'

// A change of an API's permissions reaches verifiers (P10). Servers of the version before raise no revision, and pass the revocation on (P11).
// The wider constraint is not valid, which needs no scan: the rows that are there meet it.

const kinds = ['user', 'session', 'token', 'key', 'client', 'role', 'organization', 'enabled', 'signing_key', 'account', 'role_definition']
const kindCheck = (all: readonly string[]) =>
  `alter table revocation add constraint revocation__kind check (kind in (${all.map((kind) => `'${kind}'`).join(', ')})) not valid`

const statements = [
  `alter table api add column revision bigint not null default 0`,
  `comment on column api.revision is 'The time of the last change in milliseconds, or one more than before. A time, because an API can be removed and come back. Verifiers compare it with that of a token (P10).'`,
  `alter table revocation drop constraint revocation__kind`,
  kindCheck([...kinds, 'catalogue']),
]

export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of statements) await sql.raw(statement).execute(db)
}

export async function down(db: Kysely<unknown>): Promise<void> {
  await sql`delete from revocation where kind = 'catalogue'`.execute(db)
  await sql`alter table revocation drop constraint revocation__kind`.execute(db)
  await sql.raw(kindCheck(kinds)).execute(db)
  await sql`alter table api drop column revision`.execute(db)
}
