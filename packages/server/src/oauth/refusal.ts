import { isPersonBarred, nextStepOf, problems } from '@muster/contract/problems.ts'
import { errors } from 'oidc-provider'
import { Problem } from '../domain/model/problem.ts'
import { currentExchange } from './exchange.ts'

/** Carries a problem through the library, which keeps only `error` and `error_description`. The rest of the response comes from the exchange. */
export class Refusal extends errors.OIDCProviderError {
  constructor(problem: Problem) {
    // Always 400 here. For a 401 the library adds a challenge, and clients throw on it before they read the body (S35).
    super(400, 'invalid_grant')
    this.error_description = problem.detail ?? problems[problem.code].title
    currentExchange().refusal = problem
  }
}

/** Runs the work and turns its problem into a refusal that passes through the library. */
export async function refusing<T>(work: Promise<T>): Promise<T> {
  try {
    return await work
  } catch (error) {
    throw error instanceof Problem ? new Refusal(error) : error
  }
}

/** The response of the token endpoint (S35, S36): the RFC's `error`, and the code with the reason. */
export function refusalAnswer(problem: Problem, device: boolean): { status: number; body: Record<string, unknown> } {
  const { title } = problems[problem.code]
  return {
    status: isPersonBarred(problem.code) ? problem.status : 400,
    body: {
      error: device ? 'access_denied' : 'invalid_grant',
      error_description: problem.detail ?? title,
      code: problem.code,
      ...nextStepOf(problem.code),
      ...problem.extensions,
    },
  }
}
