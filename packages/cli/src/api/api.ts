import { setTimeout as sleep } from 'node:timers/promises'
import type { ProblemBody } from '@muster/contract/problems.ts'
import { Failure, interrupted, isPassing, OAuthError, ProblemError, Unreachable } from '../errors.ts'
import type { ServerClock } from '../output/time.ts'
import { version } from '../version.ts'
import { Calls, type FetchOptions } from './calls.ts'
import type { HttpProxy } from './proxy.ts'

const timeoutMs = 20_000
const tries = 4
/** If the server asks for a longer wait, the command reports the error instead of waiting. */
const longestRetryAfterMs = 20_000
const proxyVariables = ['https_proxy', 'HTTPS_PROXY', 'http_proxy', 'HTTP_PROXY']
/** Node's error codes for a certificate that no trusted CA has signed. */
const untrusted = /^(UNABLE_TO_|SELF_SIGNED_CERT|DEPTH_ZERO_SELF_SIGNED_CERT)/

interface ApiOptions {
  url: string
  clock: ServerClock
  signal: AbortSignal
  debug: (text: string) => void
  /** Contains the proxy variables. */
  env?: NodeJS.ProcessEnv
}

interface Init {
  method: string
  headers: Record<string, string>
  body: string | null
}

/** The form fields of an OAuth request. */
type Form = Record<string, string>

/** HTTP requests to one Muster server: proxy, timeout, retries, redirects, clock, and errors as `Failure`. A caller passes the token. */
export class Api extends Calls {
  readonly clock: ServerClock
  readonly #signal: AbortSignal
  readonly #debug: (text: string) => void
  readonly #env: NodeJS.ProcessEnv
  #proxy: HttpProxy | null = null

  constructor({ url, clock, signal, debug, env = process.env }: ApiOptions) {
    super(url)
    this.clock = clock
    this.#signal = signal
    this.#debug = debug
    this.#env = env
  }

  /** The 2xx response to a request, retried after a temporary failure. Throws `ProblemError`, `OAuthError` or `Unreachable`. */
  override async fetch(request: Request, { repeatable, isStream }: FetchOptions): Promise<Response> {
    const { method, url } = request
    const headers = { ...Object.fromEntries(request.headers), 'user-agent': userAgent }
    // A clone is read, so that the request can be sent again with another token.
    const body = request.body === null ? null : await request.clone().text()
    for (let attempt = 1; ; attempt++) {
      try {
        return await this.#once(new URL(url), { method, headers, body }, isStream)
      } catch (error) {
        if (this.#signal.aborted) throw interrupted()
        const wait = repeatable && !isStream && attempt < tries ? waitBefore(error, attempt) : null
        if (wait === null) throw error
        this.#debug(`retrying in ${Math.round(wait)} ms`)
        await sleep(wait, undefined, { signal: this.#signal }).catch(() => {
          throw interrupted()
        })
      }
    }
  }

  /** A form for one of the OAuth endpoints, which are not part of the OpenAPI document. */
  async postForm<T>(path: `/oauth/${string}`, form: Form, { repeatable = false } = {}): Promise<T> {
    const headers = { accept: 'application/json, application/problem+json' }
    const request = new Request(this.url + path, { method: 'POST', headers, body: new URLSearchParams(form) })
    return (await this.fetch(request, { repeatable, isStream: false })).json() as Promise<T>
  }

  /** The package of the command that the server offers, which is not part of the OpenAPI document. */
  async offeredPackage(): Promise<{ version?: unknown; command?: unknown }> {
    const request = new Request(`${this.url}/cli.json`, { headers: { accept: 'application/json, application/problem+json' } })
    return (await this.fetch(request, { repeatable: true, isStream: false })).json() as Promise<{ version?: unknown; command?: unknown }>
  }

  async #once(url: URL, init: Init, isStream: boolean): Promise<Response> {
    const response = await this.#send(url, init, { endless: isStream })
    if (isStream && response.ok && response.body) return response
    const text = await response.text().catch((error: unknown) => this.#unreachable(error))
    // The response to a revocation may be empty (RFC 7009 section 2.2).
    const answer = text === '' && response.ok ? {} : readJson(text)
    if (response.ok && answer !== undefined) return Response.json(answer)
    throw failureOf(answer, response, this.#place, response.headers.get('x-request-id') ?? undefined)
  }

  async #send(url: URL, init: Init, { hops = 3, endless = false } = {}): Promise<Response> {
    const sentAt = Date.now()
    // A streamed response has no timeout. The server limits the time until it starts.
    const signal = endless ? this.#signal : AbortSignal.any([this.#signal, AbortSignal.timeout(timeoutMs)])
    // `fetch` must not follow redirects, because a token is sent only to the issuer that it came from (S50).
    const response = await this.#fetch(url, { ...init, redirect: 'manual', signal }).catch((error: unknown) => this.#unreachable(error))
    this.clock.learn(response.headers.get('date'), sentAt, Date.now())
    this.#debug(
      `${init.method} ${url.origin}${url.pathname} → ${response.status} in ${Date.now() - sentAt} ms${this.#proxy ? ` through the proxy ${this.#proxy.origin}` : ''}, request ${response.headers.get('x-request-id') ?? '-'}`,
    )
    const location = response.headers.get('location')
    if (location && response.status === 308 && init.method === 'GET' && hops > 0) {
      const target = new URL(location, url)
      if (target.origin === url.origin) return this.#send(target, init, { hops: hops - 1, endless })
    }
    return response
  }

  async #fetch(url: URL, init: RequestInit & { signal: AbortSignal }): Promise<Response> {
    // Most people use no proxy, and the command starts faster without the proxy code.
    if (!proxyVariables.some((name) => this.#env[name])) return fetch(url, init)
    const { fetchThrough, proxyFor } = await import('./proxy.ts')
    this.#proxy = proxyFor(url, this.#env)
    return this.#proxy ? fetchThrough(this.#proxy, url, init) : fetch(url, init)
  }

  get #place(): string {
    return this.#proxy ? `${this.url} through the proxy ${this.#proxy.origin}` : this.url
  }

  #unreachable(error: unknown): never {
    if (this.#signal.aborted) throw interrupted()
    if (error instanceof Failure) throw error
    const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error
    const code = (cause as NodeJS.ErrnoException)?.code
    const why = [error, cause].some((fault) => fault instanceof Error && fault.name === 'TimeoutError')
      ? `no response within ${timeoutMs / 1000} s`
      : (code ?? (cause instanceof Error ? cause.message : String(cause)))
    throw new Unreachable(`Cannot reach Muster at ${this.#place} (${why}).`, {
      next: untrusted.test(code ?? '')
        ? 'If a private CA issued the certificate, set NODE_EXTRA_CA_CERTS to a file with the certificate of that CA.'
        : 'Check that the server is running and that the address is right (--url or MUSTER_URL).',
      // A refused connection or this request's timeout is not retried: nothing listens there, or the person has waited long enough.
      passing: isPassing(code),
      cause: error,
    })
  }
}

const userAgent = `muster-cli/${version} (${process.platform}; node ${process.versions.node})`

function readJson(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined
  } catch {
    return undefined
  }
}

function failureOf(answer: Record<string, unknown> | undefined, response: Response, place: string, requestId: string | undefined): Failure {
  const failure =
    typeof answer?.error === 'string'
      ? new OAuthError(answer as { error: string }, response.status, requestId)
      : typeof answer?.code === 'string' && typeof answer.title === 'string'
        ? new ProblemError(answer as ProblemBody, requestId)
        : new Unreachable(`The response from ${place} (${response.status}) is not from Muster.`, {
            requestId,
            next: 'Check the address (--url or MUSTER_URL).',
            passing: [429, 502, 503, 504].includes(response.status),
          })
  failure.retryAfterMs = retryAfter(response)
  return failure
}

function retryAfter(response: Response): number {
  const header = response.headers.get('retry-after')
  if (!header) return 0
  const seconds = Number(header)
  return Math.max(0, Number.isNaN(seconds) ? Date.parse(header) - Date.now() || 0 : seconds * 1000)
}

/** The milliseconds to wait before a retry, or null if the call is not retried. */
function waitBefore(error: unknown, attempt: number): number | null {
  const jittered = 250 * 2 ** attempt * (0.5 + Math.random())
  if (error instanceof Unreachable) return error.passing && error.retryAfterMs <= longestRetryAfterMs ? error.retryAfterMs + jittered : null
  if (!(error instanceof ProblemError || error instanceof OAuthError) || (error.status !== 429 && error.status !== 503)) return null
  // A limit over thirty days (`rename_limit`) is final and not retried.
  if (error.retryAfterMs > longestRetryAfterMs || error.code === 'rename_limit') return null
  return error.retryAfterMs + jittered
}
