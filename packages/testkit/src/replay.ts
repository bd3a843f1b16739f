import type { DomainEvent, EventOf, EventType } from '@muster/contract/events.ts'
import type { MembershipStatus, Role } from '@muster/contract/permissions.ts'
import type { RecordedEvent } from '@muster/server/domain/command/store.ts'

/**
 * The state that the audit log alone describes: users, memberships, roles, names and owners (S57, I6). Names are personal: after they were erased, and in the rows
 * of the events alone, they are missing, and nothing else is (P19).
 */
export interface Replayed {
  /** User id → username. */
  usernames: Map<string, string>
  organizations: Map<string, { name: string; founderId: string; personal: boolean }>
  /** The key is `<organization>/<user>`. */
  memberships: Map<string, Held & { status: MembershipStatus; epoch: number }>
  /** The key is the id. Removed resources are left out. */
  resources: Map<string, { organizationId: string; kind: string; name: string; ownerId: string }>
  /** Removed service accounts are left out. */
  serviceAccounts: Map<string, Held & { organizationId: string; name: string }>
  /** Custom roles. Removed ones are left out. */
  roles: Map<string, { organizationId: string; name: string; permissions: string[]; revision: number }>
}

type Step<T extends EventType> = (state: Replayed, event: EventOf<T>) => void

interface Held {
  role: Role
  /** Of a custom role. */
  roleId: string | null
}
const heldBy = ({ role, roleId }: { role: Role; roleId?: string | undefined }): Held => ({ role, roleId: roleId ?? null })

const keyOf = ({ organizationId, target }: { organizationId: string; target: string }): string => `${organizationId}/${target}`

/** The change that each event makes. An event without an entry changes nothing here; replay.test.ts finds missing entries. */
const steps: { [T in EventType]?: Step<T> } = {
  'user.registered': ({ usernames }, { target, username }) => void usernames.set(target, username),
  'organization.created': ({ organizations }, { target, name, founderId }) => void organizations.set(target, { name, founderId, personal: true }),
  'organization.renamed': ({ organizations }, { target, to }) => change(organizations, target, { name: to }),
  'organization.shared': ({ organizations }, { target }) => change(organizations, target, { personal: false }),
  'membership.started': ({ memberships }, event) => void memberships.set(keyOf(event), { ...heldBy(event), status: 'active', epoch: event.epoch }),
  'membership.ended': ({ memberships }, event) => change(memberships, keyOf(event), { status: 'left', epoch: event.epoch }),
  'membership.role_changed': ({ memberships }, event) => change(memberships, keyOf(event), { ...heldBy(event), epoch: event.epoch }),
  'membership.deactivated': ({ memberships }, event) => change(memberships, keyOf(event), { status: 'deactivated', epoch: event.epoch }),
  'membership.reactivated': ({ memberships }, event) => change(memberships, keyOf(event), { status: 'active', epoch: event.epoch }),
  'resource.registered': ({ resources }, { target, organizationId, kind, name, ownerId }) =>
    void resources.set(target, { organizationId, kind, name, ownerId }),
  'resource.transferred': ({ resources }, { target, to }) => change(resources, target, { ownerId: to }),
  'resource.removed': ({ resources }, { target }) => void resources.delete(target),
  'service_account.created': ({ serviceAccounts }, { target, organizationId, name, role = 'member', roleId }) =>
    void serviceAccounts.set(target, { organizationId, name, ...heldBy({ role, roleId }) }),
  'service_account.changed': ({ serviceAccounts }, { target, name }) => change(serviceAccounts, target, { name }),
  'service_account.role_changed': ({ serviceAccounts }, event) => change(serviceAccounts, event.target, heldBy(event)),
  'service_account.removed': ({ serviceAccounts }, { target }) => void serviceAccounts.delete(target),
  'role.created': ({ roles }, { target, organizationId, name, permissions, revision }) =>
    void roles.set(target, { organizationId, name, permissions, revision }),
  'role.changed': ({ roles }, { target, name, permissions, revision }) => change(roles, target, { name, permissions, revision }),
  'role.removed': ({ roles }, { target }) => void roles.delete(target),
}

/** An event about an object that no earlier event created: the audit log is incomplete. */
function change<V extends object>(all: Map<string, V>, key: string, to: Partial<V>): void {
  const now = all.get(key)
  if (!now) throw new Error(`The record changes ${key}, which it never began.`)
  all.set(key, { ...now, ...to })
}

/** Applies the events to an empty state, in their order. Refusals change nothing. */
export function replay(
  events: Iterable<Pick<RecordedEvent, 'type' | 'outcome' | 'target' | 'organizationId' | 'details'>>,
  state: Replayed = {
    usernames: new Map(),
    organizations: new Map(),
    memberships: new Map(),
    resources: new Map(),
    serviceAccounts: new Map(),
    roles: new Map(),
  },
): Replayed {
  for (const { type, outcome, target, organizationId, details } of events) {
    if (outcome !== 'done') continue
    const step = steps[type] as Step<EventType> | undefined
    step?.(state, { type, target, organizationId, ...details } as DomainEvent)
  }
  return state
}
