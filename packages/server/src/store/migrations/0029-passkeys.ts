import { type Kysely, sql } from 'kysely'

// Passkeys (F2, F3), and how a person signed in to a session (F14).

const statements = [
  `alter table account add column passkey_handle bytea`,
  `comment on column account.passkey_handle is '64 random bytes that authenticators keep with each passkey. Null until the first passkey is added.'`,
  `alter table session add column methods text[], add column confirmed_at timestamptz`,
  `comment on column session.confirmed_at is 'The last time after the sign-in that the person proved who they are.'`,
  `alter table invitation_session add column methods text[]`,
  `comment on column session.methods is 'RFC 8176. Null in a session from before passkeys, which began with a password.'`,
  `create table passkey (
     id text collate "C" primary key,
     user_id text collate "C" not null references account (id),
     credential_id bytea not null constraint passkey__one_per_credential unique,
     public_key bytea not null,
     counter bigint not null,
     device_bound boolean not null,
     verifies_user boolean not null,
     aaguid text not null,
     transports text[] not null,
     name text not null,
     address text not null,
     created_at timestamptz not null default muster_now(),
     last_used_at timestamptz,
     last_address text,
     copied_at timestamptz
   )`,
  `comment on column passkey.copied_at is 'The last time that its owner was told that it may have been copied.'`,
  `create index passkey__of_user on passkey (user_id, created_at)`,
  // A challenge is made without a row. It is stored when it is used, so that it is used once.
  `create table used_challenge (
     digest bytea primary key,
     expires_at timestamptz not null
   )`,
  `create index used_challenge__by_expiry on used_challenge (expires_at)`,
]

export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of statements) await sql.raw(statement).execute(db)
}

export async function down(db: Kysely<unknown>): Promise<void> {
  await sql`drop table used_challenge, passkey`.execute(db)
  await sql`alter table session drop column methods, drop column confirmed_at`.execute(db)
  await sql`alter table invitation_session drop column methods`.execute(db)
  await sql`alter table account drop column passkey_handle`.execute(db)
}
