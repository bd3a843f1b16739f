import { type Kysely, sql } from 'kysely'

// What a page of a directory is read from stands in the membership row, so that one index serves it. Triggers keep the copies and the
// counters: they hold for every statement there is, and for a process of the version before, which knows nothing of them.
const statements = [
  `create extension if not exists pg_trgm`,

  `alter table membership add column username text collate "C", add column email text collate "C"`,
  `comment on column membership.username is 'Of the account, to be searched.'`,
  `comment on column membership.email is 'The canonical address of the account, to be searched by admins (S4).'`,
  `update membership m set username = a.username, email = a.email_canonical from account a where a.id = m.user_id`,
  `create function membership_copies() returns trigger language plpgsql as $$
     begin
       select a.username, a.email_canonical into new.username, new.email from account a where a.id = new.user_id;
       return new;
     end $$`,
  `create trigger membership__copies before insert on membership for each row execute function membership_copies()`,
  `create function account_copies() returns trigger language plpgsql as $$
     begin
       update membership set username = new.username, email = new.email_canonical where user_id = new.id;
       return null;
     end $$`,
  `create trigger account__copies after update of username, email_canonical on account for each row
     when (old.username is distinct from new.username or old.email_canonical is distinct from new.email_canonical)
     execute function account_copies()`,

  `create index membership__of_user on membership (user_id)`,
  `drop index membership__in_order_of_joining`,
  `create index membership__current_in_order on membership (organization_id, joined_at desc, user_id desc) where status <> 'left'`,
  `create index membership__by_status_in_order on membership (organization_id, status, role, joined_at desc, user_id desc)`,
  `create index membership__by_username on membership (organization_id, username)`,
  `create index membership__by_email on membership (organization_id, email)`,
  `create index membership__parts_of_username on membership using gin (username gin_trgm_ops)`,
  `create index membership__parts_of_email on membership using gin (email gin_trgm_ops)`,

  `alter table organization add column active_members integer not null default 0, add column deactivated_members integer not null default 0`,
  `comment on column organization.active_members is 'Counted in the transaction of the change, by a trigger on membership.'`,
  `update organization o set active_members = c.active, deactivated_members = c.deactivated
     from (select organization_id, count(*) filter (where status = 'active') as active, count(*) filter (where status = 'deactivated') as deactivated
             from membership group by organization_id) c
     where c.organization_id = o.id`,
  `create function membership_count() returns trigger language plpgsql as $$
     declare
       was text := case when tg_op = 'INSERT' then 'left' else old.status end;
     begin
       if was <> new.status then
         update organization
            set active_members = active_members + (new.status = 'active')::int - (was = 'active')::int,
                deactivated_members = deactivated_members + (new.status = 'deactivated')::int - (was = 'deactivated')::int
          where id = new.organization_id;
       end if;
       return null;
     end $$`,
  `create trigger membership__count after insert or update of status on membership for each row execute function membership_count()`,

  `create index audit_event__of_actor on audit_event (organization_id, actor_id, seq desc)`,
  `create index audit_event__of_organization_by_target on audit_event (organization_id, target, seq desc)`,
  `create index audit_event__of_type on audit_event (organization_id, type collate "C", seq desc)`,
  `create index audit_event__by_time on audit_event (organization_id, at)`,
]

export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of statements) await sql.raw(statement).execute(db)
}

export async function down(db: Kysely<unknown>): Promise<void> {
  for (const index of ['of_actor', 'of_organization_by_target', 'of_type', 'by_time']) await sql.raw(`drop index audit_event__${index}`).execute(db)
  await sql`drop trigger membership__count on membership`.execute(db)
  await sql`drop trigger membership__copies on membership`.execute(db)
  await sql`drop trigger account__copies on account`.execute(db)
  await sql`drop function membership_count, membership_copies, account_copies`.execute(db)
  await sql`alter table organization drop column active_members, drop column deactivated_members`.execute(db)
  await sql`drop index membership__of_user, membership__current_in_order, membership__by_status_in_order`.execute(db)
  await sql`alter table membership drop column username, drop column email`.execute(db)
  await sql`create index membership__in_order_of_joining on membership (organization_id, joined_at desc, user_id desc)`.execute(db)
}
