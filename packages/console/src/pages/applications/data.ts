import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query'
import { answer, api, type Schemas } from '../../lib/api.ts'

export type Application = Schemas['Application']
export type MemberApplication = Schemas['MemberApplication']

export const applicationsQuery = queryOptions({
  queryKey: ['applications', 'own'],
  queryFn: ({ signal }) => answer(api.GET('/v1/me/applications', { signal })),
})

export const organizationApplicationsQuery = (org: string) =>
  infiniteQueryOptions({
    queryKey: ['applications', org],
    initialPageParam: undefined as string | undefined,
    queryFn: ({ signal, pageParam: cursor }) =>
      answer(api.GET('/v1/organizations/{org}/applications', { signal, params: { path: { org }, query: { cursor, limit: 100 } } })),
    getNextPageParam: (page) => page.next_cursor ?? undefined,
  })
