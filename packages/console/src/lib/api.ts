import type { components, paths } from '@muster/contract/api.d.ts'
import { isRecentAction } from '@muster/contract/authentication.ts'
import type { ProblemBody, ProblemCode } from '@muster/contract/problems.ts'
import createClient from 'openapi-fetch'
import { syncClock } from './clock.ts'
import { confirmUserIsThere } from './confirmation.ts'
import { fetchOnce, isEarly } from './early.ts'

export type Schemas = components['schemas']
export type Me = Schemas['Me']
export type Organization = Schemas['Organization']
export type Member = Schemas['Member']
export type Invitation = Schemas['Invitation']
export type Resource = Schemas['Resource']

/** The API under `/v1`. Requests carry the session cookie, which no script can read. */
export const api = createClient<paths>({ baseUrl: location.origin, credentials: 'same-origin', fetch: fetchOnce })

export type RevocationReport = Schemas['RevocationReport']

/** A request can be sent once, so a copy is kept until its response arrives. */
const copies = new WeakMap<Request, Request>()

// With `Prefer: wait=2` (RFC 7240), the server answers a change that ends access once receivers have acknowledged it, or after two seconds.
api.use({
  onRequest({ request }) {
    if (request.method !== 'GET') request.headers.set('prefer', 'wait=2')
    copies.set(request, request.clone())
    return request
  },
  async onResponse({ request, response }) {
    if (!isEarly(response)) syncClock(response.headers.get('date'))
    const copy = copies.get(request)
    if (response.status !== 401 || !copy) return undefined
    const { code, action, acr_values, detail } = (await response
      .clone()
      .json()
      .catch(() => ({}))) as Record<string, string | undefined>
    if (code !== 'insufficient_user_authentication') return undefined
    const refused = { action: isRecentAction(action) ? action : null, acr: acr_values ?? null, detail: detail ?? null }
    return (await confirmUserIsThere(refused, { isChange: request.method !== 'GET' || refused.action !== null })) ? fetch(copy) : undefined
  },
})

/** The effect of a change on issued tokens: access ended, or a role changed, which ends no token (S32). */
export type RevocationEffect = 'ended' | 'changed'
type RevocationListener = (report: RevocationReport, effect: RevocationEffect) => void

let notifyRevocation: RevocationListener = () => {}

/** Sets the one listener that shows which services have acknowledged a change. */
export function onRevocation(listener: RevocationListener): void {
  notifyRevocation = listener
}

/** A response of the server that is not 2xx. */
export class ApiProblem extends Error {
  readonly body: ProblemBody
  /** The earliest time for a retry, from the `Retry-After` header. */
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

/** The request got no response, so it is unknown whether the server handled it. */
export class NoAnswer extends Error {
  /** Whether the browser was offline when the request failed. */
  readonly offline = !navigator.onLine
  constructor(cause: unknown) {
    super('The server did not answer.', { cause })
    this.name = 'NoAnswer'
  }
}

interface ApiResponse<Data> {
  data?: Data
  error?: unknown
  response: Response
}

/** Awaits a request and returns its data. @throws ApiProblem, NoAnswer */
export async function answer<Data>(request: Promise<ApiResponse<Data>>): Promise<Data> {
  const { data, error, response } = await request.catch((cause: unknown) => {
    if (cause instanceof DOMException && cause.name === 'AbortError') throw cause
    throw new NoAnswer(cause)
  })
  if (response.ok) {
    const body = (data ?? {}) as { revocation?: RevocationReport }
    // The response to a role change has the role of the holder, or the role itself. The response to a change that ends access has none.
    const isRoleChange = ['role', 'built_in', 'moved'].some((field) => field in body)
    if (body.revocation && body.revocation.receivers > 0) notifyRevocation(body.revocation, isRoleChange ? 'changed' : 'ended')
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
