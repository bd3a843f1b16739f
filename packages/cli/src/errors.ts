import { nextLine, type ProblemBody } from '@muster/contract/problems.ts'

/** The exit codes other than 0. They are stable and listed in `docs/cli.md`. */
export const exits = { failed: 1, usage: 2, loginFirst: 4, interrupted: 130 } as const

interface FailureOptions {
  code: string
  exit?: number
  why?: string | undefined
  next?: string | undefined
  requestId?: string | undefined
  body?: Record<string, unknown> | undefined
  cause?: unknown
}

/** An error for the user: what happened, why, and the next step. Any other thrown error is a bug in the CLI. */
export class Failure extends Error {
  readonly code: string
  readonly exit: number
  readonly why: string | undefined
  readonly next: string | undefined
  readonly requestId: string | undefined
  /** The unchanged response body, for `--json`. */
  readonly body: Record<string, unknown> | undefined
  /** From `Retry-After`; 0 without that header. */
  retryAfterMs = 0

  constructor(text: string, { code, exit = exits.failed, why, next, requestId, body, cause }: FailureOptions) {
    super(text, { cause })
    this.code = code
    this.exit = exit
    this.why = why
    this.next = next
    this.requestId = requestId
    this.body = body
  }
}

/** The API answered with a problem (RFC 9457). */
export class ProblemError extends Failure {
  readonly status: number
  constructor(body: ProblemBody, requestId: string | undefined) {
    super(body.title, { code: body.code, why: body.detail, next: nextLine(body), requestId: body.request_id ?? requestId, body })
    this.status = body.status
  }
}

/** An OAuth endpoint answered with an error (RFC 6749 section 5.2). `reason` is Muster's own code, if the response has one. */
export class OAuthError extends Failure {
  readonly error: string
  readonly reason: string | undefined
  readonly status: number
  constructor(body: { error: string; error_description?: string; code?: string }, status: number, requestId: string | undefined) {
    super(body.error_description ?? `The server answered ${body.error}.`, { code: body.code ?? body.error, requestId, body: { ...body } })
    this.error = body.error
    this.reason = body.code
    this.status = status
  }
}

/** No response, or one that is not from Muster. `passing` is true if a retry may succeed. */
export class Unreachable extends Failure {
  readonly passing: boolean
  constructor(text: string, { passing, ...options }: { passing: boolean; next?: string; requestId?: string | undefined; cause?: unknown }) {
    super(text, { code: 'unreachable', ...options })
    this.passing = passing
  }
}

/** Codes of temporary network errors, such as a broken connection or a busy name server. */
const passing = new Set(['ECONNRESET', 'EPIPE', 'EAI_AGAIN', 'ETIMEDOUT'])
export const isPassing = (code: string | undefined): boolean => code !== undefined && passing.has(code)

export const usage = (text: string, next?: string): Failure => new Failure(text, { code: 'usage', exit: exits.usage, next })

export const loginFirst = (
  text: string,
  { why, next, body }: { why?: string | undefined; next: string; body?: Record<string, unknown> | undefined },
): Failure => new Failure(text, { code: 'login_required', exit: exits.loginFirst, why, next, body })

export const interrupted = (): Failure => new Failure('Interrupted.', { code: 'interrupted', exit: exits.interrupted })
