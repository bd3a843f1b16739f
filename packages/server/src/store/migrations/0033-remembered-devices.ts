import { type Kysely, sql } from 'kysely'

// Browsers that are not asked for a second factor (F11).

const statements = [
  `create table remembered_device (
     id text collate "C" primary key,
     token_hash bytea not null constraint remembered_device__one_per_token unique,
     user_id text collate "C" not null references account (id),
     epoch integer not null,
     address text not null,
     user_agent text,
     created_at timestamptz not null default muster_now(),
     last_used_at timestamptz not null default muster_now(),
     expires_at timestamptz not null
   )`,
  `comment on column remembered_device.address is 'Where it was last used.'`,
  `create index remembered_device__of_user on remembered_device (user_id)`,
  `create index remembered_device__by_expiry on remembered_device (expires_at)`,
]

export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of statements) await sql.raw(statement).execute(db)
}

export async function down(db: Kysely<unknown>): Promise<void> {
  await sql`drop table remembered_device`.execute(db)
}
