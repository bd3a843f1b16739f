import { nextLine, type ProblemBody } from '@muster/contract/problems.ts'

/** What a command ends with, besides 0. Stable; `docs/cli.md` lists them. */
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

/** Something the person should read: what happened, why, and the next step. Anything else that is thrown is a fault of ours. */
export class Failure extends Error {
  readonly code: string
  readonly exit: number
  readonly why: string | undefined
  readonly next: string | undefined
  readonly requestId: string | undefined
  /** The answer as it came, for `--json`. */
  readonly body: Record<string, unknown> | undefined
  /** From `Retry-After`; 0 when the server did not say. */
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

/** The OAuth side answered with an error (RFC 6749 section 5.2). `reason` is Muster's own code beside it, where there is one. */
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

/** No answer, or one that is not Muster's. `passing`: it may be another one in a moment. */
export class Unreachable extends Failure {
  readonly passing: boolean
  constructor(text: string, { passing, ...options }: { passing: boolean; next?: string; requestId?: string | undefined; cause?: unknown }) {
    super(text, { code: 'unreachable', ...options })
    this.passing = passing
  }
}

/** A connection that broke, a name server that was busy: gone a moment later. */
const passing = new Set(['ECONNRESET', 'EPIPE', 'EAI_AGAIN', 'ETIMEDOUT', 'UND_ERR_SOCKET', 'UND_ERR_CONNECT_TIMEOUT'])
export const isPassing = (code: string | undefined): boolean => code !== undefined && passing.has(code)

export const usage = (text: string, next?: string): Failure => new Failure(text, { code: 'usage', exit: exits.usage, next })

export const loginFirst = (
  text: string,
  { why, next, body }: { why?: string | undefined; next: string; body?: Record<string, unknown> | undefined },
): Failure => new Failure(text, { code: 'login_required', exit: exits.loginFirst, why, next, body })

export const interrupted = (): Failure => new Failure('Interrupted.', { code: 'interrupted', exit: exits.interrupted })
