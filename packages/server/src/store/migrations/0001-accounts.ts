import { type Kysely, sql } from 'kysely'

// Ids are text in the C collation: what stands in a row is what stands in a log, an answer and a URL,
// and the UUIDv7 inside keeps them in order of making. See decision 0003.
const statements = [
  // ---- time (S60) -------------------------------------------------------------------------------------------------
  `create table muster_clock (
     only_row boolean primary key default true check (only_row),
     ahead interval not null default '0'
   )`,
  `comment on table muster_clock is 'How far muster_now() is ahead of the wall clock. Only the testkit moves it (S60).'`,
  `insert into muster_clock default values`,
  `create function muster_now() returns timestamptz language sql volatile
     as $$ select clock_timestamp() + (select ahead from muster_clock) $$`,

  // ---- the installation ---------------------------------------------------------------------------------------------
  `create table installation (
     only_row boolean primary key default true check (only_row),
     secret_check bytea not null,
     created_at timestamptz not null default clock_timestamp()
   )`,
  `comment on column installation.secret_check is 'An HMAC under MUSTER_SECRET: a server with another secret is refused before it harms anything.'`,

  // ---- accounts ---------------------------------------------------------------------------------------------------
  `create table account (
     id text collate "C" primary key,
     email text not null,
     email_canonical text collate "C" not null constraint account__one_per_email unique,
     password_hash text not null,
     given_name text not null,
     family_name text not null default '',
     company text,
     username text collate "C" constraint account__one_per_username unique,
     epoch integer not null default 0,
     created_at timestamptz not null default muster_now(),
     registered_at timestamptz,
     constraint account__registered_has_username check ((username is null) = (registered_at is null))
   )`,
  `comment on column account.epoch is 'Only grows. Credentials made below it are dead (S32).'`,

  // ---- organizations and names ------------------------------------------------------------------------------------
  `create table organization (
     id text collate "C" primary key,
     name text collate "C" not null constraint organization__one_per_name unique,
     founder_id text collate "C" not null references account (id),
     personal boolean not null default true,
     plan text not null default 'pro',
     suspended_at timestamptz,
     created_at timestamptz not null default muster_now()
   )`,
  `create unique index organization__one_personal_per_founder on organization (founder_id) where personal`,
  `comment on column organization.personal is 'True until somebody other than the founder becomes a member, then false for ever (S2).'`,
  `create table name (
     name text collate "C" primary key,
     user_id text collate "C" references account (id),
     organization_id text collate "C" references organization (id),
     taken_at timestamptz not null default muster_now(),
     constraint name__has_a_holder check (user_id is not null or organization_id is not null)
   )`,
  `comment on table name is 'One name space for usernames and organization names, present and held (S39, S42).'`,
  `create index name__of_organization on name (organization_id)`,

  // ---- memberships ------------------------------------------------------------------------------------------------
  `create table membership (
     organization_id text collate "C" not null references organization (id),
     user_id text collate "C" not null references account (id),
     role text not null constraint membership__role check (role in ('admin', 'member')),
     role_version integer not null default 0,
     status text not null constraint membership__status check (status in ('active', 'deactivated', 'left')),
     joined_at timestamptz not null default muster_now(),
     ended_at timestamptz,
     ended_reason text,
     status_at timestamptz not null default muster_now(),
     status_by text collate "C",
     status_reason text,
     primary key (organization_id, user_id)
   )`,
  `create unique index membership__one_current_per_user on membership (user_id) where status <> 'left'`,
  `comment on index membership__one_current_per_user is 'A user has at most one membership that is not left (I1).'`,
  `create index membership__in_order_of_joining on membership (organization_id, joined_at desc, user_id desc)`,

  // ---- invitations ------------------------------------------------------------------------------------------------
  `create table invitation (
     id text collate "C" primary key,
     organization_id text collate "C" not null references organization (id),
     kind text not null constraint invitation__kind check (kind in ('secret', 'link', 'email')),
     state text not null default 'open' constraint invitation__state check (state in ('open', 'accepted', 'declined', 'revoked', 'expired')),
     role text not null constraint invitation__role check (role in ('admin', 'member')),
     version integer not null default 1,
     email text,
     email_canonical text collate "C",
     created_by text collate "C" not null references account (id),
     created_at timestamptz not null default muster_now(),
     expires_at timestamptz not null,
     accepted_by text collate "C" references account (id),
     ended_at timestamptz,
     constraint invitation__email_kind_has_address check ((kind = 'email') = (email_canonical is not null))
   )`,
  `create unique index invitation__one_open_per_address on invitation (organization_id, email_canonical) where state = 'open' and kind = 'email'`,
  `comment on index invitation__one_open_per_address is 'Inviting again while one is open answers with the open one (S9).'`,
  `create index invitation__of_organization on invitation (organization_id, id desc)`,
  `create index invitation__open_by_inviter on invitation (created_by) where state = 'open'`,

  // ---- sessions ---------------------------------------------------------------------------------------------------
  `create table session (
     id text collate "C" primary key,
     kind text not null constraint session__kind check (kind in ('browser', 'cli', 'refresh', 'application')),
     user_id text collate "C" not null references account (id),
     organization_id text collate "C" references organization (id),
     epoch integer not null,
     client_id text collate "C",
     token_hash bytea constraint session__one_per_token unique,
     grant_payload jsonb,
     address text,
     user_agent text,
     created_at timestamptz not null default muster_now(),
     authenticated_at timestamptz not null default muster_now(),
     last_used_at timestamptz not null default muster_now(),
     expires_at timestamptz not null,
     ended_at timestamptz,
     ended_reason text
   )`,
  `comment on column session.organization_id is 'The organization the session was made for, or moved to with its user (S25, S36).'`,
  `comment on column session.grant_payload is 'What was granted to the client, as the OAuth library keeps it; its grant id is the session id.'`,
  `create index session__of_user on session (user_id) where ended_at is null`,

  // ---- revocations ------------------------------------------------------------------------------------------------
  `create table revocation (
     id bigint generated always as identity primary key,
     kind text not null constraint revocation__kind check (kind in ('user', 'session', 'token', 'role', 'organization')),
     subject text collate "C" not null,
     value jsonb not null,
     at timestamptz not null default muster_now(),
     expires_at timestamptz not null,
     xid xid8 not null default pg_current_xact_id()
   )`,
  `comment on table revocation is 'What is dead among the tokens already issued. Monotone: reading a row twice, or late, does no harm.'`,
  `create index revocation__in_commit_order on revocation (xid)`,
  `create unique index revocation__one_per_token on revocation (subject) where kind = 'token'`,

  // ---- audit ------------------------------------------------------------------------------------------------------
  `create table audit_event (
     seq bigint generated always as identity primary key,
     id text collate "C" not null constraint audit_event__one_per_id unique,
     at timestamptz not null default muster_now(),
     type text not null,
     outcome text not null constraint audit_event__outcome check (outcome in ('done', 'refused')),
     actor_kind text not null,
     actor_id text collate "C",
     actor_session_id text collate "C",
     organization_id text collate "C",
     target text collate "C" not null,
     details jsonb not null,
     address text,
     request_id text
   )`,
  `create index audit_event__of_organization on audit_event (organization_id, seq desc)`,
  `create index audit_event__of_target on audit_event (target, seq desc)`,
  `create function audit_event_is_append_only() returns trigger language plpgsql
     as $$ begin raise exception 'audit events are append-only' using errcode = 'insufficient_privilege'; end $$`,
  `create trigger audit_event__append_only before update or delete on audit_event for each row execute function audit_event_is_append_only()`,
  `create trigger audit_event__no_truncate before truncate on audit_event for each statement execute function audit_event_is_append_only()`,

  // ---- idempotency ------------------------------------------------------------------------------------------------
  `create table idempotency_key (
     principal text collate "C" not null,
     key text collate "C" not null,
     request_hash bytea not null,
     answer bytea,
     created_at timestamptz not null default muster_now(),
     primary key (principal, key)
   )`,
  `comment on column idempotency_key.answer is 'The result of the command and the rights it asked for, encrypted: it may hold a secret that is shown once.'`,
  `create index idempotency_key__by_age on idempotency_key (created_at)`,

  // ---- attempts: the columns are rate-limiter-flexible's ------------------------------------------------------------
  `create table attempt (
     key varchar(255) collate "C" primary key,
     points integer not null default 0,
     expire bigint
   )`,
  `comment on table attempt is 'How often something was tried, shared by all processes. Loss is harmless.'`,
]

export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of statements) await sql.raw(statement).execute(db)
}

export async function down(db: Kysely<unknown>): Promise<void> {
  const tables = [
    'attempt',
    'idempotency_key',
    'audit_event',
    'revocation',
    'session',
    'invitation',
    'membership',
    'name',
    'organization',
    'account',
    'muster_clock',
  ]
  for (const table of tables) await sql.raw(`drop table ${table} cascade`).execute(db)
  await sql`drop function audit_event_is_append_only, muster_now`.execute(db)
}
