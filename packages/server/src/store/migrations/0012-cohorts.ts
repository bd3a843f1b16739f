import { type Kysely, sql } from 'kysely'

// A search of members goes through them cohort by cohort, the newest first, so that it looks at no more than it shows and a part of one cohort,
// whatever is searched for and whoever has it. See decision 0025.

/** How many join before the next cohort begins: one with many hits costs by its size, and one with none costs what looking costs. */
export const COHORT_SIZE = 32_768

const statements = [
  `create extension if not exists btree_gin`,
  // First what is not needed any more, or all that follows would keep it up to date.
  `drop index membership__parts_of_username, membership__parts_of_email, membership__by_username, membership__by_email`,
  `set local maintenance_work_mem = '256MB'`,

  `create table cohort (
     id bigint generated always as identity primary key,
     organization_id text collate "C" not null references organization,
     began_at timestamptz not null,
     last_at timestamptz not null,
     joins integer not null default 1,
     constraint cohort__in_order unique (organization_id, began_at))`,
  `comment on table cohort is 'Those who joined an organization one after another, some thousands of them, so that they can be searched in order.'`,
  // An index of trigrams knows letters and digits only, and takes a@b.c for three words of which each may be common. As one word they are rare. So
  // what else an address can have is a capital here, which no name and no canonical address has: one for one, so that what contains what stays so.
  `create function one_word(text) returns text language sql immutable strict parallel safe as
     $$ select translate($1, '@._-+!#$%&''*/=?^\`{|}~', 'QWUHPABCDEFGIJKLMNORS') $$`,
  // Stored, since what an index of trigrams finds is compared once more, each row of it. Each on a line of its own, so that nothing is found that
  // goes across, and a short text at the beginning of a line.
  `alter table membership
     add column cohort_id bigint,
     add column names text not null generated always as (one_word(e'\\n' || coalesce(username, ''))) stored,
     add column names_and_addresses text not null generated always as (one_word(e'\\n' || coalesce(username, '') || e'\\n' || email)) stored`,
  `comment on column membership.cohort_id is 'Among whom they joined; set by a trigger.'`,
  `comment on column membership.names is 'The username, to be searched: see one_word().'`,
  `comment on column membership.names_and_addresses is 'Username and address, each on a line, to be searched: see one_word().'`,
  // By rank, not by number: who joined in the same microsecond is in the same cohort, or what began when could not tell them apart.
  `create temporary table ranked on commit drop as
     select organization_id, user_id, joined_at, (rank() over (partition by organization_id order by joined_at) - 1) / ${COHORT_SIZE} as number from membership`,
  `insert into cohort (organization_id, began_at, last_at, joins)
     select organization_id, case when number = 0 then '-infinity' else min(joined_at) end, max(joined_at), count(*) from ranked group by organization_id, number`,
  `update membership m set cohort_id = (
     select c.id from cohort c where c.organization_id = m.organization_id and c.began_at <= m.joined_at order by c.began_at desc limit 1)`,
  `drop table ranked`,
  `alter table membership alter column cohort_id set not null`,
  // What counts is that who is in a later cohort joined later. So a new one begins with somebody who joined after all others, and who is said to
  // have joined before that belongs to an older one, however full. One at a time joins an organization: the commands lock its row before, and whatever
  // else inserts does so here.
  `create function membership_cohort() returns trigger language plpgsql as $$
     declare
       theirs cohort;
     begin
       perform 1 from organization where id = new.organization_id for no key update;
       update cohort set joins = joins + 1, last_at = greatest(last_at, new.joined_at)
        where id = (select id from cohort where organization_id = new.organization_id and began_at <= new.joined_at order by began_at desc limit 1)
        returning * into theirs;
       if theirs.id is null then
         insert into cohort (organization_id, began_at, last_at) values (new.organization_id, '-infinity', new.joined_at)
           on conflict (organization_id, began_at) do update set joins = cohort.joins + 1 returning * into theirs;
       elsif theirs.joins > ${COHORT_SIZE} and theirs.last_at = new.joined_at and not exists (
           select 1 from membership where organization_id = new.organization_id and joined_at >= new.joined_at and user_id <> new.user_id) then
         insert into cohort (organization_id, began_at, last_at) values (new.organization_id, new.joined_at, new.joined_at) returning * into theirs;
       end if;
       new.cohort_id := theirs.id;
       return new;
     end $$`,
  `create trigger membership__cohort before insert or update of organization_id, joined_at on membership for each row execute function membership_cohort()`,

  // The pending list of an index, read in each search of each cohort, would cost more than it spares. And one index, not one for names and one
  // for addresses, or cohort and status would be looked up in the one that has not what is searched.
  `create index membership__words on membership
     using gin (cohort_id, status, role, names gin_trgm_ops, names_and_addresses gin_trgm_ops) with (fastupdate = off)`,
]

export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of statements) await sql.raw(statement).execute(db)
}

export async function down(db: Kysely<unknown>): Promise<void> {
  await sql`drop index membership__words`.execute(db)
  await sql`alter table membership drop column names, drop column names_and_addresses`.execute(db)
  await sql`drop function one_word`.execute(db)
  await sql`drop trigger membership__cohort on membership`.execute(db)
  await sql`drop function membership_cohort`.execute(db)
  await sql`alter table membership drop column cohort_id`.execute(db)
  await sql`drop table cohort`.execute(db)
  await sql`create index membership__by_username on membership (organization_id, username)`.execute(db)
  await sql`create index membership__by_email on membership (organization_id, email)`.execute(db)
  await sql`create index membership__parts_of_username on membership using gin (username gin_trgm_ops)`.execute(db)
  await sql`create index membership__parts_of_email on membership using gin (email gin_trgm_ops)`.execute(db)
}
