import { type Kysely, sql } from 'kysely'

// What a key may do, and until when (P12), and which keys an organization allows (F15). A process of the version before writes neither, and does not find a key with a scope (0072).

const statements = [
  `alter table api_key add column scope text[], add column expires_at timestamptz, add column expiry_mailed_at timestamptz`,
  `comment on column api_key.token_hash is 'SHA-256 of the key. Of a key with a scope, SHA-256 of that.'`,
  `comment on column api_key.scope is 'The names of permissions. Null: everything that its holder may do.'`,
  `comment on column api_key.expires_at is 'Null: it does not expire.'`,
  `comment on column api_key.expiry_mailed_at is 'When the email before the expiry was queued.'`,
  `alter table organization add column key_policy text not null default 'any' constraint organization__key_policy check (key_policy in ('any', 'scoped'))`,
  `create index api_key__expiring on api_key (expires_at) where ended_at is null and expires_at is not null and expiry_mailed_at is null`,
]

export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of statements) await sql.raw(statement).execute(db)
}

export async function down(db: Kysely<unknown>): Promise<void> {
  await sql`alter table organization drop column key_policy`.execute(db)
  await sql`delete from api_key where scope is not null`.execute(db)
  await sql`alter table api_key drop column scope, drop column expires_at, drop column expiry_mailed_at`.execute(db)
}
