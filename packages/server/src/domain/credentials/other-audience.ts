import { type Api, ownAudiences, scopesOf } from '../apis/api.ts'
import { termOf } from '../apis/term.ts'
import type { UserPrincipal } from '../model/principal.ts'
import { Problem } from '../model/problem.ts'
import type { Tx } from '../store.ts'
import { scopesGrantedAt } from './granted-audience.ts'

/**
 * The API that a login without a refresh token asks a token for, and the token's scopes (P3): never more than the login was granted there, and than its client may
 * still request.
 * @throws Problem invalid_target
 */
export async function apiOfLogin(
  tx: Pick<Tx, 'sessions' | 'clients' | 'apis' | 'consents'>,
  { sessionId, token }: UserPrincipal,
  { resource, issuer, audience }: { resource: string; issuer: string; audience: string },
): Promise<{ api: Api; scopes: Set<string>; clientId: string; expiresAt: Date }> {
  const own = ownAudiences({ issuer, audience })
  const session = await tx.sessions.find(sessionId)
  if (!token || !session?.clientId) throw new Problem('invalid_target', 'The session of a browser gets no tokens.')
  // A second token for it would outlive the revocation of the one presented.
  if (resource === audience || own.includes(resource))
    throw new Problem('invalid_target', "The token that you sent is for Muster's own API already. Use it there.")
  if (session.kind === 'refresh' || scopesGrantedAt(session.grantPayload, own[0], own)?.includes('offline_access'))
    throw new Problem('invalid_target', 'This login has a refresh token. Send it to the token endpoint with the parameter resource.')
  const granted = scopesGrantedAt(session.grantPayload, resource, own) ?? []
  const client = await tx.clients.find(session.clientId)
  const api = await tx.apis.findByAudience(resource)
  const consent = client && !client.firstParty ? await tx.consents.find(session.userId, client.id) : undefined
  const isConsented = (scope: string) =>
    consent === undefined || (consent?.organizationId === session.organizationId && consent.granted.includes(termOf(scope, resource)))
  const scopes = granted.filter((scope) => client?.scopes.includes(scope) && api && scopesOf(api).includes(scope) && isConsented(scope))
  if (!api || scopes.length === 0) throw new Problem('invalid_target', 'This login does not include that API.')
  return { api, scopes: new Set(scopes), clientId: session.clientId, expiresAt: token.expiresAt }
}
