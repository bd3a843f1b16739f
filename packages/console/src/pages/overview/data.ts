import { queryOptions } from '@tanstack/react-query'
import { answer, api } from '../../lib/api.ts'

// One page of each list. `countOf` marks a list that has more.

export const openInvitationsQuery = (org: string) =>
  queryOptions({
    queryKey: ['invitations', org, 'open'],
    queryFn: ({ signal }) =>
      answer(api.GET('/v1/organizations/{org}/invitations', { signal, params: { path: { org }, query: { state: 'open', limit: 100 } } })),
  })

export const newestResourcesQuery = (org: string) =>
  queryOptions({
    queryKey: ['resources', org, 'newest'],
    queryFn: ({ signal }) => answer(api.GET('/v1/organizations/{org}/resources', { signal, params: { path: { org }, query: { limit: 100 } } })),
  })

export const recentEventsQuery = (org: string) =>
  queryOptions({
    queryKey: ['audit', org, 'recent'],
    queryFn: ({ signal }) => answer(api.GET('/v1/organizations/{org}/audit-events', { signal, params: { path: { org }, query: { limit: 50 } } })),
    select: ({ items }) => items.filter(({ action }) => !isLogin(action)).slice(0, 10),
  })

/** Logins happen too often for the overview; the audit log shows them. */
const isLogin = (action: string): boolean => /^(session|refresh_token|device_authorization)\./.test(action)

export const ownSessionsQuery = queryOptions({
  queryKey: ['sessions', 'own', 'newest'],
  queryFn: ({ signal }) => answer(api.GET('/v1/me/sessions', { signal })),
})

/** "12", or "100+" when there are more pages. */
export const countOf = (page: { items: unknown[]; next_cursor: string | null }): string =>
  `${page.items.length.toLocaleString('en')}${page.next_cursor === null ? '' : '+'}`
