import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query'
import { answer, api } from '../../lib/api.ts'
import { queries } from '../../lib/queries.ts'

export interface ResourceFilter {
  kind?: string | undefined
  /** A username, or the name of a service account. */
  owner?: string | undefined
}

export const resourcesQuery = (org: string, { kind, owner }: ResourceFilter) =>
  infiniteQueryOptions({
    queryKey: ['resources', org, 'list', { kind, owner }],
    initialPageParam: undefined as string | undefined,
    queryFn: ({ signal, pageParam: cursor }) =>
      answer(
        api.GET('/v1/organizations/{org}/resources', {
          signal,
          params: { path: { org }, query: { ...(kind && { kind }), ...(owner && { owner }), cursor, limit: 100 } },
        }),
      ),
    getNextPageParam: (page) => page.next_cursor ?? undefined,
  })

/** Active members that match the typed text. */
export const candidatesQuery = (org: string, q: string) =>
  queryOptions({
    queryKey: ['members', org, 'candidates', q],
    queryFn: ({ signal }) =>
      answer(
        api.GET('/v1/organizations/{org}/members', {
          signal,
          params: { path: { org }, query: { ...(q !== '' && { q }), status: 'active', limit: 20 } },
        }),
      ),
  })

export const serviceAccountsQuery = (org: string) =>
  queryOptions({
    queryKey: ['service-accounts', org, 'owners'],
    queryFn: ({ signal }) => answer(api.GET('/v1/organizations/{org}/service-accounts', { signal, params: { path: { org }, query: { limit: 100 } } })),
  })

export const refreshResources = (): Promise<unknown> => Promise.all(['resources', 'audit'].map((noun) => queries.invalidateQueries({ queryKey: [noun] })))
