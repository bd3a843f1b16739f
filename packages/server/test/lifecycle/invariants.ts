import { invariants as ofStore } from '@muster/server/store/archive/invariants.ts'

/** Rules that hold for the tables after any commands, concurrent or not. Each query selects the rows that break its rule, so each must return none. */
export const invariants: Record<string, string> = {
  // Those that a copy of a database must keep too.
  ...ofStore,

  'a personal organization has never had a member except its founder (S2)': `
    select o.id from organization o join membership m on m.organization_id = o.id and m.user_id <> o.founder_id where o.personal`,

  'an accepted invitation has one acceptance and started one membership (I3)': `
    select i.id from invitation i
    where (i.state = 'accepted')::int <> (select count(*) from audit_event e where e.type = 'invitation.accepted' and e.target = i.id)
       or (i.state = 'accepted')::int <> (select count(*) from audit_event e where e.type = 'membership.started' and e.details ->> 'invitationId' = i.id)
       or (i.state = 'accepted') <> (i.accepted_by is not null)`,

  'an invitation has one creation event and, once it has ended, one end event (I6)': `
    select i.id, i.state from invitation i
    where 1 <> (select count(*) from audit_event e where e.type = 'invitation.created' and e.target = i.id)
       or (i.state <> 'open')::int <>
          (select count(*) from audit_event e where e.target = i.id and e.type in ('invitation.accepted', 'invitation.revoked', 'invitation.declined', 'invitation.expired'))`,

  'an open invitation is from the operator or an active admin of its organization (S19, S23)': `
    select i.id from invitation i join organization o on o.id = i.organization_id
    where i.state = 'open' and i.expires_at > muster_now()
      and not exists (select from membership m where m.organization_id = i.organization_id and m.user_id = i.created_by and m.status = 'active' and m.role = 'admin')
      and not exists (select from audit_event e where e.type = 'invitation.created' and e.target = i.id and e.actor_kind = 'operator')`,

  'sessions, keys and resources match their audit events (I6)': `
    select s.id from session s where (s.ended_at is not null)::int <> (select count(*) from audit_event e where e.type = 'session.ended' and e.target = s.id)
    union all
    select k.id from api_key k where 1 <> (select count(*) from audit_event e where e.type = 'key.created' and e.target = k.id)
       or (k.ended_at is not null)::int <> (select count(*) from audit_event e where e.type = 'key.ended' and e.target = k.id)
    union all
    select r.id from resource r where 1 <> (select count(*) from audit_event e where e.type = 'resource.registered' and e.target = r.id)
       or (r.removed_at is not null)::int <> (select count(*) from audit_event e where e.type = 'resource.removed' and e.target = r.id)`,

  "a user's epoch equals the number of their suspensions, deactivations and ended memberships (S32, I6)": `
    select a.id from account a where a.epoch <>
      (select count(*) from audit_event e where e.target = a.id
        and (e.type in ('membership.deactivated', 'user.suspended') or (e.type = 'membership.ended' and e.details ->> 'reason' <> 'dormant')))`,

  "a valid session or key belongs to its user's current organization (S32, I7)": `
    select s.id from session s join account a on a.id = s.user_id left join membership m on m.user_id = a.id and m.status <> 'left'
    where s.ended_at is null and s.epoch = a.epoch and s.organization_id is distinct from m.organization_id
    union all
    select k.id from api_key k join account a on a.id = k.user_id join membership m on m.user_id = a.id and m.status <> 'left'
    where k.ended_at is null and k.epoch = a.epoch and k.organization_id <> m.organization_id`,

  'a deactivated user has no valid session or key (S32, I7)': `
    select s.id from session s join account a on a.id = s.user_id join membership m on m.user_id = a.id and m.status = 'deactivated'
    where s.ended_at is null and s.epoch = a.epoch
    union all
    select k.id from api_key k join account a on a.id = k.user_id join membership m on m.user_id = a.id and m.status = 'deactivated'
    where k.ended_at is null and k.epoch = a.epoch`,

  'a suspended person has no valid session or key and no open invitation (O14, I7)': `
    select s.id from session s join account a on a.id = s.user_id and a.suspended_at is not null where s.ended_at is null and s.epoch = a.epoch
    union all
    select k.id from api_key k join account a on a.id = k.user_id and a.suspended_at is not null where k.ended_at is null and k.epoch = a.epoch
    union all
    select i.id from invitation i join account a on a.id = i.created_by and a.suspended_at is not null
    where i.state = 'open' and i.expires_at > muster_now()
      and not exists (select from audit_event e where e.type = 'invitation.created' and e.target = i.id and e.actor_kind = 'operator')`,

  'a resource is owned by a member or service account of its organization (S6)': `
    select r.id from resource r where r.removed_at is null
      and not exists (select from membership m where m.organization_id = r.organization_id and m.user_id = r.owner_id and m.status <> 'left')
      and not exists (select from service_account s where s.organization_id = r.organization_id and s.id = r.owner_id and s.ended_at is null)`,

  'an organization without members has no resource and no valid key (S23)': `
    select o.id from organization o where o.active_members + o.deactivated_members = 0 and (
      exists (select from resource r where r.organization_id = o.id and r.removed_at is null)
      or exists (select from service_account s join api_key k on k.service_account_id = s.id
                 where s.organization_id = o.id and k.ended_at is null and k.epoch = s.epoch))`,

  'a name belongs to a user, an organization, or both if the user founded it (I10)': `
    select n.name from name n left join organization o on o.id = n.organization_id left join account a on a.id = n.user_id
    where (n.user_id is not null and n.organization_id is not null and o.founder_id <> n.user_id)
       or (n.user_id is not null and a.username is distinct from n.name)`,

  'an organization holds every name it has had (I10, S42)': `
    select e.target from audit_event e join audit_personal p on p.event_id = e.id and p.field in ('from', 'name')
    where e.type in ('organization.created', 'organization.renamed')
      and not exists (select from name n where n.organization_id = e.target and n.name = p.value)`,

  'an application has one host label in use, and a removed resource has none (S40)': `
    select l.label from host_label l join resource r on r.id = l.resource_id where l.held_since is null and r.removed_at is not null
    union all
    select r.id from resource r where r.kind = 'application' and r.removed_at is null
      and 1 <> (select count(*) from host_label l where l.resource_id = r.id and l.held_since is null)`,
}

const planted = (kind: string, where: string): string => `
  insert into resource (id, organization_id, kind, name, owner_id, created_by)
  select 'res_planted', o.id, '${kind}', 'planted', coalesce(m.user_id, 'usr_nobody'), 'usr_nobody'
  from organization o left join membership m on m.organization_id = o.id and m.status = 'active' where ${where} limit 1`
const aMembership = `(organization_id, user_id) = (select organization_id, user_id from membership where status = 'active' limit 1)`

/** For each invariant, a change that breaks it. It proves that the query of the invariant would return a row. */
export const breaches: Record<keyof typeof invariants, string> = {
  'an account has one current membership once registered, and none before (I1, S25)': `update membership set status = 'left' where ${aMembership}`,
  "an organization's member counts match its memberships (I1, S7)": `update organization set active_members = active_members + 1 where id = (select id from organization limit 1)`,
  'an organization with members has an active admin (I2, S29)': `
    update membership set role = 'member' where organization_id = (select organization_id from membership where status = 'active' limit 1)`,
  'a username and the name of an organization are in the names (I10)': `delete from name where name = (select username from account where username is not null limit 1)`,
  'a session or key has at most the epoch of its holder (S32)': `update session set epoch = epoch + 100 where id = (select id from session limit 1)`,
  'the record can only be added to (S57)': `update pg_trigger set tgenabled = 'D' where tgrelid = 'audit_event'::regclass`,
  'events keep no personal values in their rows, and each value belongs to an event (P19)': `insert into audit_personal (event_id, field, value) values ('evt_nowhere', 'name', 'x')`,
  'the installation has its row': `delete from installation`,
  'a personal organization has never had a member except its founder (S2)': `
    insert into membership (organization_id, user_id, role, status) select o.id, a.id, 'member', 'left' from organization o, account a
    where o.personal and a.id <> o.founder_id limit 1`,
  'an accepted invitation has one acceptance and started one membership (I3)': `
    update invitation set state = 'declined' where id = (select id from invitation where state = 'accepted' limit 1)`,
  'an invitation has one creation event and, once it has ended, one end event (I6)': `
    update invitation set state = 'open' where id = (select id from invitation where state = 'accepted' and kind <> 'email' limit 1)`,
  'an open invitation is from the operator or an active admin of its organization (S19, S23)': `
    insert into invitation (id, organization_id, kind, role, created_by, expires_at)
    select 'inv_planted', o.id, 'secret', 'member', o.founder_id, muster_now() + interval '1 hour' from organization o where o.active_members = 0 limit 1`,
  'sessions, keys and resources match their audit events (I6)': `
    update session set ended_at = muster_now() where id = (select id from session where ended_at is null limit 1)`,
  "a user's epoch equals the number of their suspensions, deactivations and ended memberships (S32, I6)": `
    update account set epoch = epoch + 1 where id = (select id from account limit 1)`,
  "a valid session or key belongs to its user's current organization (S32, I7)": `
    update session set organization_id = (select id from organization where active_members = 0 limit 1)
    where id = (select s.id from session s join account a on a.id = s.user_id where s.ended_at is null and s.epoch = a.epoch limit 1)`,
  'a deactivated user has no valid session or key (S32, I7)': `
    update membership set status = 'deactivated' where status = 'active' and user_id =
      (select s.user_id from session s join account a on a.id = s.user_id join membership m on m.user_id = a.id and m.status = 'active'
       where s.ended_at is null and s.epoch = a.epoch limit 1)`,
  'a suspended person has no valid session or key and no open invitation (O14, I7)': `
    update account set suspended_at = muster_now() where id =
      (select s.user_id from session s join account a on a.id = s.user_id where s.ended_at is null and s.epoch = a.epoch limit 1)`,
  'a resource is owned by a member or service account of its organization (S6)': planted('database', 'm.user_id is null'),
  'an organization without members has no resource and no valid key (S23)': planted('database', 'o.active_members + o.deactivated_members = 0'),
  'a name belongs to a user, an organization, or both if the user founded it (I10)': `
    update name set user_id = (select id from account a where a.id <> name.user_id limit 1)
    where name = (select name from name where user_id is not null and organization_id is not null limit 1)`,
  'an organization holds every name it has had (I10, S42)': `
    delete from name where name = (select p.value from audit_event e join audit_personal p on p.event_id = e.id and p.field = 'name' where e.type = 'organization.created' limit 1)`,
  'an application has one host label in use, and a removed resource has none (S40)': planted('application', 'm.user_id is not null'),
}
