import { type Kysely, sql } from 'kysely'

const statements = [
  `create table email_change (
     id text collate "C" primary key,
     user_id text collate "C" not null references account (id),
     session_id text collate "C" not null references session (id),
     email text not null,
     email_canonical text collate "C" not null,
     old_email text not null,
     code_tries integer not null default 0,
     created_at timestamptz not null default muster_now(),
     expires_at timestamptz not null,
     ended_at timestamptz
   )`,
  `comment on table email_change is 'A new address that waits for its mailed code, which is an HMAC of the id (S44). Only the session that gave the password may enter it.'`,
  `create unique index email_change__one_open_per_user on email_change (user_id) where ended_at is null`,
  `create index email_change__by_end on email_change (expires_at)`,
]

export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of statements) await sql.raw(statement).execute(db)
}

export async function down(db: Kysely<unknown>): Promise<void> {
  await sql`drop table email_change`.execute(db)
}
