import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query'
import { answer, api, type Schemas } from '../../lib/api.ts'
import { queries } from '../../lib/queries.ts'

export type Details = Schemas['OrganizationPage']
export type Secret = Schemas['Secret']

/** Open invite links and organization secrets. */
export const openSecretsQuery = (org: string) =>
  infiniteQueryOptions({
    queryKey: ['invitations', org, 'secrets', 'open'],
    initialPageParam: undefined as string | undefined,
    queryFn: ({ signal, pageParam: cursor }) =>
      answer(api.GET('/v1/organizations/{org}/secrets', { signal, params: { path: { org }, query: { state: 'open', cursor, limit: 20 } } })),
    getNextPageParam: (page) => page.next_cursor ?? undefined,
    refetchInterval: 60_000, // links expire or are used while the page is open
  })

/** A dry run of a rename. */
export const renamePlanQuery = (org: string, from: string, to: string) =>
  queryOptions({
    queryKey: ['rename', org, from, to],
    queryFn: ({ signal }) => answer(api.POST('/v1/organizations/{org}/rename', { signal, params: { path: { org } }, body: { from, to, dry_run: true } })),
    retry: false,
    staleTime: 0,
  })

/** Refreshes everything that shows the name of the organization. */
export const refreshOrganization = (): Promise<unknown> =>
  Promise.all(['me', 'organization', 'resources', 'audit'].map((noun) => queries.invalidateQueries({ queryKey: [noun] })))

/** The username or address of a contact. */
export const contactName = (contact: Schemas['Contact'] | null | undefined): string => contact?.username ?? contact?.email ?? ''

/** The move plan for leaving. It is read again each time the dialog opens. */
export const leavePlanQuery = (org: string) =>
  queryOptions({
    queryKey: ['move', org],
    queryFn: ({ signal }) => answer(api.GET('/v1/me/move', { signal })),
    gcTime: 0,
  })
