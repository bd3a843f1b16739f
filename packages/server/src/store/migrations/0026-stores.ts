import { type Kysely, sql } from 'kysely'

const statements = [
  `create table store_state (
     only_row boolean primary key default true check (only_row),
     state text not null constraint store_state__state check (state in ('filling', 'moving', 'moved')),
     target text,
     since timestamptz not null default muster_now()
   )`,
  `comment on table store_state is 'With a row, no server starts: a restore or a move fills this database (filling), or a move reads it (moving) or has read it (moved).'`,
  `comment on column store_state.target is 'Where the store is moved to. Contains no password.'`,

  `alter table installation add column restored_at timestamptz, add column backup_at timestamptz, add column keys_rest_before timestamptz`,
  `comment on column installation.restored_at is 'When the database was last restored from a backup. Access that was given before has ended.'`,
  `comment on column installation.backup_at is 'The time of that backup. What happened between the two is unknown.'`,
  `comment on column installation.keys_rest_before is 'API keys and refresh tokens created before are refused until the operator keeps them. Null: none is.'`,
]

export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of statements) await sql.raw(statement).execute(db)
}

export async function down(db: Kysely<unknown>): Promise<void> {
  await sql`alter table installation drop column restored_at, drop column backup_at, drop column keys_rest_before`.execute(db)
  await sql`drop table store_state`.execute(db)
}
