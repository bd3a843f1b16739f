import { type Kysely, sql } from 'kysely'

const statements = [
  // ---- which browsers and networks an account has signed in from ----------------------------------------------------
  `alter table account add column password_version integer not null default 0`,
  `comment on column account.password_version is 'Raised with each new password. Known-device cookies made with an older version are invalid.'`,
  `create table account_network (
     user_id text collate "C" not null references account (id),
     network cidr not null,
     last_used_at timestamptz not null default muster_now(),
     primary key (user_id, network)
   )`,
  `comment on table account_network is 'Networks (/24, /48) that the account has signed in from. Wrong passwords from other networks are counted together.'`,
  `create index account_network__by_age on account_network (last_used_at)`,
  `insert into account_network (user_id, network, last_used_at)
     select user_id, network(set_masklen(peer, case family(peer) when 4 then 24 else 48 end)), max(last_used_at)
     from (select user_id, last_used_at, regexp_replace(address, '^::ffff:', '', 'i')::inet as peer from session
           where kind = 'browser' and address ~* '^(::ffff:)?[0-9]{1,3}([.][0-9]{1,3}){3}$|^[0-9a-f]*:[0-9a-f:]*:[0-9a-f]*$') s
     where last_used_at > muster_now() - interval '365 days'
     group by 1, 2`,

  // ---- codes get longer while an address or the installation is flooded ----------------------------------------------
  `alter table sign_up add column code_digits smallint not null default 6`,
  `alter table email_change add column code_digits smallint not null default 6`,

  // ---- pending device requests are counted by network ------------------------------------------------------------------
  `alter table device_authorization add column network text collate "C"`,
  `create index device_authorization__pending on device_authorization (expires_at) where state = 'pending'`,
  `create index device_authorization__pending_of_network on device_authorization (network, expires_at) where state = 'pending'`,
]

export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of statements) await sql.raw(statement).execute(db)
}

export async function down(db: Kysely<unknown>): Promise<void> {
  await sql`drop index device_authorization__pending_of_network, device_authorization__pending`.execute(db)
  await sql`alter table device_authorization drop column network`.execute(db)
  await sql`alter table email_change drop column code_digits`.execute(db)
  await sql`alter table sign_up drop column code_digits`.execute(db)
  await sql`drop table account_network`.execute(db)
  await sql`alter table account drop column password_version`.execute(db)
}
