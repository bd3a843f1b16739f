import { MutationCache, QueryCache, QueryClient } from '@tanstack/react-query'
import { ApiProblem, NoAnswer } from './api.ts'
import { isConflict } from './problem.ts'
import { recordRefusal } from './standing.ts'

/** Handles problems of the whole console. `/v1/me` is requested again, because the failed request may have been sent before the user signed in again. */
function handleError(error: unknown, key?: readonly unknown[]): void {
  if (recordRefusal(error)) {
    if (key?.[0] !== 'me') void queries.refetchQueries({ queryKey: ['me'] })
  } else if (error instanceof ApiProblem && error.code === 'user_not_registered') location.assign('/sign-up/username')
}

export const queries: QueryClient = new QueryClient({
  queryCache: new QueryCache({ onError: (error, { queryKey }) => handleError(error, queryKey) }),
  mutationCache: new MutationCache({
    onError: (error) => {
      handleError(error)
      // Someone else made a change, so the data on the screen is out of date.
      if (isConflict(error) || (error instanceof ApiProblem && error.code === 'forbidden')) void queries.invalidateQueries()
    },
  }),
  defaultOptions: {
    queries: {
      staleTime: 5_000,
      networkMode: 'always', // `navigator.onLine` can be wrong, so requests are sent anyway; the banner shows its value
      refetchOnReconnect: true, // off by default with `networkMode: always`
      retry: (failures, error) => failures < 2 && (error instanceof NoAnswer || (error instanceof ApiProblem && error.status >= 502)),
      retryDelay: (failures) => 400 * 2 ** failures,
    },
    mutations: { networkMode: 'always', retry: false },
  },
})
