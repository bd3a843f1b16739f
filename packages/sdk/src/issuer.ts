import { type Clock, type Moment, momentOf, since } from './clock.ts'
import { faultOfDiscovery, faultOfMissing, faultOfScopes, faultOfToken, type Named } from './configuration.ts'
import { isRefusalCode, TokenRefused, VerifierUnavailable } from './errors.ts'

export interface IssuerOptions {
  /** The address of Muster, as in the token's `iss`: `https://accounts.example.com`. */
  issuer: string
  /** The id of this service's client, `cli_…`. */
  clientId: string
  /** The secret of this service's client, `muster_cs_…`. */
  clientSecret: string
  /** Sends the requests to the issuer; `globalThis.fetch` by default. Set it to send them through a proxy, for example. */
  fetch?: typeof globalThis.fetch | undefined
}

/** The issuer over HTTP, with the access token of a client. */
export interface Issuer {
  readonly url: string
  readonly clientId: string
  fetch(path: string, init?: RequestInit): Promise<Response>
  /** Reads the discovery document. @throws VerifierUnavailable `configuration` when it is missing or belongs to another issuer */
  check(signal: AbortSignal): Promise<void>
  /** Sends a request with the client's own access token, which is requested when there is none or it has expired. */
  call(path: string, init: RequestInit & { signal: AbortSignal }): Promise<Response>
  /** Introspects a token (RFC 7662). Null: it is not active. @throws VerifierUnavailable */
  introspect(token: string): Promise<Record<string, unknown> | null>
  /**
   * Returns why an inactive token is refused. Introspection gives no reason (RFC 7662 section 2.2), so the request is made with the token itself, and the
   * refusal names the reason (S35, S36). Null: no reason was given.
   */
  whyNot(token: string): Promise<TokenRefused | null>
}

const ANSWER_MILLISECONDS = 5_000
const BODY_MOST = 64_000_000
/** The client's own token is renewed before it expires, so that no request is refused because of it. */
const RENEWED_BEFORE_SECONDS = 60
const TOKEN_SECONDS = 3_600

/** @param scopes of the client's own access token */
export function createIssuer({ issuer, clientId, clientSecret, fetch: given }: IssuerOptions, scopes: readonly string[], clock: Clock): Issuer {
  const url = String(issuer).replace(/\/+$/, '')
  const named: Named = { issuer: url, clientId, scopes }
  // Called without a receiver, because some runtimes refuse `fetch` as a method of another object.
  const send: typeof globalThis.fetch = given ?? ((input, init) => globalThis.fetch(input, init))
  // RFC 6749 section 2.3.1: the id and the secret are form-encoded before they are joined.
  const formEncoded = (text: string): string => new URLSearchParams({ '': text }).toString().slice(1)
  const basic = `Basic ${btoa(`${formEncoded(clientId)}:${formEncoded(clientSecret)}`)}`
  let accessToken: { value: string; got: Moment; forMilliseconds: number } | undefined

  // A redirect is a fault, and its target must not receive the secrets.
  const fetchAt = (path: string, init?: RequestInit): Promise<Response> => send(`${url}${path}`, { redirect: 'manual', ...init })
  const post = (path: string, form: Record<string, string>, signal: AbortSignal): Promise<Response> =>
    fetchAt(path, { method: 'POST', headers: { authorization: basic }, body: new URLSearchParams(form), signal })

  return {
    url,
    clientId,
    fetch: fetchAt,
    async check(signal) {
      const answer = await fetchAt('/.well-known/openid-configuration', { signal })
      const body = answer.ok ? await readJson(answer) : {}
      await answer.body?.cancel().catch(() => {}) // The body was read already, or is not needed.
      const fault = faultOfDiscovery(answer, body, named)
      if (fault) throw fault
      if (!answer.ok) throw new VerifierUnavailable('issuer', `The discovery document of ${url} could not be read: ${answer.status}.`)
    },
    async call(path, init) {
      if (!accessToken || since(clock, accessToken.got) >= accessToken.forMilliseconds) {
        accessToken = undefined
        const got = momentOf(clock)
        const answer = await post('/oauth/token', { grant_type: 'client_credentials', scope: scopes.join(' ') }, init.signal)
        const body = await readJson(answer)
        if (!answer.ok || typeof body.access_token !== 'string') {
          throw (
            faultOfToken(answer, body, named) ??
            new VerifierUnavailable(
              'issuer',
              `The client ${clientId} was given no token: ${answer.status} ${body.error_description ?? body.error ?? ''}`.trim(),
            )
          )
        }
        // RFC 6749 section 5.1: `scope` is absent when everything that was requested was granted.
        const fault = typeof body.scope === 'string' ? faultOfScopes(body.scope.split(' '), named) : null
        if (fault) throw fault
        const seconds = typeof body.expires_in === 'number' ? body.expires_in : TOKEN_SECONDS
        accessToken = { value: body.access_token, got, forMilliseconds: (seconds - RENEWED_BEFORE_SECONDS) * 1_000 }
      }
      const answer = await fetchAt(path, { ...init, headers: { ...init.headers, authorization: `Bearer ${accessToken.value}` } })
      if (answer.status === 401) accessToken = undefined
      return answer
    },
    async introspect(token) {
      let answer: Response
      let body: Record<string, unknown>
      try {
        answer = await post('/oauth/introspect', { token }, AbortSignal.timeout(ANSWER_MILLISECONDS))
        body = await readJson(answer)
      } catch (error) {
        throw new VerifierUnavailable('issuer', 'The issuer could not be asked about the credential.', { cause: error })
      }
      if (answer.status === 403 && body.error === 'insufficient_scope')
        throw faultOfMissing(['introspect'], { ...named, scopes: [...new Set([...scopes, 'introspect'])] })
      if (!answer.ok || typeof body.active !== 'boolean') {
        const wait = Number(answer.headers.get('retry-after') ?? 1)
        const said = body.error_description ?? body.error ?? ''
        throw new VerifierUnavailable('issuer', `The issuer did not say whether the credential is valid: ${answer.status} ${said}`, {
          retryAfterSeconds: Number.isFinite(wait) && wait > 0 ? wait : 1,
        })
      }
      return body.active ? body : null
    },
    async whyNot(token) {
      try {
        const answer = await fetchAt('/v1/forward-auth', { headers: { authorization: `Bearer ${token}` }, signal: AbortSignal.timeout(ANSWER_MILLISECONDS) })
        const { code, detail, type, title, status, next, request_id, ...extensions } = await readJson(answer)
        return !answer.ok && isRefusalCode(code) ? new TokenRefused(code, typeof detail === 'string' ? detail : undefined, extensions) : null
      } catch {
        return null
      }
    },
  }
}

/** @throws when the response is not a JSON object, or longer than any response of Muster */
export async function readJson(response: Response): Promise<Record<string, any>> {
  if (Number(response.headers.get('content-length') ?? 0) > BODY_MOST) throw new Error('The answer is too long.')
  const text = await response.text()
  try {
    const body: unknown = JSON.parse(text)
    if (typeof body === 'object' && body !== null) return body
  } catch {
    // reported below
  }
  if (!response.ok) return {}
  throw new VerifierUnavailable('issuer', `The issuer's answer is no JSON: ${response.status} ${text.slice(0, 80)}`)
}
