import { problems } from '@muster/contract/problems.ts'
import { errors } from 'oidc-provider'
import { Problem } from '../domain/model/problem.ts'
import { currentExchange } from './exchange.ts'

/** A problem of ours on its way through the library, which keeps `error` and `error_description` only; the answer is completed from the exchange. */
export class Refusal extends errors.OIDCProviderError {
  constructor(problem: Problem) {
    // Always 400 in here: for a 401 the library would add a challenge, and clients throw on one before they read the body (S35).
    super(400, 'invalid_grant')
    this.error_description = problem.detail ?? problems[problem.code].title
    currentExchange().refusal = problem
  }
}

/** Runs what may refuse, and has its problem pass through the library. */
export async function refusing<T>(work: Promise<T>): Promise<T> {
  try {
    return await work
  } catch (error) {
    throw error instanceof Problem ? new Refusal(error) : error
  }
}

/** The body at the token endpoint (S35, S36): the RFC's `error`, and the code that says why. */
export function refusalAnswer(problem: Problem, device: boolean): { status: number; body: Record<string, unknown> } {
  const { title, next } = problems[problem.code]
  return {
    status: problem.code === 'user_deactivated' ? 401 : 400,
    body: { error: device ? 'access_denied' : 'invalid_grant', error_description: problem.detail ?? title, code: problem.code, next, ...problem.extensions },
  }
}
