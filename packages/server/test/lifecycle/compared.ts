import type { World } from '@muster/testkit/world.ts'
import type { Life } from './expected.ts'
import type { Owner } from './model.ts'
import type { Real } from './real.ts'

/** The state in a form that the model and Muster share. People and organizations appear by name, so that a difference is readable. */
export interface Picture {
  usernames: string[]
  organizations: Record<string, { founder: string; personal: boolean; plan: string; suspended: boolean; active: number; deactivated: number }>
  memberships: Record<string, string>
  resources: Record<string, string>
  machines: string[]
  names: Record<string, string>
  invitations: string[]
}

const byKey = <T>(entries: [string, T][]): Record<string, T> => Object.fromEntries(entries.sort(([one], [other]) => (one < other ? -1 : 1)))

export function pictured(life: Life): Picture {
  const person = (who: number | null): string => (who === null ? '' : (life.people[who]?.name ?? ''))
  const owner = (who: Owner): string => (typeof who === 'number' ? person(who) : who.name)
  const each = life.organizations.map((organization, place) => ({ organization, place }))
  return {
    usernames: life.people.filter(({ registered }) => registered).map(({ name }) => name),
    organizations: byKey(
      each.map(({ organization: { name, founder, personal, plan, suspended }, place }) => {
        const statuses = life.present(place).map(([, { status }]) => status)
        const count = (wanted: string): number => statuses.filter((status) => status === wanted).length
        return [name, { founder: person(founder), personal, plan, suspended, active: count('active'), deactivated: count('deactivated') }]
      }),
    ),
    memberships: byKey(
      each.flatMap(({ organization }) =>
        [...organization.members].map(([who, { role, status, deactivatedBy }]): [string, string] => [
          `${person(who)} in ${organization.name}`,
          `${role}, ${status}${status === 'deactivated' ? ` by ${person(deactivatedBy)}` : ''}`,
        ]),
      ),
    ),
    resources: byKey(
      each.flatMap(({ organization }) => [...organization.resources].map(([name, who]): [string, string] => [`${name} of ${organization.name}`, owner(who)])),
    ),
    machines: life.machines
      .filter(({ removed }) => !removed)
      .map(({ name, organization }) => `${name} of ${life.at(organization).name}`)
      .sort(),
    names: byKey([...life.names].map(([name, { user, organization }]) => [name, `${person(user)}/${organization === null ? '' : life.at(organization).name}`])),
    invitations: life.invitations.map((invitation) => {
      const { kind, organization, role, version, by, acceptedBy } = invitation
      return `${kind} of ${life.at(organization).name} as ${role} by ${person(by)}, version ${version}: ${life.stateOf(invitation)} ${person(acceptedBy)}`.trim()
    }),
  }
}

/** The same picture from the tables, read in one statement. */
export async function stored({ rows }: World, real: Real): Promise<Picture> {
  const people = real.people.map(({ id }) => `'${id}'`).join(', ')
  const all = (columns: string, from: string): string => `(select coalesce(jsonb_agg(to_jsonb(x)), '[]') from (select ${columns} from ${from}) x)`
  const mine = `organization o where o.founder_id in (${people})`
  const member = `membership m join organization o on o.id = m.organization_id join account a on a.id = m.user_id left join account d on d.id = m.status_by`
  const [row] = await rows<{ all: Record<string, Record<string, never>[]> }>(`select jsonb_build_object(
    'usernames', ${all('username as name', `account where id in (${people}) and username is not null`)},
    'organizations', ${all(
      `o.name, (select split_part(email, '@', 1) from account a where a.id = o.founder_id) as founder, personal, plan, suspended_at is not null as suspended,
       active_members as active, deactivated_members as deactivated`,
      mine,
    )},
    'memberships', ${all('a.username as person, o.name as organization, m.role, m.status, d.username as by', `${member} where m.user_id in (${people})`)},
    'resources', ${all(
      `r.kind || '/' || r.name || ' of ' || o.name as name, coalesce(a.username, s.name) as owner`,
      `resource r join organization o on o.id = r.organization_id left join account a on a.id = r.owner_id left join service_account s on s.id = r.owner_id
       where o.founder_id in (${people}) and r.removed_at is null`,
    )},
    'machines', ${all(`s.name || ' of ' || o.name as name`, `service_account s join organization o on o.id = s.organization_id where o.founder_id in (${people}) and s.ended_at is null`)},
    'names', ${all(
      `n.name, coalesce(a.username, '') as person, coalesce(o.name, '') as organization`,
      `name n left join account a on a.id = n.user_id left join organization o on o.id = n.organization_id where n.user_id in (${people}) or o.founder_id in (${people})`,
    )},
    'invitations', ${all(
      `i.id, i.kind, o.name as organization, i.role, m.username as maker, i.version, t.username as taker,
       case when i.state = 'open' and i.expires_at <= muster_now() then 'expired' else i.state end as state`,
      `invitation i join organization o on o.id = i.organization_id join account m on m.id = i.created_by left join account t on t.id = i.accepted_by
       where o.founder_id in (${people})`,
    )}) as all`)
  const found = row?.all ?? {}
  const list = <T>(what: string): T[] => (found[what] ?? []) as unknown as T[]
  const invitations = new Map(list<Record<string, string>>('invitations').map((one) => [one['id'], one]))
  const known = real.people.map(({ email }) => email.split('@')[0])
  return {
    usernames: list<{ name: string }>('usernames')
      .map(({ name }) => name)
      .sort((one, other) => known.indexOf(one) - known.indexOf(other)),
    organizations: byKey(list<{ name: string } & Picture['organizations'][string]>('organizations').map(({ name, ...rest }) => [name, rest])),
    memberships: byKey(
      list<Record<string, string>>('memberships').map((one) => [
        `${one['person']} in ${one['organization']}`,
        `${one['role']}, ${one['status']}${one['status'] === 'deactivated' ? ` by ${one['by']}` : ''}`,
      ]),
    ),
    resources: byKey(list<{ name: string; owner: string }>('resources').map(({ name, owner }) => [name, owner])),
    machines: list<{ name: string }>('machines')
      .map(({ name }) => name)
      .sort(),
    names: byKey(list<Record<string, string>>('names').map((one) => [one['name'] ?? '', `${one['person']}/${one['organization']}`])),
    invitations: real.invitations.map((id) => {
      const one = invitations.get(id)
      return `${one?.['kind']} of ${one?.['organization']} as ${one?.['role']} by ${one?.['maker']}, version ${one?.['version']}: ${one?.['state']} ${one?.['taker'] ?? ''}`.trim()
    }),
  }
}
