import type { SessionId } from '@muster/contract/ids.ts'
import type { Account, KoaContextWithOIDC } from 'oidc-provider'
import { requireGood } from '../domain/command/authorize.ts'
import type { LiveState } from '../domain/model/live.ts'
import type { Store } from '../domain/store.ts'
import { currentExchange } from './exchange.ts'
import { refusing } from './refusal.ts'

/** An account as the library is handed it, with everything its tokens will say: read once, so that a role is never newer or older than the status. */
export interface LibraryAccount extends Account {
  live: LiveState
}

/** What an access token says of the session and the organization (S56). */
export function accessClaims({ session, account, membership, organization }: LiveState): Record<string, unknown> {
  const registered = account.username !== null && membership?.status === 'active' && organization
  return { sid: session.id, epoch: account.epoch, ...(registered && { org_id: organization.id, org: organization.name, role: membership.role }) }
}

/** Which claims a scope opens (OpenID Connect Core section 5.4, and the organization). */
export const claimsOfScopes = {
  openid: ['sub'],
  profile: ['name', 'given_name', 'family_name', 'preferred_username', 'org_id', 'org', 'role'],
  email: ['email', 'email_verified'],
}

/** All that is said of a person to an application; scopes decide what it gets. */
export function personClaims(live: LiveState): { sub: string; [claim: string]: unknown } {
  const { account } = live
  const { org_id, org, role } = accessClaims(live)
  return {
    sub: account.id,
    name: `${account.givenName} ${account.familyName}`.trim(),
    given_name: account.givenName,
    ...(account.familyName !== '' && { family_name: account.familyName }),
    ...(account.username !== null && { preferred_username: account.username }),
    email: account.email,
    email_verified: true, // before the mailed code there is no account (S44)
    ...(org_id !== undefined && { org_id, org, role }),
  }
}

export function claimsForScopes(live: LiveState, scopes: ReadonlySet<string>): Record<string, unknown> {
  const open = new Set<string>(['sub', ...Object.entries(claimsOfScopes).flatMap(([scope, claims]) => (scopes.has(scope) ? claims : []))])
  return Object.fromEntries(Object.entries(personClaims(live)).filter(([claim]) => open.has(claim)))
}

const toAccount = (live: LiveState): LibraryAccount => ({ accountId: live.account.id, live, claims: async () => personClaims(live) })

/**
 * The library asks for an account at the poll, at a code and at every refresh (S53): with the token, whose grant is our session. On the pages it
 * asks without one: then the account counts only while its person is signed in in this browser.
 */
export function createFindAccount(store: Store) {
  return async (_ctx: KoaContextWithOIDC, id: string, token?: { grantId?: string }): Promise<Account | undefined> => {
    if (!token?.grantId) {
      const { signedIn } = currentExchange()
      return signedIn?.live.account.id === id ? toAccount(signedIn.live) : undefined
    }
    const { refresh } = currentExchange()
    const found = refresh?.live.session.id === token.grantId ? refresh.live : await store.reading.sessions.liveState(token.grantId as SessionId, null)
    const live = await refusing(requireGood(store.reading, found))
    return live.account.id === id ? toAccount(live) : undefined
  }
}
