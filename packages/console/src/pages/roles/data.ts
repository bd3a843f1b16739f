import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query'
import { answer, api, type Schemas } from '../../lib/api.ts'
import { queries } from '../../lib/queries.ts'

export type Area = Schemas['PermissionArea']
export type Holder = Schemas['RoleHolder']

/** The built-in roles, and those of the organization by name. */
export const rolesQuery = (org: string) =>
  queryOptions({
    queryKey: ['roles', org, 'list'],
    queryFn: async ({ signal }) => (await answer(api.GET('/v1/organizations/{org}/roles', { signal, params: { path: { org } } }))).items,
  })

/** The permissions of Muster and of the platform's APIs, by area. */
export const areasQuery = queryOptions({
  queryKey: ['permissions'],
  queryFn: async ({ signal }) => (await answer(api.GET('/v1/permissions', { signal }))).items,
})

/** Members, service accounts and open invitations that have the role. */
export const holdersQuery = (org: string, role: string) =>
  infiniteQueryOptions({
    queryKey: ['roles', org, 'holders', role],
    initialPageParam: undefined as string | undefined,
    queryFn: ({ signal, pageParam: cursor }) =>
      answer(api.GET('/v1/organizations/{org}/roles/{role}/holders', { signal, params: { path: { org, role }, query: { cursor, limit: 50 } } })),
    getNextPageParam: (page) => page.next_cursor ?? undefined,
  })

/** Refreshes everything that a change of a role affects. A user may hold the changed role themselves. */
export const refreshRoles = (): Promise<unknown> =>
  Promise.all(
    ['roles', 'me', 'members', 'invitations', 'service-accounts', 'keys', 'resources', 'audit'].map((noun) => queries.invalidateQueries({ queryKey: [noun] })),
  )
