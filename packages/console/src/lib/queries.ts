import { MutationCache, QueryCache, QueryClient } from '@tanstack/react-query'
import { ApiProblem, NoAnswer } from './api.ts'
import { wasOvertaken } from './problem.ts'
import { refused } from './standing.ts'

/** What a refusal means for the whole console. `/v1/me` has the last word: the request may have been sent before the person signed in again. */
function hear(error: unknown, key?: readonly unknown[]): void {
  if (refused(error)) {
    if (key?.[0] !== 'me') void queries.refetchQueries({ queryKey: ['me'] })
  } else if (error instanceof ApiProblem && error.code === 'user_not_registered') location.assign('/sign-up/username')
}

export const queries: QueryClient = new QueryClient({
  queryCache: new QueryCache({ onError: (error, { queryKey }) => hear(error, queryKey) }),
  mutationCache: new MutationCache({
    onError: (error) => {
      hear(error)
      // Somebody else was quicker: what is on the screen is not how it is.
      if (wasOvertaken(error) || (error instanceof ApiProblem && error.code === 'forbidden')) void queries.invalidateQueries()
    },
  }),
  defaultOptions: {
    queries: {
      staleTime: 5_000,
      networkMode: 'always', // what the browser thinks of the connection is said in a banner; asking tells
      refetchOnReconnect: true, // of itself only where the connection is waited for
      retry: (failures, error) => failures < 2 && (error instanceof NoAnswer || (error instanceof ApiProblem && error.status >= 502)),
      retryDelay: (failures) => 400 * 2 ** failures,
    },
    mutations: { networkMode: 'always', retry: false },
  },
})
