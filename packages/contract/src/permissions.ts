export const roles = ['admin', 'member'] as const
export type Role = (typeof roles)[number]

export const membershipStatuses = ['active', 'deactivated', 'left'] as const
export type MembershipStatus = (typeof membershipStatuses)[number]

/** Who may do what inside their own organization (S4). */
export const permissions = {
  'organization:read': ['admin', 'member'],
  'organization:rename': ['admin'],
  'members:read': ['admin', 'member'],
  'members:read-email': ['admin'],
  'members:remove': ['admin'],
  'members:role': ['admin'],
  'members:deactivate': ['admin'],
  'members:sign-out': ['admin'],
  'invitations:read': ['admin'],
  'invitations:create': ['admin'],
  'invitations:revoke': ['admin'],
  'keys:read': ['admin'],
  'keys:manage': ['admin'],
  'service-accounts:read': ['admin'],
  'service-accounts:manage': ['admin'],
  'resources:read': ['admin', 'member'],
  'resources:register': ['admin', 'member'],
  'resources:transfer': ['admin', 'member'],
  'resources:remove': ['admin', 'member'],
  'organization:contacts': ['admin'],
  'audit:read': ['admin'],
  'members:names': ['admin'],
} as const satisfies Record<string, readonly Role[]>

export type Permission = keyof typeof permissions

/** What only admins may do: a service account, which has the rights of a member, never reaches it. */
export type AdminPermission = { [P in Permission]: 'member' extends (typeof permissions)[P][number] ? never : P }[Permission]

export const roleMay = (role: Role, permission: Permission): boolean => (permissions[permission] as readonly Role[]).includes(role)

/** What a client may be given to do by the operator, besides signing people in (S58). */
export const machineScopes = ['resources:register', 'hosts:read', 'introspect', 'signals'] as const
export type MachineScope = (typeof machineScopes)[number]

/** What a person's token may carry. `api` lets it act as the person on Muster's own API. */
export const personScopes = ['openid', 'profile', 'email', 'offline_access', 'api'] as const
