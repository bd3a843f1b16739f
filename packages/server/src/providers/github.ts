import { z } from 'zod'
import type { Provider, ProviderPerson } from '../domain/providers/provider.ts'
import { type BoundedFetch, PATIENCE_MILLISECONDS } from './bounded-fetch.ts'
import { problemOf } from './failure.ts'
import { line } from './text.ts'

const library = () => import('oauth4webapi')

export interface GitHubSettings {
  id: string
  name: string
  /** https://github.com, or a GitHub Enterprise Server. */
  url: string
  clientId: string
  clientSecret: string
}

interface Options {
  redirectUri: string
  fetch: BoundedFetch
  insecure: boolean
}

const userSchema = z.object({ id: z.number().int().positive().max(Number.MAX_SAFE_INTEGER), login: z.string(), name: z.string().nullish() })
const emailsSchema = z.array(z.object({ email: z.string(), primary: z.boolean(), verified: z.boolean() }))

/** The API has a host of its own at github.com, and a path at a GitHub Enterprise Server. */
export const gitHubApiOf = (url: string): string => (url === 'https://github.com' ? 'https://api.github.com' : `${url}/api/v3`)

export const gitHubIssuerOf = (url: string): string => `${url}/login/oauth`

/**
 * GitHub speaks OAuth 2.0 and not OpenID Connect, so its API says who signed in. A login can be renamed and given to somebody else, so the numeric id is the subject
 * (F20).
 */
export function gitHubProvider({ id, name, url, clientId, clientSecret }: GitHubSettings, { redirectUri, fetch, insecure }: Options): Provider {
  const issuer = gitHubIssuerOf(url)
  const server = { issuer, authorization_endpoint: `${issuer}/authorize`, token_endpoint: `${issuer}/access_token` }
  const client = { client_id: clientId }
  // Anyone can run a GitHub Enterprise Server. One on this machine is for trying it out.
  const isPublic = url === 'https://github.com' || insecure

  async function ask<T>(path: string, accessToken: string, schema: z.ZodType<T>, signal: AbortSignal): Promise<T> {
    const headers = {
      authorization: `Bearer ${accessToken}`,
      accept: 'application/vnd.github+json',
      'user-agent': 'Muster',
      'x-github-api-version': '2022-11-28',
    }
    const response = await fetch(`${gitHubApiOf(url)}${path}`, { headers, signal })
    if (response.status !== 200) throw Object.assign(new Error(`GitHub answered ${path} with ${response.status}.`), { status: response.status })
    return schema.parse(await response.json())
  }

  return {
    id,
    name,
    issuer,
    async authorizationUrl({ state, verifier }) {
      const { calculatePKCECodeChallenge } = await library()
      const query = new URLSearchParams({
        client_id: clientId,
        redirect_uri: redirectUri,
        response_type: 'code',
        scope: 'user:email',
        state,
        code_challenge: await calculatePKCECodeChallenge(verifier),
        code_challenge_method: 'S256',
      })
      return `${server.authorization_endpoint}?${query}`
    },
    async personOf(query, { state, verifier }): Promise<ProviderPerson> {
      try {
        const { allowInsecureRequests, authorizationCodeGrantRequest, ClientSecretPost, customFetch, processAuthorizationCodeResponse, validateAuthResponse } =
          await library()
        const signal = AbortSignal.timeout(PATIENCE_MILLISECONDS)
        const answer = validateAuthResponse(server, client, new URLSearchParams(query), state)
        const response = await authorizationCodeGrantRequest(server, client, ClientSecretPost(clientSecret), answer, redirectUri, verifier, {
          [customFetch]: fetch as never,
          [allowInsecureRequests]: insecure,
          signal,
        })
        const { access_token: token } = await processAuthorizationCodeResponse(server, client, response)
        const [user, emails] = await Promise.all([ask('/user', token, userSchema, signal), ask('/user/emails?per_page=100', token, emailsSchema, signal)])
        const primary = emails.find((one) => one.primary)
        return {
          subject: String(user.id),
          label: line(user.login),
          email: primary ? { address: primary.email, trusted: primary.verified && isPublic } : null,
          givenName: line(user.name) || line(user.login),
          familyName: '',
        }
      } catch (error) {
        throw problemOf(error)
      }
    },
  }
}
