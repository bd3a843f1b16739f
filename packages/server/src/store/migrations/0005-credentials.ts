import { type Kysely, sql } from 'kysely'

const statements = [
  // ---- service accounts -------------------------------------------------------------------------------------------
  `create table service_account (
     id text collate "C" primary key,
     organization_id text collate "C" not null references organization (id),
     name text collate "C" not null,
     description text not null default '',
     epoch integer not null default 0,
     created_by text collate "C" not null references account (id),
     created_at timestamptz not null default muster_now(),
     ended_at timestamptz
   )`,
  `comment on table service_account is 'A machine in one organization. It never moves, and its row is never deleted.'`,
  `comment on column service_account.epoch is 'Only grows. Keys made below it are dead.'`,
  `create unique index service_account__one_per_name on service_account (organization_id, name) where ended_at is null`,
  `create index service_account__of_organization on service_account (organization_id, id desc)`,

  // ---- keys -------------------------------------------------------------------------------------------------------
  `create table api_key (
     id text collate "C" primary key,
     token_hash bytea not null constraint api_key__one_per_token unique,
     user_id text collate "C" references account (id),
     service_account_id text collate "C" references service_account (id),
     organization_id text collate "C" not null references organization (id),
     epoch integer not null,
     description text not null,
     created_by text collate "C" not null references account (id),
     created_at timestamptz not null default muster_now(),
     last_used_at timestamptz,
     last_address text,
     ended_at timestamptz,
     ended_reason text,
     constraint api_key__has_one_holder check ((user_id is null) <> (service_account_id is null))
   )`,
  `comment on column api_key.organization_id is 'The organization it was made for; it dies when its user goes (S32), and its row tells why (S36).'`,
  `comment on column api_key.created_by is 'Who was shown it, and so could have copied it (S37).'`,
  `create index api_key__of_user on api_key (user_id) where ended_at is null`,
  `create index api_key__of_service_account on api_key (service_account_id) where ended_at is null`,
  `create index api_key__of_organization on api_key (organization_id, id desc) where ended_at is null`,
  `create index api_key__by_maker on api_key (created_by) where ended_at is null`,

  // ---- the record -------------------------------------------------------------------------------------------------
  `alter table audit_event add column actor_key_id text collate "C"`,
  `alter table revocation drop constraint revocation__kind`,
  `alter table revocation add constraint revocation__kind check (kind in ('user', 'session', 'token', 'key', 'role', 'organization'))`,
]

export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of statements) await sql.raw(statement).execute(db)
}

export async function down(db: Kysely<unknown>): Promise<void> {
  await sql`drop table api_key, service_account`.execute(db)
  await sql`alter table audit_event drop column actor_key_id`.execute(db)
  await sql`delete from revocation where kind = 'key'`.execute(db)
  await sql`alter table revocation drop constraint revocation__kind`.execute(db)
  await sql`alter table revocation add constraint revocation__kind check (kind in ('user', 'session', 'token', 'role', 'organization'))`.execute(db)
}
