import { Problem } from '../domain/model/problem.ts'
import { PATIENCE_MILLISECONDS } from './bounded-fetch.ts'

/** For a whole exchange with a provider, which is several requests. @throws Error of the name TimeoutError */
export async function withinPatience<T>(work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined
  const impatience = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new DOMException('The provider took too long.', 'TimeoutError')), PATIENCE_MILLISECONDS)
  })
  try {
    return await Promise.race([work, impatience])
  } finally {
    clearTimeout(timer)
  }
}

/** The provider said it has a fault of its own (RFC 6749 section 4.1.2.1), or its server did (OpenID Connect). */
const faults = new Set(['server_error', 'temporarily_unavailable'])

/** Names and codes of errors of connections, of time and of certificates. */
const silence = /^(TimeoutError|AbortError|OAUTH_TIMEOUT|E[A-Z_]+|CERT_\w+|ERR_TLS\w*|UNABLE_TO\w+|DEPTH_ZERO\w+|SELF_SIGNED\w+)$/

/** Tells a provider that did not answer from one that refused, or whose answer is wrong. Which check failed is in the cause, for the log. */
export function problemOf(error: unknown): Problem {
  if (error instanceof Problem) return error
  // The libraries put the reason into the cause.
  for (let one: unknown = error; one instanceof Error; one = one.cause) {
    const { name, code, error: said, status, cause } = one as Error & { code?: string; error?: string; status?: number; cause?: { status?: number } }
    const answered = status ?? cause?.status ?? 0
    if (silence.test(name) || silence.test(code ?? '') || answered >= 500 || faults.has(said ?? '')) return unavailable(error)
  }
  return new Problem('provider_refused', undefined, { cause: error })
}

/** Before the browser has left for the provider, nobody can have refused. */
export const unavailable = (error: unknown): Problem => new Problem('provider_unavailable', undefined, { cause: error })
