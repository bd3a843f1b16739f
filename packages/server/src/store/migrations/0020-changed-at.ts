import { type Kysely, sql } from 'kysely'

// When what others see of a member last changed. Triggers keep it: they hold for every statement there is, and for a process of the version before.
// Rows are not filled in, since a statement over every membership locks a large cloud for minutes. Where it is null, nothing has changed since the
// account was registered or the membership got its status.
const statements = [
  `alter table account add column changed_at timestamptz`,
  `comment on column account.changed_at is 'When its address, username or names last changed. Null: not since this column exists.'`,
  `alter table membership add column changed_at timestamptz`,
  `comment on column membership.changed_at is 'When its role or status last changed. Null: not since this column exists.'`,
  `create function note_change() returns trigger language plpgsql as $$
     begin
       new.changed_at := muster_now();
       return new;
     end $$`,
  `create trigger account__changed before update of email, username, given_name, family_name on account for each row
     when ((old.email, old.username, old.given_name, old.family_name) is distinct from (new.email, new.username, new.given_name, new.family_name))
     execute function note_change()`,
  `create trigger membership__changed before update of role, status on membership for each row
     when ((old.role, old.status) is distinct from (new.role, new.status)) execute function note_change()`,
]

export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of statements) await sql.raw(statement).execute(db)
}

export async function down(db: Kysely<unknown>): Promise<void> {
  await sql`drop trigger membership__changed on membership`.execute(db)
  await sql`drop trigger account__changed on account`.execute(db)
  await sql`drop function note_change`.execute(db)
  await sql`alter table membership drop column changed_at`.execute(db)
  await sql`alter table account drop column changed_at`.execute(db)
}
