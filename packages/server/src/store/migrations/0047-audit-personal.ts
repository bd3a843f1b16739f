import { type Kysely, sql } from 'kysely'

// Personal values of events, stored apart from the events (P19). See decision 0077.

/** The personal fields of the events that servers of the version before record. Later versions store them apart by themselves. */
const personalFields: Record<string, readonly string[]> = {
  'user.registered': ['username'],
  'passkey.added': ['name'],
  'passkey.renamed': ['name'],
  'passkey.removed': ['name'],
  'passkey.copied': ['name'],
  'organization.created': ['name'],
  'organization.renamed': ['from', 'to'],
  'membership.role_changed': ['reason'],
  'membership.deactivated': ['reason'],
  'user.suspended': ['reason'],
  'service_account.created': ['name'],
  'service_account.changed': ['name'],
  'key.created': ['description'],
  'key.renamed': ['description'],
  'organization.plan_changed': ['reason'],
  'organization.suspended': ['reason'],
  'organization.resumed': ['reason'],
  'resource.registered': ['name', 'hostLabel'],
  'resource.removed': ['name'],
  'client.registered': ['name'],
  'client.changed': ['name'],
  'client.secret_created': ['name'],
  'client.secret_revoked': ['name'],
  'client.addresses_read': ['name'],
  'client.removed': ['name'],
}

const cases = Object.entries(personalFields).map(([type, fields]) => `when '${type}' then array[${fields.map((field) => `'${field}'`).join(', ')}]`)

const statements = [
  `create table audit_personal (
     event_id text collate "C" not null,
     field text collate "C" not null,
     value text,
     primary key (event_id, field)
   )`,
  `comment on table audit_personal is 'Names, texts and network addresses of events. Without a value: erased.'`,

  `create function personal_values_of_event(event_type text, details jsonb) returns table (field text, value text) language sql immutable as $$
     select key, value from jsonb_each_text(details) where value is not null and key = any(case event_type ${cases.join(' ')} else '{}'::text[] end) $$`,
  `comment on function personal_values_of_event is 'For the events of servers of an earlier version.'`,

  `create function audit_event_leaves_personal() returns trigger language plpgsql as $$
   begin
     insert into audit_personal (event_id, field, value)
       select new.id, field, value from personal_values_of_event(new.type, new.details)
       union all select new.id, 'address', new.address where new.address <> '';
     new.details := new.details - array(select field from personal_values_of_event(new.type, new.details));
     new.address := null;
     return new;
   end $$`,
  // Servers of the version before write an address into the event itself, and no later ones do. The trigger waits for their open transactions.
  `create trigger audit_event__leaves_personal before insert on audit_event for each row when (new.address is not null) execute function audit_event_leaves_personal()`,
  `comment on column audit_event.address is 'In audit_personal. Here only in an event that was not moved yet.'`,

  `create table audit_event_move (
     only_row boolean primary key default true constraint audit_event_move__one_row check (only_row),
     moved_until bigint not null default 0,
     ends_at bigint not null default 0
   )`,
  `comment on table audit_event_move is 'How far the personal values of events from before this table have been moved. Finished once the numbers are equal.'`,
  `insert into audit_event_move (ends_at) select coalesce(max(seq), 0) from audit_event`,
]

export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of statements) await sql.raw(statement).execute(db)
}

export async function down(db: Kysely<unknown>): Promise<void> {
  await sql`drop trigger audit_event__leaves_personal on audit_event`.execute(db)
  await sql`drop function audit_event_leaves_personal, personal_values_of_event`.execute(db)
  await sql`drop table audit_event_move, audit_personal`.execute(db)
}
