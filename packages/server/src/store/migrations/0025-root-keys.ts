import { type Kysely, sql } from 'kysely'

// The secret can be changed (O8, decision 0059). Every value in a row says the generation of the root key that it was made with. Rows of before, and rows of a
// running process of before, have generation 0, which is the secret itself. A constant default rewrites no table.
const valued = ['invitation', 'sign_up', 'password_reset', 'email_change', 'idempotency_key', 'signing_key', 'receiver']

const statements = [
  `alter table installation add column key_generation integer not null default 0, add column oldest_key_generation integer not null default 0,
     add column switched_at timestamptz`,
  `comment on column installation.secret_check is 'An HMAC under the secret in use: a server with another secret is refused before it harms anything.'`,
  `comment on column installation.key_generation is 'The generation of the root key that makes new values (O8).'`,
  `comment on column installation.oldest_key_generation is 'Values of older generations are invalid (O8).'`,
  `create table root_key (
     kind text not null check (kind in ('rows', 'lasting')),
     generation integer not null,
     secret_check bytea not null,
     sealed bytea not null,
     created_at timestamptz not null default muster_now(),
     primary key (kind, generation)
   )`,
  `comment on table root_key is 'Random keys from which all others are derived, sealed with a key derived from the secret whose check is secret_check (O8).'`,
  `create table former_secret (secret_check bytea primary key, ended_at timestamptz not null default muster_now())`,
  `comment on table former_secret is 'Secrets that open nothing any more, so that a server that still has one gets a clear answer.'`,
  `create table server_process (
     id text collate "C" primary key,
     name text not null,
     secret_checks bytea not null,
     generation integer not null,
     seen_at timestamptz not null default muster_now()
   )`,
  `comment on table server_process is 'Running processes. A rotation waits until each has read the new root key.'`,
  ...valued.map((table) => `alter table ${table} add column key_generation integer not null default 0`),
]

export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of statements) await sql.raw(statement).execute(db)
}

export async function down(db: Kysely<unknown>): Promise<void> {
  for (const table of valued) await sql.raw(`alter table ${table} drop column key_generation`).execute(db)
  for (const table of ['server_process', 'former_secret', 'root_key']) await sql.raw(`drop table ${table}`).execute(db)
  await sql`alter table installation drop column key_generation, drop column oldest_key_generation, drop column switched_at`.execute(db)
}
