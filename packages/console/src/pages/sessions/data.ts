import { queryOptions } from '@tanstack/react-query'
import { agentName } from '../../lib/agent.ts'
import { answer, api, type Schemas } from '../../lib/api.ts'
import { queries } from '../../lib/queries.ts'

export type Login = Schemas['Session']
export type RefreshToken = Schemas['RefreshToken']

export const sessionsQuery = queryOptions({
  queryKey: ['sessions'],
  queryFn: ({ signal }) => answer(api.GET('/v1/me/sessions', { signal })),
})

export const refreshTokensQuery = queryOptions({
  queryKey: ['refresh-tokens'],
  queryFn: ({ signal }) => answer(api.GET('/v1/me/refresh-tokens', { signal })),
})

/** Refreshes both lists, because a refresh token ends with its session. */
export const refreshLogins = (): Promise<unknown> => Promise.all(['sessions', 'refresh-tokens'].map((noun) => queries.invalidateQueries({ queryKey: [noun] })))

const client = ({ client_id }: Pick<RefreshToken, 'client_id'>): string => (client_id === 'muster-cli' ? 'muster' : client_id)

/** The name of a refresh token, and a second line with its origin. */
export const tokenName = (token: Pick<RefreshToken, 'name' | 'client_id'>): string => token.name ?? client(token)
export const tokenOrigin = (token: Pick<RefreshToken, 'name' | 'client_id' | 'last_used_at' | 'address'>): string =>
  `${token.name === null ? '' : `${client(token)}, `}${token.last_used_at ? 'last used from' : 'created from'} ${token.address}`

/** The browser or client of a session. */
export const clientOf = ({ kind, client_id, user_agent }: Pick<Login, 'kind' | 'client_id' | 'user_agent'>): string =>
  kind === 'browser' ? (agentName(user_agent) ?? 'Browser') : client_id === 'muster-cli' ? 'muster' : (client_id ?? 'Unknown')
