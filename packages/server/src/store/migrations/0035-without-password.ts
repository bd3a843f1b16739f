import { type Kysely, sql } from 'kysely'

// Accounts without a password, and emailed codes by which their owners confirm who they are (F15).

const statements = [
  `alter table account alter column password_hash drop not null`,
  `alter table sign_up alter column password_hash drop not null`,
  `create table confirmation_code (
     session_id text collate "C" primary key references session (id),
     code_number integer not null,
     code_tries integer not null default 0,
     key_generation integer not null,
     created_at timestamptz not null default muster_now(),
     expires_at timestamptz not null
   )`,
  `create index confirmation_code__by_expiry on confirmation_code (expires_at)`,
]

export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of statements) await sql.raw(statement).execute(db)
}

/** Fails while there is an account without a password. */
export async function down(db: Kysely<unknown>): Promise<void> {
  await sql`drop table confirmation_code`.execute(db)
  await sql`delete from sign_up where password_hash is null`.execute(db)
  await sql`alter table sign_up alter column password_hash set not null`.execute(db)
  await sql`alter table account alter column password_hash set not null`.execute(db)
}
