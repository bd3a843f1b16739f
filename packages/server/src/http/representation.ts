import type { ListedPerson } from '../domain/accounts/store.ts'
import { actorOfKey, ownPermissionsOf } from '../domain/command/authorize.ts'
import { type CreatedKey, holderOf } from '../domain/credentials/api-key.ts'
import type { ListedKey, ListedServiceAccount } from '../domain/credentials/store.ts'
import type { ApiKey } from '../domain/model/api-key.ts'
import type { LiveKey, LiveState } from '../domain/model/live.ts'
import type { Member } from '../domain/model/membership.ts'
import type { Contact } from '../domain/model/organization.ts'
import type { UserPrincipal } from '../domain/model/principal.ts'
import type { HeldCustomRole, HeldRole } from '../domain/model/role.ts'
import { type Viewer, visibleTo } from '../domain/organizations/directory.ts'
import type { SignedOut } from '../domain/organizations/sign-out-member.ts'

interface RoleOf extends Pick<HeldRole, 'role'> {
  customRole?: Pick<HeldCustomRole, 'id' | 'name'> | null
}

/** A built-in role has a name only. A custom role has an id, and the name that its organization gave it. */
export const toRoleBody = ({ role, customRole }: RoleOf) => ({ role, ...(customRole && { role_id: customRole.id, role_name: customRole.name }) })

export const toContactBody = (contact: Contact | null) => contact && { id: contact.userId, username: contact.username, email: contact.email }

export const toOrganizationBody = ({ organization, membership }: LiveState) =>
  organization &&
  membership && { id: organization.id, name: organization.name, ...toRoleBody(membership), plan: organization.plan, personal: organization.personal }

export const toMeBody = (live: LiveState, token: UserPrincipal['token']) => ({
  id: live.account.id,
  email: live.account.email,
  username: live.account.username,
  given_name: live.account.givenName,
  family_name: live.account.familyName,
  company: live.account.company,
  created_at: live.account.createdAt.toISOString(),
  registered_at: live.account.registeredAt?.toISOString() ?? null,
  organization: toOrganizationBody(live),
  permissions: live.organization && live.membership ? ownPermissionsOf({ ...live.membership, scope: null }) : [],
  session: {
    id: live.session.id,
    kind: live.session.kind,
    client_id: live.session.clientId,
    created_at: live.session.createdAt.toISOString(),
    expires_at: live.session.expiresAt.toISOString(),
  },
  token: token && { expires_at: token.expiresAt.toISOString() },
})

/** The user or service account that a key acts as. */
export function toKeyIdentityBody(live: LiveKey) {
  const actor = actorOfKey(live)
  const { kind, id, organization } = actor
  return {
    kind,
    id,
    username: actor.kind === 'user' ? actor.username : actor.name,
    organization: { id: organization.id, name: organization.name, ...toRoleBody(actor), plan: organization.plan, personal: organization.personal },
    permissions: ownPermissionsOf(actor),
    key: { id: live.key.id, description: live.key.description, created_at: live.key.createdAt.toISOString(), ...toTermsBody(live.key) },
  }
}

export const toUserBody = (person: ListedPerson) => ({
  id: person.id,
  email: person.email,
  username: person.username,
  given_name: person.givenName,
  family_name: person.familyName,
  company: person.company,
  organization: person.membership && {
    id: person.membership.organizationId,
    name: person.membership.organizationName,
    ...toRoleBody(person.membership),
    status: person.membership.status,
  },
  created_at: person.createdAt.toISOString(),
  registered_at: person.registeredAt?.toISOString() ?? null,
  suspended_at: person.suspendedAt?.toISOString() ?? null,
})

export function toMemberBody(member: Member, viewer: Viewer) {
  const visible = visibleTo(viewer, member)
  return {
    id: member.userId,
    username: member.username,
    given_name: member.givenName,
    family_name: member.familyName,
    ...(visible.email && { email: member.email }),
    ...toRoleBody(member),
    status: member.status,
    status_since: member.statusAt.toISOString(),
    ...(visible.statusReason && { status_by: member.statusByName, status_reason: member.statusReason }),
    ...(visible.lastSeen && { last_seen_at: member.lastSeenAt && new Date(member.lastSeenAt).toISOString() }),
    ...(visible.suspension && { suspended_at: member.suspendedAt?.toISOString() ?? null }),
    joined_at: member.joinedAt.toISOString(),
  }
}

export const toSignedOutBody = ({ member, ended }: SignedOut, viewer: Viewer) => ({ member: toMemberBody(member, viewer), ended })

const toTermsBody = ({ scope, expiresAt }: Pick<ApiKey, 'scope' | 'expiresAt'>) => ({
  scope: scope === null ? ('all' as const) : [...scope],
  expires_at: expiresAt?.toISOString() ?? null,
})

export const toKeyBody = (key: ListedKey) => ({
  id: key.id,
  description: key.description,
  holder: { ...holderOf(key), name: key.holderName },
  created_by: { id: key.createdBy, username: key.createdByName },
  created_by_left: key.createdByLeft,
  created_at: key.createdAt.toISOString(),
  last_used_at: key.lastUsedAt?.toISOString() ?? null,
  last_address: key.lastAddress,
  ...toTermsBody(key),
})

export const toCreatedKeyBody = ({ id, key, description, scope, createdAt, expiresAt }: CreatedKey) => ({
  id,
  key,
  description,
  scope: scope === null ? ('all' as const) : [...scope],
  created_at: createdAt,
  expires_at: expiresAt,
})

export const toServiceAccountBody = (account: ListedServiceAccount) => ({
  id: account.id,
  name: account.name,
  description: account.description,
  ...toRoleBody(account),
  created_by: { id: account.createdBy, username: account.createdByName },
  created_at: account.createdAt.toISOString(),
})
