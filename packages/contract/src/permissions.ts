/** The roles that every organization has (P6). */
export const builtInRoles = ['admin', 'member', 'viewer'] as const
export type BuiltInRole = (typeof builtInRoles)[number]
/** `custom`: a role of the organization, which has an id (P7). */
export const roles = [...builtInRoles, 'custom'] as const
export type Role = (typeof roles)[number]
/** False for a role of a later version. */
export const isRole = (name: unknown): name is Role => (roles as readonly unknown[]).includes(name)
/** Each built-in role has the rights of those after it. A custom role, and a role of a later version, is never above another one. */
export const isAtLeast = (role: string | null, least: BuiltInRole): boolean =>
  (builtInRoles.slice(0, builtInRoles.indexOf(least) + 1) as readonly (string | null)[]).includes(role)

/** A role that servers and verifiers of the version before do not know (P11). */
export const isBelowMember = ({ role }: { role: Role }): boolean => role !== 'admin' && role !== 'member'

export const membershipStatuses = ['active', 'deactivated', 'left'] as const
export type MembershipStatus = (typeof membershipStatuses)[number]

/** The built-in roles that have each permission in their own organization (S4, P6). */
export const permissions = {
  'organization:read': ['admin', 'member', 'viewer'],
  'organization:rename': ['admin'],
  'members:read': ['admin', 'member', 'viewer'],
  'members:read-email': ['admin'],
  'members:remove': ['admin'],
  'members:role': ['admin'],
  'members:deactivate': ['admin'],
  'members:sign-out': ['admin'],
  'members:reset-factors': ['admin'],
  'invitations:read': ['admin'],
  'invitations:create': ['admin'],
  'invitations:revoke': ['admin'],
  'keys:read': ['admin'],
  'keys:manage': ['admin'],
  'service-accounts:read': ['admin'],
  'service-accounts:manage': ['admin'],
  'applications:read': ['admin'],
  'resources:read': ['admin', 'member', 'viewer'],
  'resources:register': ['admin', 'member'],
  'resources:transfer': ['admin', 'member'],
  'resources:remove': ['admin', 'member'],
  'organization:contacts': ['admin'],
  'organization:security': ['admin'],
  'audit:read': ['admin'],
  'members:names': ['admin'],
} as const satisfies Record<string, readonly BuiltInRole[]>

export type Permission = keyof typeof permissions
export const isPermission = (name: string): name is Permission => Object.hasOwn(permissions, name)

/** Permissions of admins only. A service account never has them, because it holds any role but admin (P9). */
export type AdminPermission = Exclude<{ [P in Permission]: 'member' extends (typeof permissions)[P][number] ? never : P }[Permission], Delegable>

/** The keys that an organization allows (F15): all, or those with a scope. */
export const keyPolicies = ['any', 'scoped'] as const
export type KeyPolicy = (typeof keyPolicies)[number]

/** The permissions of Muster's own API that a custom role may have (P7). The others are for admins, because they change the organization, or the access of other people, or show the addresses of members. */
export const delegable = [
  'organization:read',
  'members:read',
  'members:names',
  'invitations:read',
  'invitations:create',
  'invitations:revoke',
  'keys:read',
  'service-accounts:read',
  'applications:read',
  'resources:read',
  'resources:register',
  'resources:transfer',
  'resources:remove',
  'organization:contacts',
  'audit:read',
] as const satisfies readonly Permission[]
export type Delegable = (typeof delegable)[number]
export const isDelegable = (permission: Permission): permission is Delegable => (delegable as readonly Permission[]).includes(permission)

/** The holders of a role are counted up to this number, of each kind. */
export const HOLDERS_COUNTED = 1_000

/** @param granted the permissions of a custom role */
export const roleMay = (role: Role, permission: Permission, granted: readonly string[]): boolean =>
  role === 'custom' ? granted.includes(permission) && isDelegable(permission) : (permissions[permission] as readonly BuiltInRole[]).includes(role)

/** Scopes that the operator can give to a client acting for itself (S58, P15). None of them is a scope of people. */
export const machineScopes = [
  'resources:register',
  'hosts:read',
  'introspect',
  'signals',
  'platform:organizations:read',
  'platform:members:read',
  'platform:users:read',
  'platform:events:read',
  'platform:plans:write',
] as const
export type MachineScope = (typeof machineScopes)[number]

/** Scopes of a person's token. `api` allows acting as the person on Muster's own API. */
export const personScopes = ['openid', 'profile', 'email', 'offline_access', 'api'] as const

/** What these scopes allow, for the person. Each line completes “This application will be able to”. */
export const wordsOfScopes: Readonly<Record<string, string>> = {
  openid: 'Identify you by an ID that never changes',
  profile: 'See your name, username, organization and role',
  email: 'See your email address',
  offline_access: 'Keep this access while you are away, until you end it',
  api: 'Act as you, with all your permissions here',
} satisfies Record<(typeof personScopes)[number], string>
