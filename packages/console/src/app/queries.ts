import { MutationCache, QueryCache, QueryClient } from '@tanstack/react-query'
import { ApiProblem, NoAnswer } from '../lib/api.ts'
import { wasOvertaken } from '../lib/problem.ts'
import { bar } from './refusal.ts'
import { signInAgain } from './session.tsx'

/** What an answer means for the whole console. */
function hear(error: unknown): void {
  if (!(error instanceof ApiProblem)) return
  if (error.code === 'user_deactivated' || error.code === 'organization_suspended') bar(error.body)
  else if (error.status === 401) signInAgain(error.code)
  else if (error.code === 'user_not_registered') location.assign('/sign-up/username')
}

export const queries: QueryClient = new QueryClient({
  queryCache: new QueryCache({ onError: hear }),
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
