import { type Kysely, sql } from 'kysely'

// Every request asks for the time several times. The function no longer reads a table that only tests changed, so PostgreSQL replaces each call by its body. A
// test that moves the clock replaces the function (S60).

export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`create or replace function muster_now() returns timestamptz language sql volatile as $$ select clock_timestamp() $$`.execute(db)
  await sql`drop table muster_clock`.execute(db)
}

export async function down(db: Kysely<unknown>): Promise<void> {
  await sql`create table muster_clock (only_row boolean primary key default true check (only_row), ahead interval not null default '0')`.execute(db)
  await sql`insert into muster_clock default values`.execute(db)
  await sql`create or replace function muster_now() returns timestamptz language sql volatile
    as $$ select clock_timestamp() + (select ahead from muster_clock) $$`.execute(db)
}
