import { type Kysely, sql } from 'kysely'

// Custom roles and the built-in role viewer (P6, P7). A server process of the version before fails on a role that it does not know, so none is given while one runs: see server_process.knows_roles.
// Such a server leaves role_id when it takes back a former member with a custom role, so the id of a built-in role means nothing.
// The wider constraints are not valid, which needs no scan: the rows that are there meet them.

const roleCheck = (table: string) => `alter table ${table} add constraint ${table}__role check (role in ('admin', 'member', 'viewer', 'custom')) not valid`
const roleId = (table: string) => [
  `alter table ${table} add column role_id text collate "C"`,
  `alter table ${table} add constraint ${table}__role_id foreign key (role_id) references role (id) not valid`,
  `alter table ${table} add constraint ${table}__custom_role check (role <> 'custom' or role_id is not null) not valid`,
]
const kinds = ['user', 'session', 'token', 'key', 'client', 'role', 'organization', 'enabled', 'signing_key', 'account']
const kindCheck = (all: readonly string[]) =>
  `alter table revocation add constraint revocation__kind check (kind in (${all.map((kind) => `'${kind}'`).join(', ')})) not valid`

const statements = [
  `create table role (
     id text collate "C" primary key,
     organization_id text collate "C" not null references organization (id),
     name text not null,
     description text not null,
     revision integer not null default 1,
     permissions text[] not null,
     created_at timestamptz not null default muster_now(),
     changed_at timestamptz not null default muster_now(),
     removed_at timestamptz
   )`,
  `comment on table role is 'Roles that organizations have made. Built-in roles have no row. The row of a removed role stays, because former members and closed invitations name it.'`,
  `comment on column role.revision is 'Raised with each change. Verifiers compare it with that of a token (P10).'`,
  `create unique index role__name on role (organization_id, lower(name)) where removed_at is null`,
  `alter table membership drop constraint membership__role`,
  roleCheck('membership'),
  ...roleId('membership'),
  `create index membership__by_custom_role on membership (role_id, user_id) where role_id is not null`,
  `alter table invitation drop constraint invitation__role`,
  roleCheck('invitation'),
  ...roleId('invitation'),
  `create index invitation__open_by_role on invitation (organization_id, role) where state = 'open'`,
  `alter table service_account add column role text not null default 'member' constraint service_account__role check (role in ('member', 'viewer', 'custom'))`,
  `alter table service_account add column role_version integer not null default 0`,
  ...roleId('service_account'),
  `alter table server_process add column knows_roles boolean not null default false`,
  `comment on column server_process.knows_roles is 'False for a server of an earlier version, which fails on a role other than admin and member.'`,
  `alter table api add column granted_to_viewers text[] not null default '{}'`,
  `comment on column api.granted_to_viewers is 'Patterns of the permissions that the role viewer has.'`,
  `alter table revocation drop constraint revocation__kind`,
  kindCheck([...kinds, 'role_definition']),
]

export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of statements) await sql.raw(statement).execute(db)
}

export async function down(db: Kysely<unknown>): Promise<void> {
  await sql`delete from revocation where kind = 'role_definition'`.execute(db)
  await sql`alter table revocation drop constraint revocation__kind`.execute(db)
  await sql.raw(kindCheck(kinds)).execute(db)
  await sql`alter table api drop column granted_to_viewers`.execute(db)
  await sql`alter table server_process drop column knows_roles`.execute(db)
  await sql`alter table service_account drop column role, drop column role_id, drop column role_version`.execute(db)
  await sql`drop index invitation__open_by_role`.execute(db)
  for (const table of ['membership', 'invitation']) {
    await sql.raw(`update ${table} set role = 'member', role_id = null where role not in ('admin', 'member')`).execute(db)
    await sql.raw(`alter table ${table} drop column role_id, drop constraint ${table}__role`).execute(db)
    await sql.raw(`alter table ${table} add constraint ${table}__role check (role in ('admin', 'member'))`).execute(db)
  }
  await sql`drop table role`.execute(db)
}
