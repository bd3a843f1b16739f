import { type Kysely, sql } from 'kysely'

const statements = [
  // A revoked token stays, because the audit log names it, and its name is not used again (O12).
  `create table operator_token (
     id text collate "C" primary key,
     name text collate "C" not null constraint operator_token__one_per_name unique,
     token_hash bytea not null constraint operator_token__one_per_token unique,
     created_at timestamptz not null default muster_now(),
     expires_at timestamptz,
     last_used_at timestamptz,
     last_address text,
     revoked_at timestamptz
   )`,

  // The operator's lists (O13). People and organizations are found by the indexes that make their names, addresses and ids unique.
  `create index invitation__of_address on invitation (email_canonical, id) where kind = 'email'`,
  `create index organization__suspended on organization (id desc) where suspended_at is not null`,
  // Request ids begin with the time, so new ones are added at the end of the index.
  `create index audit_event__of_request on audit_event (request_id, seq desc)`,
  `create table email (
     seq bigint generated always as identity primary key,
     id text collate "C" not null constraint email__one_per_job unique,
     address text not null,
     address_canonical text collate "C" not null,
     job jsonb not null,
     state text not null constraint email__state check (state in ('sent', 'retrying', 'failed')),
     attempts integer not null,
     reason text,
     first_at timestamptz not null default muster_now(),
     last_at timestamptz not null default muster_now()
   )`,
  `comment on table email is 'The last attempt to send each email. The job itself has no address.'`,
  `create index email__of_address on email (address_canonical, seq desc)`,
  `create index email__by_time on email (last_at)`,
]

export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of statements) await sql.raw(statement).execute(db)
}

export async function down(db: Kysely<unknown>): Promise<void> {
  await sql`drop index invitation__of_address, organization__suspended, audit_event__of_request`.execute(db)
  await sql`drop table email`.execute(db)
  await sql`drop table operator_token`.execute(db)
}
