import type { DomainEvents, EventType } from './events.ts'

/**
 * `personal`: a name or a text that a person typed. It is stored apart from the event and can be erased (P19). `plain`: a time, a code, a word from the settings or
 * a manifest.
 */
type Kind = 'personal' | 'plain'

type Element<V> = V extends readonly (infer E)[] ? E : V

/** Ids, although their types allow any text. */
type IdField = 'target' | 'clientId'

/** The fields that can hold any text. Numbers and words of a fixed list cannot. */
type TextField<T extends EventType> = {
  [F in Exclude<keyof DomainEvents[T], IdField>]-?: string extends Element<NonNullable<DomainEvents[T][F]>> ? F : never
}[Exclude<keyof DomainEvents[T], IdField>]

/** `address` is the network address of every event, so no event has a field of that name. */
type Kinds = {
  [T in EventType as [TextField<T>] extends [never] ? never : T]: { [F in TextField<T>]: F extends 'address' ? never : Kind }
}

/** What every event is stored with besides its own fields: the network address of its request is personal, too. */
export const ADDRESS = 'address'

const api = { name: 'plain', audience: 'plain', fields: 'plain', added: 'plain', removed: 'plain', grant: 'plain', viewer: 'plain' } as const

/** Which texts of events are personal. A new event type, or a new field, that can hold any text does not compile without an answer. */
export const textFields: Kinds = {
  'email.resent': { template: 'plain' },
  'user.registered': { username: 'personal' },
  'user.names_changed': { fields: 'plain' },
  'passkey.added': { name: 'personal' },
  'passkey.renamed': { name: 'personal' },
  'passkey.removed': { name: 'personal' },
  'passkey.copied': { name: 'personal' },
  'identity.linked': { provider: 'plain', issuer: 'plain' },
  'identity.unlinked': { provider: 'plain', issuer: 'plain' },
  'factors.reset_requested': { inForceAt: 'plain' },
  'session.started': { methods: 'plain' },
  'session.confirmed': { methods: 'plain' },
  'token.revoked': { jti: 'plain', expiresAt: 'plain' },

  'organization.created': { name: 'personal' },
  'organization.renamed': { from: 'personal', to: 'personal' },
  'membership.started': { roleName: 'personal' },
  'membership.role_changed': { roleName: 'personal', reason: 'personal' },
  'membership.deactivated': { reason: 'personal' },
  'user.suspended': { at: 'plain', reason: 'personal' },
  'service_account.created': { name: 'personal', roleName: 'personal' },
  'service_account.changed': { name: 'personal' },
  'service_account.role_changed': { roleName: 'personal' },
  'role.created': { name: 'personal', description: 'personal', permissions: 'plain' },
  'role.changed': { name: 'personal', description: 'personal', permissions: 'plain', added: 'plain', removed: 'plain' },
  'role.removed': { name: 'personal' },
  'key.created': { description: 'personal', scope: 'plain', expiresAt: 'plain' },
  'key.renamed': { description: 'personal' },
  'organization.plan_changed': { from: 'plain', to: 'plain', reason: 'personal' },
  'organization.suspended': { reason: 'personal' },
  'organization.resumed': { reason: 'personal' },
  'organization.factor_policy_changed': { from: 'plain' },
  'organization.contacts_changed': { fields: 'plain' },
  'resource.registered': { kind: 'plain', name: 'personal', hostLabel: 'personal' },
  'resource.removed': { kind: 'plain', name: 'personal' },
  'invitation.created': { roleName: 'personal', expiresAt: 'plain' },
  'invitation.role_changed': { roleName: 'personal' },
  'invitation.resent': { expiresAt: 'plain' },

  'consent.given': { name: 'personal', granted: 'plain' },
  'consent.revoked': { name: 'personal' },
  'client.registered': { name: 'personal', grants: 'plain', scopes: 'plain' },
  'client.changed': { name: 'personal', fields: 'plain', scopes: 'plain', redirectUris: 'plain' },
  'client.secret_created': { name: 'personal' },
  'client.secret_revoked': { name: 'personal' },
  'client.addresses_read': { name: 'personal' },
  'client.removed': { name: 'personal', at: 'plain' },
  'api.created': api,
  'api.changed': api,
  'api.removed': api,
  'stream.changed': { fields: 'plain' },
  'signing_key.created': { alg: 'plain' },
  'signing_key.rotated': { alg: 'plain' },
  'signing_key.withdrawn': { alg: 'plain' },
  // The name is also the id of the token as an actor: `operator:ci`.
  'operator_token.created': { name: 'plain', expiresAt: 'plain' },
  'operator_token.revoked': { name: 'plain' },
  'store.restored': { backupAt: 'plain' },
  'store.keys_kept': { before: 'plain' },
  refused: { code: 'plain' },
}

const personal = new Map(
  Object.entries(textFields).map(([type, kinds]) => [type, Object.keys(kinds).filter((field) => kinds[field as keyof typeof kinds] === 'personal')]),
)

/** The names of the personal fields of an event. */
export const personalFieldsOf = (type: EventType): readonly string[] => personal.get(type) ?? []
