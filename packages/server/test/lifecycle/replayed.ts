import type { Store } from '@muster/server/domain/store.ts'
import { type Replayed, replay } from '@muster/testkit/replay.ts'

/** The state that the whole audit log describes. */
export async function recorded({ store }: { store: Pick<Store, 'reading'> }): Promise<Replayed> {
  let state: Replayed | undefined
  for (let seq = 0n; ; ) {
    const events = await store.reading.audit.after(seq, {}, 200)
    state = replay(events, state)
    const last = events.at(-1)
    if (!last) return state
    seq = last.seq
  }
}

/** The state that the rows of the events describe alone, as if every personal value had been erased (P19). */
export async function recordedInRows({ rows }: { rows<Row>(statement: string): Promise<Row[]> }): Promise<Replayed> {
  return replay(await rows(`select type, outcome, target, organization_id as "organizationId", details from audit_event order by seq`))
}

/** Memberships with their epochs, roles, founders and owners, and which people, organizations, resources and service accounts there are. */
export const withoutNames = ({ usernames, organizations, memberships, resources, serviceAccounts, roles }: Replayed) => ({
  people: new Set(usernames.keys()),
  organizations: mapped(organizations, ({ founderId, personal }) => ({ founderId, personal })),
  memberships,
  resources: mapped(resources, ({ organizationId, kind, ownerId }) => ({ organizationId, kind, ownerId })),
  serviceAccounts: mapped(serviceAccounts, ({ name: _, ...serviceAccount }) => serviceAccount),
  roles: mapped(roles, ({ name: _, ...role }) => role),
})

const mapped = <V, W>(all: Map<string, V>, change: (value: V) => W): Map<string, W> => new Map([...all].map(([key, value]) => [key, change(value)]))

/** The same state, read from the tables. */
export async function stored({ rows }: { rows<Row>(statement: string): Promise<Row[]> }): Promise<Replayed> {
  const map = async (statement: string): Promise<Map<string, never>> =>
    new Map((await rows<{ key: string; value: never }>(statement)).map(({ key, value }) => [key, value]))
  return {
    usernames: await map(`select id as key, to_jsonb(username) as value from account where username is not null`),
    organizations: await map(`select id as key, jsonb_build_object('name', name, 'founderId', founder_id, 'personal', personal) as value from organization`),
    memberships: await map(
      `select organization_id || '/' || user_id as key, jsonb_build_object('role', role, 'roleId', role_id, 'status', status) as value from membership`,
    ),
    resources: await map(
      `select id as key, jsonb_build_object('organizationId', organization_id, 'kind', kind, 'name', name, 'ownerId', owner_id) as value from resource where removed_at is null`,
    ),
    serviceAccounts: await map(
      `select id as key, jsonb_build_object('organizationId', organization_id, 'name', name, 'role', role, 'roleId', role_id) as value from service_account where ended_at is null`,
    ),
    roles: await map(
      `select id as key, jsonb_build_object('organizationId', organization_id, 'name', name, 'permissions', permissions, 'revision', revision) as value from role where removed_at is null`,
    ),
  }
}

/** Without epochs, because the tables keep them with the user and not with the membership. */
export const comparable = ({ memberships, ...rest }: Replayed) => ({
  ...rest,
  memberships: mapped(memberships, ({ epoch: _, ...membership }) => membership),
})
