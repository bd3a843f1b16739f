import type { components, paths } from '@muster/contract/api.d.ts'
import type { ProblemBody, ProblemCode } from '@muster/contract/problems.ts'
import createClient from 'openapi-fetch'
import { learnTime } from './clock.ts'

export type Schemas = components['schemas']
export type Me = Schemas['Me']
export type Organization = Schemas['Organization']
export type Member = Schemas['Member']
export type Invitation = Schemas['Invitation']
export type Resource = Schemas['Resource']

/** `/v1` with the browser's own session: a cookie that no script can read. */
export const api = createClient<paths>({ baseUrl: location.origin, credentials: 'same-origin' })

export type RevocationReport = Schemas['RevocationReport']

// A change that ends access may wait a moment, and then says which of the platform's services have heard of it (RFC 7240). Other changes take no notice.
api.use({
  onRequest({ request }) {
    if (request.method !== 'GET') request.headers.set('prefer', 'wait=2')
    return request
  },
  onResponse({ response }) {
    learnTime(response.headers.get('date'))
  },
})

/** An end, or a change of role, which ends nothing (S32). */
export type Happened = 'ended' | 'changed'
type Tell = (report: RevocationReport, happened: Happened) => void

let heard: Tell = () => {}

/** Who tells the person which services have heard of it. */
export function onRevocation(tell: Tell): void {
  heard = tell
}

/** The server's answer that is not 2xx. */
export class ApiProblem extends Error {
  readonly body: ProblemBody
  /** From when the same may be tried again, where the server said so. */
  readonly notBefore: Date | null
  constructor(body: ProblemBody, retryAfter: string | null = null) {
    super(body.detail ?? body.title)
    this.name = 'ApiProblem'
    this.body = body
    this.notBefore = /^\d+$/.test(retryAfter ?? '') ? new Date(Date.now() + Number(retryAfter) * 1_000) : null
  }
  get code(): ProblemCode {
    return this.body.code
  }
  get status(): number {
    return this.body.status
  }
}

/** No answer at all: nobody knows whether it was done. */
export class NoAnswer extends Error {
  /** As the browser saw it then. */
  readonly offline = !navigator.onLine
  constructor(cause: unknown) {
    super('The server did not answer.', { cause })
    this.name = 'NoAnswer'
  }
}

interface Answered<Data> {
  data?: Data
  error?: unknown
  response: Response
}

/** What the server answered. @throws ApiProblem, NoAnswer */
export async function answer<Data>(asked: Promise<Answered<Data>>): Promise<Data> {
  const { data, error, response } = await asked.catch((cause: unknown) => {
    if (cause instanceof DOMException && cause.name === 'AbortError') throw cause
    throw new NoAnswer(cause)
  })
  if (response.ok) {
    const { revocation, role } = (data ?? {}) as { revocation?: RevocationReport; role?: string }
    // The member as they are now is the answer to a change of them, and to nothing that ends.
    if (revocation && revocation.receivers > 0) heard(revocation, role === undefined ? 'ended' : 'changed')
    return data as Data
  }
  if (isProblem(error)) throw new ApiProblem(error, response.headers.get('retry-after'))
  throw new ApiProblem({
    type: 'about:blank',
    title: response.statusText || 'The request did not reach the server.',
    status: response.status,
    code: response.status >= 500 ? 'unavailable' : 'internal_error',
    next: 'Try again in a moment.',
    request_id: response.headers.get('x-request-id') ?? undefined,
  } as ProblemBody)
}

const isProblem = (body: unknown): body is ProblemBody => typeof body === 'object' && body !== null && 'code' in body && 'status' in body
