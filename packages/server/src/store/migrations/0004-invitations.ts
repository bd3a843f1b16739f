import { type Kysely, sql } from 'kysely'

const statements = [
  `alter table invitation add column mailed_at timestamptz`,
  `comment on column invitation.mailed_at is 'When the mail server took the newest mail of it; absent while none was taken.'`,
  `create extension if not exists pg_trgm`,
  `create index invitation__by_part_of_address on invitation using gin (email_canonical gin_trgm_ops) where kind = 'email'`,

  `create table invitation_session (
     id text collate "C" primary key,
     token_hash bytea not null constraint invitation_session__one_per_token unique,
     user_id text collate "C" not null references account (id),
     epoch integer not null,
     invitation_id text collate "C" not null references invitation (id),
     invitation_version integer not null,
     address text,
     created_at timestamptz not null default muster_now(),
     expires_at timestamptz not null,
     ended_at timestamptz
   )`,
  `comment on table invitation_session is 'A deactivated person who proved the password to answer one invitation of another organization (S26). No session: nothing else looks here.'`,
  `create index invitation_session__by_end on invitation_session (expires_at)`,
]

export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of statements) await sql.raw(statement).execute(db)
}

export async function down(db: Kysely<unknown>): Promise<void> {
  await sql`drop table invitation_session`.execute(db)
  await sql`drop index invitation__by_part_of_address`.execute(db)
  await sql`alter table invitation drop column mailed_at`.execute(db)
}
