import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query'
import { answer, api, type Schemas } from '../../lib/api.ts'
import { queries } from '../../lib/queries.ts'

export type Key = Schemas['Key']
export type ServiceAccount = Schemas['ServiceAccount']

export interface KeyFilter {
  /** Only keys whose creator is no longer active. */
  roll?: true | undefined
}

const paged = { initialPageParam: undefined as string | undefined, getNextPageParam: (page: { next_cursor: string | null }) => page.next_cursor ?? undefined }

export const ownKeysQuery = infiniteQueryOptions({
  ...paged,
  queryKey: ['keys', 'own'],
  queryFn: ({ signal, pageParam: cursor }) => answer(api.GET('/v1/me/keys', { signal, params: { query: { cursor, limit: 100 } } })),
})

export const allKeysQuery = (org: string) =>
  infiniteQueryOptions({
    ...paged,
    queryKey: ['keys', org, 'all'],
    queryFn: ({ signal, pageParam: cursor }) =>
      answer(api.GET('/v1/organizations/{org}/keys', { signal, params: { path: { org }, query: { cursor, limit: 100 } } })),
  })

/** Keys that may do everything that their holder may (F15). */
export const keysWithoutScopeQuery = (org: string) =>
  infiniteQueryOptions({
    ...paged,
    queryKey: ['keys', org, 'without-scope'],
    queryFn: ({ signal, pageParam: cursor }) =>
      answer(api.GET('/v1/organizations/{org}/keys', { signal, params: { path: { org }, query: { cursor, limit: 100, scope: 'all' } } })),
  })

export const keysOfQuery = (org: string, account: string) =>
  infiniteQueryOptions({
    ...paged,
    queryKey: ['keys', org, 'of', account],
    queryFn: ({ signal, pageParam: cursor }) =>
      answer(api.GET('/v1/organizations/{org}/service-accounts/{account}/keys', { signal, params: { path: { org, account }, query: { cursor, limit: 100 } } })),
  })

export const serviceAccountsQuery = (org: string) =>
  infiniteQueryOptions({
    ...paged,
    queryKey: ['service-accounts', org, 'list'],
    queryFn: ({ signal, pageParam: cursor }) =>
      answer(api.GET('/v1/organizations/{org}/service-accounts', { signal, params: { path: { org }, query: { cursor, limit: 100 } } })),
  })

export const serviceAccountQuery = (org: string, account: string) =>
  queryOptions({
    queryKey: ['service-accounts', org, 'one', account],
    queryFn: ({ signal }) => answer(api.GET('/v1/organizations/{org}/service-accounts/{account}', { signal, params: { path: { org, account } } })),
  })

/** Refreshes everything that a change of keys or service accounts affects. */
export const refreshKeys = (): Promise<unknown> =>
  Promise.all(['keys', 'service-accounts', 'resources', 'audit', 'roles'].map((noun) => queries.invalidateQueries({ queryKey: [noun] })))
