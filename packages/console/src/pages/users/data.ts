import type { Permission } from '@muster/contract/permissions.ts'
import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query'
import { answer, api, type Schemas } from '../../lib/api.ts'
import { queries } from '../../lib/queries.ts'

export interface MemberFilter {
  q?: string | undefined
  status?: 'active' | 'deactivated' | 'left' | undefined
  /** The id of a role. */
  role?: string | undefined
}

export interface InvitationFilter {
  q?: string | undefined
  state?: 'open' | 'accepted' | 'declined' | 'revoked' | 'expired' | undefined
  kind?: 'email' | 'link' | 'secret' | undefined
}

/** The actions on a member that have a dialog, and the permission that each needs. */
export const actionNeeds = {
  edit: 'members:names',
  role: 'members:role',
  'sign-out': 'members:sign-out',
  'reset-factors': 'members:reset-factors',
  deactivate: 'members:deactivate',
  remove: 'members:remove',
  invite: 'invitations:create',
} as const satisfies Record<string, Permission>

// Query keys have ids, because names can change.

export const membersQuery = (org: string, filter: MemberFilter) =>
  infiniteQueryOptions({
    queryKey: ['members', org, 'list', filter],
    initialPageParam: undefined as string | undefined,
    queryFn: ({ signal, pageParam: cursor }) =>
      answer(api.GET('/v1/organizations/{org}/members', { signal, params: { path: { org }, query: { ...defined(filter), cursor, limit: 100 } } })),
    getNextPageParam: (page) => page.next_cursor ?? undefined,
  })

export const invitationsQuery = (org: string, filter: InvitationFilter) =>
  infiniteQueryOptions({
    queryKey: ['invitations', org, 'list', filter],
    initialPageParam: undefined as string | undefined,
    queryFn: ({ signal, pageParam: cursor }) =>
      answer(api.GET('/v1/organizations/{org}/invitations', { signal, params: { path: { org }, query: { ...defined(filter), cursor, limit: 100 } } })),
    getNextPageParam: (page) => page.next_cursor ?? undefined,
  })

export const memberQuery = (org: string, user: string) =>
  queryOptions({
    queryKey: ['members', org, 'one', user],
    queryFn: ({ signal }) => answer(api.GET('/v1/organizations/{org}/members/{user}', { signal, params: { path: { org, user } } })),
  })

/** For admins: resets of factors that have not taken force yet. */
export const factorResetsQuery = (org: string) =>
  queryOptions({
    queryKey: ['members', org, 'factor-resets'],
    queryFn: ({ signal }) => answer(api.GET('/v1/organizations/{org}/factor-resets', { signal, params: { path: { org } } })),
  })

/** Resources of one owner: the first hundred, and whether there are more. */
export const ownedQuery = (org: string, owner: string) =>
  queryOptions({
    queryKey: ['resources', org, 'owned', owner],
    queryFn: ({ signal }) => answer(api.GET('/v1/organizations/{org}/resources', { signal, params: { path: { org }, query: { owner, limit: 100 } } })),
  })

export const organizationQuery = (org: string) =>
  queryOptions({
    queryKey: ['organization', org],
    queryFn: ({ signal }) => answer(api.GET('/v1/organizations/{org}', { signal, params: { path: { org } } })),
  })

/** Keys of service accounts that a user created and could have copied. They stay valid when the user leaves (S37). */
export const copyableKeysQuery = (org: string, user: string) =>
  queryOptions({
    queryKey: ['keys', org, 'copyable', user],
    queryFn: async ({ signal }) => {
      const keys: Schemas['Key'][] = []
      for (let cursor: string | undefined; ; ) {
        const query = { created_by: user, holder: 'service_account', cursor, limit: 100 } as const
        const page = await answer(api.GET('/v1/organizations/{org}/keys', { signal, params: { path: { org }, query } }))
        keys.push(...page.items)
        if (page.next_cursor === null) return keys
        cursor = page.next_cursor
      }
    },
  })

/** Refreshes everything that a change of members affects. */
export const refreshPeople = (): Promise<unknown> =>
  Promise.all(['members', 'invitations', 'organization', 'resources', 'audit', 'keys', 'roles'].map((noun) => queries.invalidateQueries({ queryKey: [noun] })))

function defined<T extends object>(filter: T): T {
  return Object.fromEntries(Object.entries(filter).filter(([, value]) => value !== undefined)) as T
}
