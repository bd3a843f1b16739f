import { type Kysely, sql } from 'kysely'

const statements = [
  // ---- clients ----------------------------------------------------------------------------------------------------
  `create table client (
     id text collate "C" primary key,
     name text not null,
     secret_hash bytea,
     grants jsonb not null,
     redirect_uris jsonb not null default '[]',
     post_logout_redirect_uris jsonb not null default '[]',
     scopes jsonb not null,
     alg text not null default 'ES256' constraint client__alg check (alg in ('ES256', 'RS256')),
     native boolean not null default false,
     created_at timestamptz not null default muster_now(),
     removed_at timestamptz
   )`,
  `comment on column client.secret_hash is 'SHA-256 of the secret, which is random. Absent for a public client.'`,
  `insert into client (id, name, grants, scopes, native) values ('muster-cli', 'Muster CLI',
     '["urn:ietf:params:oauth:grant-type:device_code", "refresh_token"]', '["openid", "profile", "email", "offline_access", "api"]', true)`,

  // ---- device authorizations (RFC 8628) ---------------------------------------------------------------------------
  `create table device_authorization (
     id text collate "C" primary key,
     device_code_hash bytea not null constraint device_authorization__one_per_device_code unique,
     user_code text collate "C" not null constraint device_authorization__one_per_user_code unique,
     client_id text collate "C" not null references client (id),
     scope text not null,
     params jsonb not null,
     state text not null default 'pending' constraint device_authorization__state check (state in ('pending', 'approved', 'denied', 'redeemed')),
     claimed_by text collate "C" references session (id),
     user_id text collate "C" references account (id),
     session_id text collate "C" references session (id),
     address text not null,
     user_agent text,
     requested_at timestamptz not null default muster_now(),
     approved_at timestamptz,
     expires_at timestamptz not null,
     polled_at timestamptz,
     poll_seconds integer,
     constraint device_authorization__approved_has_session check (state not in ('approved', 'redeemed') or (user_id is not null and session_id is not null))
   )`,
  `comment on column device_authorization.claimed_by is 'The browser session that typed the code: it alone sees and answers it, until it ends (D01).'`,
  `create index device_authorization__by_end on device_authorization (expires_at)`,

  // ---- refresh tokens ---------------------------------------------------------------------------------------------
  `create table refresh_token (
     id text collate "C" primary key,
     token_hash bytea not null constraint refresh_token__one_per_hash unique,
     session_id text collate "C" not null references session (id),
     user_id text collate "C" not null references account (id),
     client_id text collate "C" not null references client (id),
     scope text not null,
     payload jsonb not null,
     rotates boolean not null,
     address text not null,
     last_address text,
     created_at timestamptz not null default muster_now(),
     first_used_at timestamptz,
     last_used_at timestamptz,
     consumed_at timestamptz,
     expires_at timestamptz not null,
     idle_expires_at timestamptz not null
   )`,
  `comment on column refresh_token.consumed_at is 'For one that rotates: when its successor was made. Used again after that, its session ends.'`,
  `create index refresh_token__of_user on refresh_token (user_id) where consumed_at is null`,
  `create index refresh_token__of_session on refresh_token (session_id)`,
  `create index refresh_token__by_end on refresh_token (expires_at)`,

  // ---- signing keys -----------------------------------------------------------------------------------------------
  `create table signing_key (
     kid text collate "C" primary key,
     alg text not null constraint signing_key__alg check (alg in ('ES256', 'RS256')),
     public_jwk jsonb not null,
     private_jwk bytea not null,
     created_at timestamptz not null default muster_now(),
     signs_from timestamptz not null,
     retired_at timestamptz
   )`,
  `comment on column signing_key.private_jwk is 'Sealed with a key derived from MUSTER_SECRET.'`,

  // ---- what the OAuth library keeps for itself --------------------------------------------------------------------
  `create table oidc_model (
     kind text not null,
     id_hash bytea not null,
     payload jsonb not null,
     uid text collate "C",
     grant_id text collate "C",
     consumed_at timestamptz,
     expires_at timestamptz,
     primary key (kind, id_hash)
   )`,
  `comment on table oidc_model is 'Sessions, interactions, codes. Found by the hash of their id, which itself is in no row.'`,
  `create unique index oidc_model__one_per_uid on oidc_model (kind, uid) where uid is not null`,
  `create index oidc_model__of_grant on oidc_model (grant_id) where grant_id is not null`,
  `create index oidc_model__by_end on oidc_model (expires_at)`,
]

export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of statements) await sql.raw(statement).execute(db)
}

export async function down(db: Kysely<unknown>): Promise<void> {
  for (const table of ['oidc_model', 'signing_key', 'refresh_token', 'device_authorization', 'client']) await sql.raw(`drop table ${table} cascade`).execute(db)
}
