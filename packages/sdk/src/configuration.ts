import { VerifierUnavailable } from './errors.ts'

// Detects wrong options of a verifier from the issuer's responses. Each message says how to correct them.

export interface Named {
  issuer: string
  clientId: string
  scopes: readonly string[]
}

const wrong = (message: string): VerifierUnavailable => new VerifierUnavailable('configuration', message)
const registration = ({ scopes }: Named): string => `muster server client create NAME --grant client_credentials --scope ${scopes.join(' ')}`

/** Returns the fault of options that cannot work with any issuer, or null. */
export function faultOfOptions(options: { issuer?: unknown; clientId?: unknown; clientSecret?: unknown }): VerifierUnavailable | null {
  const missing = (['issuer', 'clientId', 'clientSecret'] as const).filter((name) => typeof options[name] !== 'string' || options[name] === '')
  if (missing.length > 0) return wrong(`createVerifier needs ${missing.join(', ')}. Is an environment variable not set?`)
  const issuer = String(options.issuer)
  if (!/^https?:\/\//.test(issuer) || !URL.canParse(issuer)) return wrong(`issuer is "${issuer}"; it is an address: https://accounts.example.com.`)
  return null
}

/** Returns a fault when the discovery document does not belong to the configured issuer, or null. */
export function faultOfDiscovery(answer: Response, body: Record<string, unknown>, { issuer }: Named): VerifierUnavailable | null {
  const general = faultOfAnswer(answer, issuer)
  if (general) return general
  if (!answer.ok || body['issuer'] === issuer) return null
  const named = typeof body['issuer'] === 'string' ? body['issuer'] : null
  return named === null
    ? wrong(`${issuer} is no Muster: its discovery document names no issuer. Check issuer.`)
    : wrong(`The server at ${issuer} is the issuer ${named}. Set issuer: '${named}'; its tokens carry that address.`)
}

/** Returns the reason why the client's token request was refused. Null: the fault is temporary. */
export function faultOfToken(answer: Response, body: Record<string, unknown>, named: Named): VerifierUnavailable | null {
  const general = faultOfAnswer(answer, named.issuer)
  if (general) return general
  const { error } = body
  if (error === 'invalid_client')
    return wrong(`${named.issuer} refused the client ${named.clientId}. Check clientId and clientSecret; \`muster server client list\` shows the clients.`)
  if (error === 'unauthorized_client')
    return wrong(`The client ${named.clientId} may not use the grant client_credentials. Register one: ${registration(named)}`)
  if (error === 'invalid_scope') return faultOfScopes([], named)
  return null
}

/** Returns a fault when the client lacks a required scope, or null. */
export function faultOfScopes(granted: readonly string[], named: Named): VerifierUnavailable | null {
  const missing = named.scopes.filter((scope) => !granted.includes(scope))
  return missing.length === 0 ? null : faultOfMissing(missing, named)
}

export function faultOfMissing(missing: readonly string[], named: Named): VerifierUnavailable {
  const hint = missing.includes('introspect')
    ? ` A verifier with onStale: 'refuse' needs signals alone if its API has no permissions and is given no API keys.`
    : ''
  return wrong(`The client ${named.clientId} needs the scopes ${named.scopes.join(' and ')}. Register one: ${registration(named)}${hint}`)
}

export interface AudienceFault {
  fault: VerifierUnavailable
  /** No token can be accepted. Otherwise some tokens are refused. */
  isFatal: boolean
}

/**
 * Returns the fault of a verifier whose client is for other audiences, or null. `stream` is the issuer's answer about its stream; an issuer of an earlier
 * version does not say what the client is for.
 */
export function faultOfAudiences(
  stream: Record<string, unknown>,
  { audience, otherAudiences = [] }: { audience: string; otherAudiences?: readonly string[] | undefined },
  named: Named,
): AudienceFault | null {
  const { api, audiences } = (stream['muster'] ?? {}) as { api?: string | null; audiences?: string[] }
  if (api === undefined || !Array.isArray(audiences)) return null
  const foreign = [audience, ...otherAudiences].filter((one) => !audiences.includes(one))
  const [first] = foreign
  if (first === undefined) return null
  const acceptsNone = foreign.length === 1 + otherAudiences.length
  const register = `${registration(named)} --api ${first}`
  if (api !== null) {
    const belongs = `The client ${named.clientId} belongs to the API ${api}`
    const message =
      first === audience
        ? `${belongs}, and audience is ${first}. Set audience: '${api}', or register a client for the other API: ${register}`
        : `${belongs}, so it refuses tokens for ${first}. Remove that from otherAudiences. Muster's own audience needs accept_default_audience in the manifest.`
    return { fault: wrong(message), isFatal: acceptsNone }
  }
  // Any other audience may be that of an API, also one that the operator names later. Its tokens are accepted by their signature.
  const [own = ''] = audiences
  const isOwnMistaken = first === audience && (audience === named.issuer || withoutSlash(audience) === withoutSlash(own))
  const message = isOwnMistaken
    ? `audience is ${audience}, and tokens of Muster's own API carry ${own}. Set audience: '${own}'.`
    : `The client ${named.clientId} belongs to no API, so API keys for ${first} are refused, and callers with a new role. Register a client for that API: ${register}`
  return { fault: wrong(message), isFatal: isOwnMistaken && acceptsNone }
}

const withoutSlash = (audience: string): string => audience.replace(/\/+$/, '')

/** Detects faults that every response shows: another host, a redirect, or a server that is not Muster. */
function faultOfAnswer(answer: Response, issuer: string): VerifierUnavailable | null {
  if (answer.status === 421)
    return wrong(`The server does not answer to the name in ${issuer}. Set issuer to its public address, or add the name to its MUSTER_HOSTS.`)
  if (answer.status >= 300 && answer.status < 400)
    return wrong(
      `${issuer} redirects to ${answer.headers.get('location') ?? 'another address'}. Set issuer to the public address of Muster; secrets do not follow redirects.`,
    )
  if (answer.status === 404) return wrong(`There is no Muster at ${issuer} (404). Check issuer.`)
  return null
}
