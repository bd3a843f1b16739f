import { type Clock, type Moment, momentOf, since } from './clock.ts'
import { isRefusalCode, TokenRefused, VerifierUnavailable } from './errors.ts'

export interface IssuerOptions {
  /** As in the token's `iss`. */
  issuer: string
  clientId: string
  clientSecret: string
  fetch?: typeof globalThis.fetch | undefined
}

/** The issuer over HTTP, as a client of its own sees it. */
export interface Issuer {
  readonly url: string
  readonly clientId: string
  fetch(path: string, init?: RequestInit): Promise<Response>
  /** With the client's own access token, which is asked for when there is none or it has ended. */
  call(path: string, init: RequestInit & { signal: AbortSignal }): Promise<Response>
  /** RFC 7662. Null: it is not active. @throws VerifierUnavailable */
  introspect(token: string): Promise<Record<string, unknown> | null>
  /** Why one that is not active is refused: introspection tells nobody (RFC 7662 section 2.2), its holder is told (S35, S36). Null: that was not said. */
  whyNot(token: string): Promise<TokenRefused | null>
}

const ANSWER_MILLISECONDS = 5_000
const BODY_MOST = 64_000_000
/** The client's own token is renewed before it ends, so that no call is refused for it. */
const RENEWED_BEFORE_SECONDS = 60
const TOKEN_SECONDS = 3_600

export function createIssuer({ issuer, clientId, clientSecret, fetch: given }: IssuerOptions, clock: Clock): Issuer {
  const url = issuer.replace(/\/+$/, '')
  // Called as a property of nothing: some runtimes refuse it otherwise.
  const send: typeof globalThis.fetch = given ?? ((input, init) => globalThis.fetch(input, init))
  // RFC 6749 section 2.3.1: both are form-encoded before they are put together.
  const formEncoded = (text: string): string => new URLSearchParams({ '': text }).toString().slice(1)
  const basic = `Basic ${btoa(`${formEncoded(clientId)}:${formEncoded(clientSecret)}`)}`
  let accessToken: { value: string; got: Moment; forMilliseconds: number } | undefined

  // A redirect is no answer, and secrets do not follow it.
  const fetchAt = (path: string, init?: RequestInit): Promise<Response> => send(`${url}${path}`, { redirect: 'manual', ...init })
  const post = (path: string, form: Record<string, string>, signal: AbortSignal): Promise<Response> =>
    fetchAt(path, { method: 'POST', headers: { authorization: basic }, body: new URLSearchParams(form), signal })

  return {
    url,
    clientId,
    fetch: fetchAt,
    async call(path, init) {
      if (!accessToken || since(clock, accessToken.got) >= accessToken.forMilliseconds) {
        accessToken = undefined
        const got = momentOf(clock)
        const answer = await post('/oauth/token', { grant_type: 'client_credentials', scope: 'signals' }, init.signal)
        const body = await readJson(answer)
        if (!answer.ok || typeof body.access_token !== 'string') {
          throw new VerifierUnavailable(
            'issuer',
            `The client ${clientId} got no token for signals: ${answer.status} ${body.error_description ?? body.error ?? ''}`,
          )
        }
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
      if (!answer.ok || typeof body.active !== 'boolean') {
        const wait = Number(answer.headers.get('retry-after') ?? 1)
        const said = body.error_description ?? body.error ?? ''
        throw new VerifierUnavailable('issuer', `The issuer did not say whether the credential is good: ${answer.status} ${said}`, {
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

/** @throws when it is no JSON object, or longer than any answer of ours */
export async function readJson(response: Response): Promise<Record<string, any>> {
  if (Number(response.headers.get('content-length') ?? 0) > BODY_MOST) throw new Error('The answer is too long.')
  const text = await response.text()
  try {
    const body: unknown = JSON.parse(text)
    if (typeof body === 'object' && body !== null) return body
  } catch {
    // told below
  }
  if (!response.ok) return {}
  throw new VerifierUnavailable('issuer', `The issuer's answer is no JSON: ${response.status} ${text.slice(0, 80)}`)
}
