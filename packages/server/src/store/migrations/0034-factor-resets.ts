import { type Kysely, sql } from 'kysely'

// An admin resets the factors of a member, in force after a day (F12).

const statements = [
  `create table factor_reset (
     id text collate "C" primary key,
     user_id text collate "C" not null references account (id),
     organization_id text collate "C" not null references organization (id),
     requested_by text collate "C" not null references account (id),
     requested_at timestamptz not null default muster_now(),
     in_force_at timestamptz not null,
     confirmed_by text collate "C" references account (id),
     completed_at timestamptz,
     ended_at timestamptz,
     code_used_at timestamptz
   )`,
  `comment on column factor_reset.ended_at is 'Set if it was stopped, and never took force.'`,
  `comment on column factor_reset.code_used_at is 'The first sign-in since, which required an emailed code.'`,
  `create unique index factor_reset__one_open on factor_reset (user_id) where completed_at is null and ended_at is null`,
  `create index factor_reset__of_user on factor_reset (user_id)`,
  `create index factor_reset__of_organization on factor_reset (organization_id) where completed_at is null and ended_at is null`,
  `create index factor_reset__due on factor_reset (in_force_at) where completed_at is null and ended_at is null`,
]

export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of statements) await sql.raw(statement).execute(db)
}

export async function down(db: Kysely<unknown>): Promise<void> {
  await sql`drop table factor_reset`.execute(db)
}
