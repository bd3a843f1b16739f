import { type Kysely, sql } from 'kysely'

const statements = [
  `create table sign_up (
     id text collate "C" primary key,
     token_hash bytea not null constraint sign_up__one_per_token unique,
     email text not null,
     email_canonical text collate "C" not null,
     password_hash text not null,
     given_name text not null,
     family_name text not null default '',
     code_number integer not null default 1,
     code_tries integer not null default 0,
     code_expires_at timestamptz not null,
     created_at timestamptz not null default muster_now(),
     expires_at timestamptz not null
   )`,
  `comment on table sign_up is 'Sign-ups under way, each of one browser; several may name one address. No account exists before the mailed code is entered (S44).'`,
  `comment on column sign_up.code_number is 'The code is an HMAC of id and number; only the newest number is good.'`,
  `create index sign_up__by_end on sign_up (expires_at)`,

  `create table password_reset (
     id text collate "C" primary key,
     email_canonical text collate "C" not null,
     user_id text collate "C" references account (id),
     address text not null,
     request_id text not null,
     created_at timestamptz not null default muster_now(),
     expires_at timestamptz not null,
     ended_at timestamptz
   )`,
  `comment on column password_reset.user_id is 'Found when the mail is made, so that asking for a reset is the same for addresses without an account.'`,
  `create index password_reset__open_of_user on password_reset (user_id) where ended_at is null`,
  `create index password_reset__by_end on password_reset (expires_at)`,
]

export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of statements) await sql.raw(statement).execute(db)
}

export async function down(db: Kysely<unknown>): Promise<void> {
  await sql`drop table password_reset, sign_up`.execute(db)
}
