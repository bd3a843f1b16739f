import type { EventType } from '@muster/contract/events.ts'
import { personalFieldsOf, textFields } from '@muster/contract/personal-fields.ts'
import { type Kysely, sql } from 'kysely'
import { CopyFailed } from './rows.ts'

const personalFields = (Object.keys(textFields) as EventType[]).flatMap((type) => personalFieldsOf(type).map((field) => `('${type}', '${field}')`)).join(', ')

/** Rules that hold for the tables whatever happened. Each query selects the rows that break its rule, so each must return none. */
export const invariants: Record<string, string> = {
  'an account has one current membership once registered, and none before (I1, S25)': `
    select a.id, count(m.user_id) as memberships from account a left join membership m on m.user_id = a.id and m.status <> 'left'
    group by a.id having count(m.user_id) <> (a.username is not null)::int`,

  "an organization's member counts match its memberships (I1, S7)": `
    select o.id from organization o
    left join (select organization_id, count(*) filter (where status = 'active') as active, count(*) filter (where status = 'deactivated') as deactivated
               from membership group by organization_id) m on m.organization_id = o.id
    where (o.active_members, o.deactivated_members) is distinct from (coalesce(m.active, 0), coalesce(m.deactivated, 0))`,

  'an organization with members has an active admin (I2, S29)': `
    select organization_id from membership where status <> 'left' group by organization_id
    having count(*) filter (where role = 'admin' and status = 'active') = 0`,

  'a custom role is of the organization of its holder, and nobody holds a removed one (P7, P9)': `
    select h.id from (
      select user_id as id, organization_id, role, role_id, status <> 'left' as holds from membership union all
      select id, organization_id, role, role_id, ended_at is null from service_account union all
      select id, organization_id, role, role_id, state = 'open' and expires_at > muster_now() from invitation) h
    join role r on r.id = h.role_id and h.role = 'custom' where r.organization_id <> h.organization_id or (h.holds and r.removed_at is not null)`,

  'a username and the name of an organization are in the names (I10)': `
    select a.id from account a where a.username is not null and not exists (select from name n where n.name = a.username and n.user_id = a.id)
    union all
    select o.id from organization o where not exists (select from name n where n.name = o.name and n.organization_id = o.id)`,

  'a session or key has at most the epoch of its holder (S32)': `
    select s.id from session s join account a on a.id = s.user_id where s.epoch > a.epoch
    union all
    select k.id from api_key k join account a on a.id = k.user_id where k.epoch > a.epoch
    union all
    select k.id from api_key k join service_account s on s.id = k.service_account_id where k.epoch > s.epoch`,

  'the record can only be added to (S57)': `
    select 'audit_event' as id where (select count(*) from pg_trigger where tgrelid = 'audit_event'::regclass and tgfoid = 'audit_event_is_append_only'::regproc and tgenabled <> 'D') < 2`,

  'positions of events have no gaps (P18)': `
    select 'event_position' as id from event_position having count(*) <> coalesce(max(position), 0)
    union all
    select organization_id from event_position where organization_id is not null group by organization_id having count(*) <> max(organization_position)
    union all
    select 'event_position' from event_position p where not exists (select from audit_event e where e.seq = p.seq)`,

  'events keep no personal values in their rows, and each value belongs to an event (P19)': `
    select id from audit_event join audit_event_move on not (seq > moved_until and seq <= ends_at)
    where address is not null or exists (select from (values ${personalFields}) personal (event_type, field) where event_type = type and details ->> field is not null)
    union all
    select event_id from audit_personal p where not exists (select from audit_event e where e.id = p.event_id)`,

  'the installation has its row': `select 'installation' as id where not exists (select from installation)`,
}

/** @throws CopyFailed */
export async function requireInvariants(db: Kysely<any>): Promise<void> {
  for (const [rule, query] of Object.entries(invariants)) {
    const { rows } = await sql.raw<Record<string, unknown>>(`select * from (${query}) broken limit 3`).execute(db)
    if (rows.length > 0) throw new CopyFailed(`A rule does not hold: ${rule}. For example: ${rows.map((row) => Object.values(row)[0]).join(', ')}`)
  }
}
