import type { IncomingMessage } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import type { ProblemBody } from '@muster/contract/problems.ts'
import { Failure, interrupted, isPassing, OAuthError, ProblemError, Unreachable } from '../errors.ts'
import type { ServerClock } from '../output/time.ts'
import { version } from '../version.ts'
import { Calls, type SendOptions } from './calls.ts'
import { type HttpRequest, send, textOf } from './http.ts'
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

  /** The body of the 2xx response to a request, retried after a temporary failure. Throws `ProblemError`, `OAuthError` or `Unreachable`. */
  override async send({ headers, ...request }: HttpRequest, { repeatable, isStream }: SendOptions): Promise<unknown> {
    const sent = { ...request, headers: { ...headers, 'user-agent': userAgent } }
    for (let attempt = 1; ; attempt++) {
      try {
        return await this.#once(sent, isStream)
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
  postForm<T>(path: `/oauth/${string}`, form: Form, { repeatable = false } = {}): Promise<T> {
    const headers = { accept: 'application/json, application/problem+json', 'content-type': 'application/x-www-form-urlencoded' }
    const request = { method: 'POST', url: this.url + path, headers, body: new URLSearchParams(form).toString() }
    return this.send(request, { repeatable, isStream: false }) as Promise<T>
  }

  /** The package of the command that the server offers, which is not part of the OpenAPI document. */
  offeredPackage(): Promise<{ version?: unknown; command?: unknown }> {
    const request = { method: 'GET', url: `${this.url}/cli.json`, headers: { accept: 'application/json, application/problem+json' }, body: null }
    return this.send(request, { repeatable: true, isStream: false }) as Promise<{ version?: unknown; command?: unknown }>
  }

  async #once(request: HttpRequest, isStream: boolean): Promise<unknown> {
    const response = await this.#answer(new URL(request.url), request, { endless: isStream })
    if (isStream && isOk(response)) return response
    const text = await textOf(response).catch((error: unknown) => this.#unreachable(error))
    // The response to a revocation may be empty (RFC 7009 section 2.2).
    const answer = text === '' && isOk(response) ? {} : readJson(text)
    if (isOk(response) && answer !== undefined) return answer
    throw failureOf(answer, response, this.#place)
  }

  async #answer(url: URL, request: HttpRequest, { hops = 3, endless = false } = {}): Promise<IncomingMessage> {
    const sentAt = Date.now()
    // A streamed response has no timeout. The server limits the time until it starts.
    const signal = endless ? this.#signal : AbortSignal.any([this.#signal, AbortSignal.timeout(timeoutMs)])
    const response = await this.#transfer(url, request, signal).catch((error: unknown) => this.#unreachable(error))
    const { date, location, 'x-request-id': requestId = '-' } = response.headers
    this.clock.learn(date, sentAt, Date.now())
    this.#debug(
      `${request.method} ${url.origin}${url.pathname} → ${response.statusCode} in ${Date.now() - sentAt} ms${this.#proxy ? ` through the proxy ${this.#proxy.origin}` : ''}, request ${String(requestId)}`,
    )
    if (location && response.statusCode === 308 && request.method === 'GET' && hops > 0) {
      const target = new URL(location, url)
      // A token is sent only to the issuer that it came from (S50).
      if (target.origin === url.origin) {
        response.resume()
        return this.#answer(target, request, { hops: hops - 1, endless })
      }
    }
    return response
  }

  async #transfer(url: URL, request: HttpRequest, signal: AbortSignal): Promise<IncomingMessage> {
    // Most people use no proxy, and the command starts faster without the proxy code.
    if (!proxyVariables.some((name) => this.#env[name])) return send(url, request, { signal })
    const { proxyFor, sendThrough } = await import('./proxy.ts')
    this.#proxy = proxyFor(url, this.#env)
    return this.#proxy ? sendThrough(this.#proxy, url, request, signal) : send(url, request, { signal })
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

const isOk = ({ statusCode = 0 }: IncomingMessage): boolean => statusCode >= 200 && statusCode <= 299

function failureOf(answer: Record<string, unknown> | undefined, { statusCode: status = 0, headers }: IncomingMessage, place: string): Failure {
  const requestId = headers['x-request-id']?.toString()
  const failure =
    typeof answer?.error === 'string'
      ? new OAuthError(answer as { error: string }, status, requestId)
      : typeof answer?.code === 'string' && typeof answer.title === 'string'
        ? new ProblemError(answer as ProblemBody, requestId)
        : new Unreachable(`The response from ${place} (${status}) is not from Muster.`, {
            requestId,
            next: 'Check the address (--url or MUSTER_URL).',
            passing: [429, 502, 503, 504].includes(status),
          })
  failure.retryAfterMs = retryAfter(headers['retry-after'])
  return failure
}

function retryAfter(header: string | undefined): number {
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
