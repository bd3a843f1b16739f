import type { ClientAuth, Configuration, IDToken } from 'openid-client'
import type { FlowSecrets, Provider, ProviderPerson } from '../domain/providers/provider.ts'
import { type BoundedFetch, PATIENCE_MILLISECONDS } from './bounded-fetch.ts'
import { problemOf, unavailable, withinPatience } from './failure.ts'
import { line } from './text.ts'
import type { Trusts } from './trust.ts'

const library = () => import('openid-client')

/** The discovery document is read again after this time. */
const DISCOVERY_MILLISECONDS = 3_600_000

export interface OpenIdSettings {
  id: string
  name: string
  issuer: string
  clientId: string
  clientSecret: string
  trusts: Trusts
}

type Claims = { sub: string } & Record<string, unknown>

interface Options {
  redirectUri: string
  fetch: BoundedFetch
  /** Http is accepted, for an issuer on this machine. */
  insecure: boolean
}

/** Any OpenID Connect issuer. The library checks state, nonce, `iss`, audience, times and signature of the ID token. */
export function openIdProvider({ id, name, issuer, clientId, clientSecret, trusts }: OpenIdSettings, { redirectUri, fetch, insecure }: Options): Provider {
  let known: { at: number; configuration: Promise<Configuration> } | null = null

  async function discover(): Promise<Configuration> {
    const { allowInsecureRequests, ClientSecretBasic, ClientSecretPost, customFetch, discovery, enableNonRepudiationChecks } = await library()
    const [basic, post] = [ClientSecretBasic(clientSecret), ClientSecretPost(clientSecret)]
    const authenticate: ClientAuth = (server, ...rest) =>
      (server.token_endpoint_auth_methods_supported?.includes('client_secret_post') ? post : basic)(server, ...rest)
    return discovery(new URL(issuer), clientId, { client_secret: clientSecret }, authenticate, {
      [customFetch]: fetch as never,
      timeout: PATIENCE_MILLISECONDS / 1_000,
      execute: [enableNonRepudiationChecks, ...(insecure ? [allowInsecureRequests] : [])],
    })
  }

  /** A failure is not remembered, so that the next person asks again. */
  const configuration = (): Promise<Configuration> => {
    if (known === null || Date.now() - known.at > DISCOVERY_MILLISECONDS) {
      const asking = discover()
      known = { at: Date.now(), configuration: asking }
      asking.catch(() => {
        known = null
      })
    }
    return known.configuration
  }

  /** The ID token need not contain the address (OpenID Connect Core section 5.4). Without an answer, the person types it. */
  async function claimsOf(server: Configuration, idToken: IDToken, accessToken: string): Promise<Claims> {
    if (idToken['email'] !== undefined || server.serverMetadata().userinfo_endpoint === undefined) return idToken
    const { fetchUserInfo } = await library()
    try {
      return { ...idToken, ...(await fetchUserInfo(server, accessToken, idToken.sub)) }
    } catch {
      return idToken
    }
  }

  async function exchange(query: string, { state, nonce, verifier }: FlowSecrets): Promise<Claims> {
    const { authorizationCodeGrant } = await library()
    const server = await configuration()
    const tokens = await authorizationCodeGrant(server, new URL(`${redirectUri}?${query}`), {
      expectedState: state,
      expectedNonce: nonce,
      pkceCodeVerifier: verifier,
      idTokenExpected: true,
    })
    return claimsOf(server, tokens.claims() as IDToken, tokens.access_token)
  }

  return {
    id,
    name,
    issuer,
    async authorizationUrl({ state, nonce, verifier }) {
      try {
        const { buildAuthorizationUrl, calculatePKCECodeChallenge } = await library()
        const asked = {
          redirect_uri: redirectUri,
          scope: 'openid email profile',
          state,
          nonce,
          code_challenge: await calculatePKCECodeChallenge(verifier),
          code_challenge_method: 'S256',
        }
        return buildAuthorizationUrl(await withinPatience(configuration()), asked).href
      } catch (error) {
        throw unavailable(error)
      }
    },
    async personOf(query, secrets): Promise<ProviderPerson> {
      try {
        const claims = await withinPatience(exchange(query, secrets))
        const { sub: subject, email, given_name: given, family_name: family, name: whole, preferred_username: login } = claims
        const address = typeof email === 'string' && email !== '' ? { address: email, trusted: trusts(claims) } : null
        return {
          subject,
          label: line(email) || line(login) || line(whole) || line(subject),
          email: address,
          givenName: line(given) || line(whole),
          familyName: line(family),
        }
      } catch (error) {
        throw problemOf(error)
      }
    },
  }
}
