/** What must hold of the tables whatever was done to them, by whomever at once. Each query finds what breaks it, so each must find nothing. */
export const invariants: Record<string, string> = {
  // The index allows no second one; that nobody is left without one is nobody's constraint.
  'a registered user is in exactly one organization, and nobody else is in any (I1, S25)': `
    select a.id, count(m.user_id) as memberships from account a left join membership m on m.user_id = a.id and m.status <> 'left'
    group by a.id having count(m.user_id) <> (a.username is not null)::int`,

  'an organization counts the members it has (I1, S7)': `
    select o.id from organization o
    where (o.active_members, o.deactivated_members) <>
      (select count(*) filter (where m.status = 'active'), count(*) filter (where m.status = 'deactivated') from membership m where m.organization_id = o.id)`,

  'an organization with anybody in it has an active admin (I2, S29)': `
    select organization_id from membership where status <> 'left' group by organization_id
    having count(*) filter (where role = 'admin' and status = 'active') = 0`,

  'a personal organization never had another member than its founder (S2)': `
    select o.id from organization o join membership m on m.organization_id = o.id and m.user_id <> o.founder_id where o.personal`,

  'an invitation was accepted by one, once, and that made one membership (I3)': `
    select i.id from invitation i
    where (i.state = 'accepted')::int <> (select count(*) from audit_event e where e.type = 'invitation.accepted' and e.target = i.id)
       or (i.state = 'accepted')::int <> (select count(*) from audit_event e where e.type = 'membership.started' and e.details ->> 'invitationId' = i.id)
       or (i.state = 'accepted') <> (i.accepted_by is not null)`,

  'an invitation was made once and has ended at most once, and the record says how (I6)': `
    select i.id, i.state from invitation i
    where 1 <> (select count(*) from audit_event e where e.type = 'invitation.created' and e.target = i.id)
       or (i.state <> 'open')::int <>
          (select count(*) from audit_event e where e.target = i.id and e.type in ('invitation.accepted', 'invitation.revoked', 'invitation.declined', 'invitation.expired'))`,

  'an open invitation is of an active admin, and of an organization somebody is in (S19, S23)': `
    select i.id from invitation i join organization o on o.id = i.organization_id
    where i.state = 'open' and i.expires_at > muster_now()
      and not exists (select from membership m where m.organization_id = i.organization_id and m.user_id = i.created_by and m.status = 'active' and m.role = 'admin')
      and not exists (select from audit_event e where e.type = 'invitation.created' and e.target = i.id and e.actor_kind = 'operator')`,

  'sessions, keys and resources were begun and ended once in the record, as in their rows (I6)': `
    select s.id from session s where (s.ended_at is not null)::int <> (select count(*) from audit_event e where e.type = 'session.ended' and e.target = s.id)
    union all
    select k.id from api_key k where 1 <> (select count(*) from audit_event e where e.type = 'key.created' and e.target = k.id)
       or (k.ended_at is not null)::int <> (select count(*) from audit_event e where e.type = 'key.ended' and e.target = k.id)
    union all
    select r.id from resource r where 1 <> (select count(*) from audit_event e where e.type = 'resource.registered' and e.target = r.id)
       or (r.removed_at is not null)::int <> (select count(*) from audit_event e where e.type = 'resource.removed' and e.target = r.id)`,

  'the epoch of a user counts the memberships they lost or were kept out of: each raised it by one (S32, I6)': `
    select a.id from account a where a.epoch <>
      (select count(*) from audit_event e where e.target = a.id
        and (e.type = 'membership.deactivated' or (e.type = 'membership.ended' and e.details ->> 'reason' <> 'dormant')))`,

  'what works was made for the organization its user is in (S32, I7)': `
    select s.id from session s join account a on a.id = s.user_id left join membership m on m.user_id = a.id and m.status <> 'left'
    where s.ended_at is null and s.epoch = a.epoch and s.organization_id is distinct from m.organization_id
    union all
    select k.id from api_key k join account a on a.id = k.user_id join membership m on m.user_id = a.id and m.status <> 'left'
    where k.ended_at is null and k.epoch = a.epoch and k.organization_id <> m.organization_id`,

  'nothing works of somebody who is deactivated (S32, I7)': `
    select s.id from session s join account a on a.id = s.user_id join membership m on m.user_id = a.id and m.status = 'deactivated'
    where s.ended_at is null and s.epoch = a.epoch
    union all
    select k.id from api_key k join account a on a.id = k.user_id join membership m on m.user_id = a.id and m.status = 'deactivated'
    where k.ended_at is null and k.epoch = a.epoch`,

  'a resource is owned by somebody of its organization, who has not left, or by a machine of it (S6)': `
    select r.id from resource r where r.removed_at is null
      and not exists (select from membership m where m.organization_id = r.organization_id and m.user_id = r.owner_id and m.status <> 'left')
      and not exists (select from service_account s where s.organization_id = r.organization_id and s.id = r.owner_id and s.ended_at is null)`,

  'an organization nobody is in holds no resource, and no key of a machine of it works (S23)': `
    select o.id from organization o where o.active_members + o.deactivated_members = 0 and (
      exists (select from resource r where r.organization_id = o.id and r.removed_at is null)
      or exists (select from service_account s join api_key k on k.service_account_id = s.id
                 where s.organization_id = o.id and k.ended_at is null and k.epoch = s.epoch))`,

  'a name is held by one: a user, an organization, or a user and the organization they founded (I10)': `
    select n.name from name n left join organization o on o.id = n.organization_id left join account a on a.id = n.user_id
    where (n.user_id is not null and n.organization_id is not null and o.founder_id <> n.user_id)
       or (n.user_id is not null and a.username is distinct from n.name)
    union all
    select o.name from organization o where not exists (select from name n where n.name = o.name and n.organization_id = o.id)
    union all
    select a.username from account a where a.username is not null and not exists (select from name n where n.name = a.username and n.user_id = a.id)`,

  'every name an organization had is held for it (I10, S42)': `
    select e.target from audit_event e where e.type in ('organization.created', 'organization.renamed')
      and not exists (select from name n where n.organization_id = e.target and n.name = coalesce(e.details ->> 'from', e.details ->> 'name'))`,

  'a label in use is of a resource that is there, and each application has one (S40)': `
    select l.label from host_label l join resource r on r.id = l.resource_id where l.held_since is null and r.removed_at is not null
    union all
    select r.id from resource r where r.kind = 'application' and r.removed_at is null
      and 1 <> (select count(*) from host_label l where l.resource_id = r.id and l.held_since is null)`,
}
