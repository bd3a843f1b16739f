import { type Kysely, sql } from 'kysely'

// Authenticator apps, recovery codes, and sign-ins that wait for the second factor (F5, F7, F8).

const statements = [
  `create table authenticator (
     user_id text collate "C" primary key references account (id),
     secret bytea not null,
     key_generation integer not null,
     last_step bigint not null,
     failures integer not null default 0,
     address text not null,
     created_at timestamptz not null default muster_now(),
     last_used_at timestamptz
   )`,
  `comment on column authenticator.last_step is 'The 30 seconds whose code was accepted last. No code of it or from before it is accepted again.'`,
  `comment on column authenticator.failures is 'Wrong codes since the last right one.'`,
  `create table recovery_code (
     user_id text collate "C" not null references account (id),
     code_hash bytea not null,
     created_at timestamptz not null default muster_now(),
     used_at timestamptz,
     primary key (user_id, code_hash)
   )`,
  `create table pending_sign_in (
     token_hash bytea primary key,
     user_id text collate "C" not null references account (id),
     epoch integer not null,
     password_version integer not null,
     tries integer not null default 0,
     created_at timestamptz not null default muster_now(),
     expires_at timestamptz not null,
     ended_at timestamptz
   )`,
  `create index pending_sign_in__by_expiry on pending_sign_in (expires_at)`,
]

export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of statements) await sql.raw(statement).execute(db)
}

export async function down(db: Kysely<unknown>): Promise<void> {
  await sql`drop table pending_sign_in, recovery_code, authenticator`.execute(db)
}
