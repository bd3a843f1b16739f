import { type Permission, type Role, roleMay } from './permissions.ts'

interface PermissionArea {
  area: string
  permissions: Partial<Record<Permission, string>>
}

const areas = [
  {
    area: 'Resources',
    permissions: {
      'resources:read': 'List resources, and look up the application of a host',
      'resources:register': 'Register resources',
      'resources:transfer': 'Transfer resources to another owner',
      'resources:remove': 'Remove resources',
    },
  },
  {
    area: 'Members',
    permissions: {
      'members:read': 'List members',
      'members:read-email': 'See the email addresses of members, and when they were last seen',
      'members:names': 'Change the names of members',
      'members:role': 'Change the roles of members',
      'members:sign-out': 'Sign members out',
      'members:deactivate': 'Deactivate and reactivate members',
      'members:remove': 'Remove members',
      'members:reset-factors': 'See resets of factors',
      'applications:read': 'See which applications of third parties members let act for them',
    },
  },
  {
    area: 'Invitations',
    permissions: {
      'invitations:read': 'List invitations',
      'invitations:create': "Invite people, with a role that allows no more than one's own",
      'invitations:revoke': 'Revoke invitations',
    },
  },
  {
    area: 'Keys and service accounts',
    permissions: {
      'keys:read': 'List all keys of the organization',
      'keys:manage': 'Rename and revoke keys',
      'service-accounts:read': 'List service accounts',
      'service-accounts:manage': 'Create, change and remove service accounts',
    },
  },
  {
    area: 'Organization',
    permissions: {
      'organization:read': 'See the organization',
      'organization:contacts': 'See and change contacts and the postal address',
      'organization:rename': 'Rename the organization',
      'organization:security': 'See members and credentials that the security settings do not accept',
      'audit:read': 'Read the audit log',
    },
  },
] as const satisfies readonly PermissionArea[]

type KeyOfEach<T> = T extends unknown ? keyof T : never
type InAreas = KeyOfEach<(typeof areas)[number]['permissions']>

/** The permissions of Muster's own API by area, in words, as a person chooses them for a key (P12). Each permission is in an area, or this does not compile. */
export const permissionAreas: Permission extends InAreas ? readonly PermissionArea[] : { without: Exclude<Permission, InAreas> } = areas

export interface PermissionChoice {
  permission: Permission
  words: string
}

/**
 * The permissions that a key of a holder with this role can have, by area.
 * @param granted the permissions of a custom role
 */
export const permissionChoices = (role: Role, granted: readonly string[] = []): { area: string; choices: PermissionChoice[] }[] =>
  permissionAreas
    .map(({ area, permissions }) => ({
      area,
      choices: (Object.entries(permissions) as [Permission, string][])
        .filter(([permission]) => roleMay(role, permission, granted))
        .map(([permission, words]) => ({ permission, words })),
    }))
    .filter(({ choices }) => choices.length > 0)
