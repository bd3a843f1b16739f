import { type Kysely, sql } from 'kysely'

const statements = [
  // ---- resources (S6, S39) ------------------------------------------------------------------------------------------
  `create table resource (
     id text collate "C" primary key,
     organization_id text collate "C" not null references organization (id),
     kind text collate "C" not null constraint resource__kind check (kind ~ '^[a-z][a-z0-9_-]{1,29}$'),
     name text collate "C" not null constraint resource__name check (name ~ '^[a-z0-9_-]{3,30}$'),
     owner_id text collate "C" not null constraint resource__owner_is_a_principal check (owner_id ~ '^(usr|sva)_'),
     created_by text collate "C" not null,
     created_at timestamptz not null default muster_now(),
     owned_since timestamptz not null default muster_now(),
     removed_at timestamptz
   )`,
  `create unique index resource__one_per_name on resource (organization_id, kind, name) where removed_at is null`,
  `create index resource__of_organization on resource (organization_id, id desc) where removed_at is null`,
  `create index resource__of_owner on resource (owner_id, organization_id) where removed_at is null`,
  `comment on column resource.owner_id is 'A user or a service account of the organization; it changes hands in one statement with its audit event (S6).'`,

  // ---- host labels (S40, S42) ---------------------------------------------------------------------------------------
  `create table host_label (
     label text collate "C" primary key constraint host_label__fits_the_dns check (length(label) <= 63),
     organization_id text collate "C" not null references organization (id),
     resource_id text collate "C" not null references resource (id),
     taken_at timestamptz not null default muster_now(),
     held_since timestamptz
   )`,
  `comment on table host_label is 'One name space for the addresses of all applications, in use and held: what was once an organization''s never leads to another (S40, S42).'`,
  `comment on column host_label.held_since is 'Since when nothing answers at it: its organization was renamed, or its application removed.'`,
  `create unique index host_label__one_in_use_per_resource on host_label (resource_id) where held_since is null`,
  `create index host_label__of_organization on host_label (organization_id)`,

  // ---- suspension (S32) and contacts (S35) ----------------------------------------------------------------------------
  `alter table organization add column suspension_version integer not null default 0`,
  `alter table organization add column suspended_reason text`,
  `comment on column organization.suspension_version is 'Only grows: of two revocations the higher one counts, in whatever order they are read.'`,
  `create table organization_contact (
     organization_id text collate "C" not null references organization (id),
     purpose text not null constraint organization_contact__purpose check (purpose in ('technical', 'billing')),
     user_id text collate "C" references account (id),
     email text,
     primary key (organization_id, purpose),
     constraint organization_contact__is_one check ((user_id is null) <> (email is null))
   )`,
  `comment on table organization_contact is 'Whom to ask: a member, or an address. A deactivated person is told the technical one (S35).'`,
  `create table organization_address (
     organization_id text collate "C" primary key references organization (id),
     address text not null constraint organization_address__length check (length(address) <= 1000)
   )`,
]

export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of statements) await sql.raw(statement).execute(db)
}

export async function down(db: Kysely<unknown>): Promise<void> {
  await sql`drop table organization_address, organization_contact, host_label, resource`.execute(db)
  await sql`alter table organization drop column suspension_version, drop column suspended_reason`.execute(db)
}
