import type { OrganizationId, UserId } from '@muster/contract/ids.ts'
import { errors, type KoaContextWithOIDC } from 'oidc-provider'
import { EVERYTHING, OWN_API } from '../domain/apis/api.ts'
import { type Term, termOf } from '../domain/apis/term.ts'
import { consentOf, coversRequest } from '../domain/credentials/consent.ts'
import type { Consent } from '../domain/credentials/store.ts'
import type { LiveState } from '../domain/model/live.ts'
import type { Tx } from '../domain/store.ts'
import { currentExchange } from './exchange.ts'
import type { OwnNames } from './resources.ts'

// The consent of a person to a client that is not first-party (P16), as a part of the library's grants.

/** The scopes of a request at the authorization endpoint. */
export interface RequestedScopes {
  /** As the library divides them: those about the person, and `api`. */
  identity: readonly string[]
  /** Those that mean something at each resource. */
  resources: ReadonlyMap<string, readonly string[]>
}

const termAt = (scope: string, resource: string, own: OwnNames): Term => termOf(scope, own.includes(resource) ? OWN_API : resource)

export function requestedScopes({ oidc }: KoaContextWithOIDC): RequestedScopes {
  const requested = [...oidc.requestParamScopes]
  const servers = Object.values(oidc.resourceServers ?? {})
  return {
    identity: [...oidc.requestParamOIDCScopes],
    resources: new Map(servers.map((server) => [server.identifier(), requested.filter((scope) => server.scopes.has(scope))])),
  }
}

/** The consent of the signed-in person to the client that calls. Undefined for a first-party client, which needs none. */
export async function consentToCaller(reading: Tx, live: LiveState): Promise<Consent | null | undefined> {
  const { client } = currentExchange()
  return client && !client.firstParty ? consentOf(reading, live, client.id) : undefined
}

/** `api` counts at the resources, because it means something else at each. */
const termsOfRequested = ({ identity, resources }: RequestedScopes, own: OwnNames): Term[] => [
  ...identity.filter((scope) => scope !== EVERYTHING),
  ...[...resources].flatMap(([resource, scopes]) => scopes.map((scope) => termAt(scope, resource, own))),
]

/** Whether the person must be asked. @throws InvalidScope for a request of nothing: no API has its permissions any more */
export function needsConsent(consent: Consent | null, requested: RequestedScopes, own: OwnNames): boolean {
  const terms = termsOfRequested(requested, own)
  if (terms.length === 0) throw new errors.InvalidScope('No API has these scopes any more.', '')
  return !coversRequest(consent, terms)
}

/** What the person grants of a request, and what they do not. */
export function divided(consent: Consent | null, { identity, resources }: RequestedScopes, own: OwnNames): Record<'granted' | 'declined', RequestedScopes> {
  const isGranted = (scope: string, resource: string) => consent?.granted.includes(termAt(scope, resource, own)) ?? false
  const everywhere = [...resources.keys()]
  const part = (wanted: boolean): RequestedScopes => ({
    identity: identity.filter((scope) => (scope === EVERYTHING ? everywhere.some((one) => isGranted(scope, one)) : isGranted(scope, OWN_API)) === wanted),
    resources: new Map([...resources].map(([resource, scopes]) => [resource, scopes.filter((scope) => isGranted(scope, resource) === wanted)])),
  })
  return { granted: part(true), declined: part(false) }
}

/** The library's grant of a session, as far as the consent of its person goes now. */
export async function withinConsent(
  reading: Pick<Tx, 'consents'>,
  grant: Record<string, unknown>,
  of: GrantOwner,
  own: OwnNames,
): Promise<Record<string, unknown>> {
  const found = await reading.consents.find(of.accountId as UserId, of.clientId)
  const consent = found !== null && of.organizationId !== undefined && of.organizationId !== found.organizationId ? null : found
  const { openid, resources = {} } = grant as { openid?: { scope?: string }; resources?: Record<string, string> }
  const { granted } = divided(
    consent,
    { identity: words(openid?.scope), resources: new Map(Object.entries(resources).map(([name, scope]) => [name, words(scope)])) },
    own,
  )
  const narrowed = [...granted.resources].map(([name, scopes]): [string, string] => [name, scopes.join(' ')])
  return { ...grant, openid: { ...openid, scope: granted.identity.join(' ') }, resources: Object.fromEntries(narrowed) }
}

interface GrantOwner {
  accountId: string
  clientId: string
  /** Of the session. Undefined before a code has started it. */
  organizationId: OrganizationId | null | undefined
}

const words = (text: string | undefined): string[] => (text ?? '').split(' ').filter(Boolean)
