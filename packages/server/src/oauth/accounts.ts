import { acrOf } from '@muster/contract/authentication.ts'
import { type Api, permissionsAt } from '../domain/apis/api.ts'
import { meetsPolicy } from '../domain/command/factor-policy.ts'
import type { LiveMembership, LiveState } from '../domain/model/live.ts'
import { lastAuthentication } from '../domain/model/session.ts'

/** The role of its holder. A custom one has an id and a revision, so that a verifier knows whether it was edited since (P10). */
export const roleClaims = ({ role, customRole }: Pick<LiveMembership, 'role' | 'customRole'>): Record<string, unknown> => ({
  role,
  ...(customRole && { role_id: customRole.id, role_revision: customRole.revision }),
})

/** The claims of an access token about the session, how and when its person last proved who they are (F14, RFC 9470 section 6), and the organization (S56). */
export function accessClaims({ now, session, account, membership, organization }: LiveState): Record<string, unknown> {
  // Until its policy is met, a session does not act in the organization, so its token does not name it (F13).
  const acts = session.kind === 'refresh' || meetsPolicy({ organization, now, session })
  const registered = account.username !== null && membership?.status === 'active' && acts && organization
  const { at, methods } = lastAuthentication(session)
  const proof = { auth_time: Math.floor(at.getTime() / 1000), acr: acrOf(methods), amr: methods }
  return {
    sid: session.id,
    epoch: account.epoch,
    ...proof,
    ...(account.username !== null && { username: account.username }),
    ...(registered && { org_id: organization.id, org: organization.name, ...roleClaims(membership) }),
  }
}

/** Instead of a longer list there is null, so that a token has at most 4 KB. */
const PERMISSION_BYTES = 1_000

/** The claims of a person's access token. For an API of the platform also what it allows there now (P5); such a service must introspect to stay current. */
export function tokenClaims(live: LiveState, api: Api | null, scopes: Iterable<string>): Record<string, unknown> {
  const claims = accessClaims(live)
  if (!api) return claims
  const permissions = permissionsAtApi(api, live, new Set(scopes))
  return { ...claims, permissions: JSON.stringify(permissions).length > PERMISSION_BYTES ? null : permissions, catalogue_revision: api.revision }
}

/** What a person's session may do at the API, however long the list is. */
export const permissionsAtApi = (api: Api, live: LiveState, scopes: ReadonlySet<string>): string[] =>
  accessClaims(live).role === undefined || !live.membership ? [] : permissionsAt(api, live.membership, scopes)

/** The claims of each scope (OpenID Connect Core section 5.4, and the organization). */
export const claimsOfScopes = {
  openid: ['sub', 'auth_time', 'acr', 'amr'],
  profile: ['name', 'given_name', 'family_name', 'preferred_username', 'org_id', 'org', 'role', 'role_id', 'role_revision'],
  email: ['email', 'email_verified'],
}

/** All claims about a person. The scopes decide which of them an application gets. */
export function personClaims(live: LiveState): { sub: string; [claim: string]: unknown } {
  const { account } = live
  const { org_id, org, role, role_id, role_revision } = accessClaims(live)
  return {
    sub: account.id,
    name: `${account.givenName} ${account.familyName}`.trim(),
    given_name: account.givenName,
    ...(account.familyName !== '' && { family_name: account.familyName }),
    ...(account.username !== null && { preferred_username: account.username }),
    email: account.email,
    email_verified: true, // an account exists only after the emailed code was entered (S44)
    ...(org_id !== undefined && { org_id, org, role }),
    ...(role_id !== undefined && { role_id, role_revision }),
  }
}

export function claimsForScopes(live: LiveState, scopes: ReadonlySet<string>): Record<string, unknown> {
  const open = new Set<string>(['sub', ...Object.entries(claimsOfScopes).flatMap(([scope, claims]) => (scopes.has(scope) ? claims : []))])
  return Object.fromEntries(Object.entries(personClaims(live)).filter(([claim]) => open.has(claim)))
}
