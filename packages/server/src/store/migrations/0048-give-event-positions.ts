import { type Kysely, sql } from 'kysely'

// A pass of the sequencer (P18) as one call, because a pass follows the commits of every change. See decision 0073, which proves the order.

const statements = [
  `create function give_event_positions(thorough boolean) returns table (given integer, last_position bigint, organizations text[], has_more boolean)
   language plpgsql set enable_seqscan = off set plan_cache_mode = force_generic_plan as $$
   declare
     most constant integer := 2000; -- takes a fraction of a second
     listed constant integer := 100; -- a notice has at most 8,000 bytes
     hint_transactions constant integer := 1000; -- moving the hint in each pass would leave a dead row in each
     from_transaction xid8;
     oldest xid8;
     has_backlog boolean;
     seqs bigint[];
     owners text[];
   begin
     select read_from, backlog_after < backlog_until into from_transaction, has_backlog from event_sequencer for update skip locked;
     if not found then
       return;
     end if;
     -- Each statement from here on sees the positions of every pass before.
     if has_backlog then
       -- Events from before the table existed, or copied ones, which may have positions.
       with part as (
         select e.seq, e.organization_id from event_sequencer s cross join lateral (
           select seq, organization_id from audit_event where seq > s.backlog_after and seq <= s.backlog_until order by seq limit most) e),
       moved as (
         update event_sequencer set backlog_after = coalesce((select max(seq) from part having count(*) = most), backlog_until))
       select array_agg(seq order by seq), array_agg(organization_id order by seq) into seqs, owners
         from part where not exists (select from event_position p where p.seq = part.seq);
       has_more := true;
     else
       -- Deleting a row takes its event, so an event gets one position, and none is left out. The hint only saves time: nothing before it is left, so the dead
       -- rows of earlier passes are not read, however long another transaction keeps them from being removed. The planner has no statistics of event_arrival,
       -- which is empty most of the time, and would read all of its dead rows.
       if thorough then
         from_transaction := '0';
       end if;
       with taken as (
         delete from event_arrival
         where ctid = any(array(select ctid from event_arrival where xid >= from_transaction order by seq limit most)) returning seq, organization_id)
       -- The oldest transaction that may still add rows, in the snapshot that took them. A later one would hide the rows of a commit between the two.
       select array_agg(seq order by seq), array_agg(organization_id order by seq), pg_snapshot_xmin(pg_current_snapshot()) into seqs, owners, oldest from taken;
       has_more := coalesce(cardinality(seqs), 0) = most;
       update event_sequencer set read_from = case when has_more then '0' else oldest end
         where thorough or (not has_more and oldest::text::bigint - read_from::text::bigint >= hint_transactions);
     end if;

     given := coalesce(cardinality(seqs), 0);
     select coalesce(max(position), 0) into last_position from event_position;
     organizations := '{}';
     if given > 0 then
       insert into event_position (position, seq, organization_id, organization_position)
         select last_position + place, seq, owner, case when owner is not null
           then row_number() over (partition by owner order by seq)
             + coalesce((select max(p.organization_position) from event_position p where p.organization_id = owner), 0) end
         from unnest(seqs, owners) with ordinality as taken (seq, owner, place);
       last_position := last_position + given;
       select coalesce(array_agg(owner), '{}') into organizations
         from (select distinct owner from unnest(owners) as owner where owner is not null limit listed + 1) news;
       perform pg_notify('muster_events', last_position || ' ' ||
         case when cardinality(organizations) > listed then '*' else array_to_string(organizations, ',') end);
       if cardinality(organizations) > listed then
         organizations := null;
       end if;
     end if;
     return next;
   end $$`,
  `comment on function give_event_positions is 'Gives the events that are committed and have no position theirs, in the order of their numbers, at most 2,000. No row: another process does. Null organizations: more than 100.'`,
]

export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of statements) await sql.raw(statement).execute(db)
}

export async function down(db: Kysely<unknown>): Promise<void> {
  await sql`drop function give_event_positions`.execute(db)
}
