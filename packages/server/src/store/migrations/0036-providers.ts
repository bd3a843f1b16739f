import { type Kysely, sql } from 'kysely'

// Signing in with other providers (F19 to F22).

const statements = [
  `create table identity (
     id text collate "C" primary key,
     user_id text collate "C" not null references account (id),
     provider text not null,
     issuer text collate "C" not null,
     subject text collate "C" not null,
     label text not null,
     address text not null,
     created_at timestamptz not null default muster_now(),
     last_used_at timestamptz,
     last_address text,
     constraint identity__one_per_subject unique (issuer, subject)
   )`,
  `create index identity__of_user on identity (user_id, created_at)`,
  `create table provider_sign_in (
     token_hash bytea primary key,
     provider text not null,
     return_path text,
     user_id text collate "C" references account (id),
     session_id text collate "C" references session (id),
     created_at timestamptz not null default muster_now(),
     expires_at timestamptz not null
   )`,
  `comment on column provider_sign_in.session_id is 'The session of a person who links the provider to their account. Null for a sign-in.'`,
  `create index provider_sign_in__by_expiry on provider_sign_in (expires_at)`,
  `create table proven_person (
     token_hash bytea primary key,
     provider text not null,
     issuer text collate "C" not null,
     subject text collate "C" not null,
     label text not null,
     email text,
     email_trusted boolean not null,
     given_name text not null,
     family_name text not null,
     return_path text,
     session_id text collate "C" references session (id),
     created_at timestamptz not null default muster_now(),
     expires_at timestamptz not null
   )`,
  `create index proven_person__by_expiry on proven_person (expires_at)`,
  `alter table sign_up add column provider text, add column issuer text collate "C", add column subject text collate "C", add column identity_label text`,
  `alter table pending_sign_in add column methods text[] not null default '{pwd}'`,
  `comment on column pending_sign_in.methods is 'The first factor: authentication methods of RFC 8176.'`,
]

export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of statements) await sql.raw(statement).execute(db)
}

export async function down(db: Kysely<unknown>): Promise<void> {
  await sql`alter table pending_sign_in drop column methods`.execute(db)
  await sql`alter table sign_up drop column provider, drop column issuer, drop column subject, drop column identity_label`.execute(db)
  await sql`drop table proven_person, provider_sign_in, identity`.execute(db)
}
