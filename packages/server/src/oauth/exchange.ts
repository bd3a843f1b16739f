import { AsyncLocalStorage } from 'node:async_hooks'
import type { Api } from '../domain/apis/api.ts'
import type { PresentedRefreshToken, RegisteredClient } from '../domain/credentials/store.ts'
import type { LiveState } from '../domain/model/live.ts'
import type { Origin, Principal, UserPrincipal } from '../domain/model/principal.ts'
import type { Problem } from '../domain/model/problem.ts'
import type { SignedIn } from '../http/browser-session.ts'

/** Data of one request to the library. The library's own context has no origins, browser sessions or problems. */
export interface Exchange {
  origin: Origin
  /** The user signed in in this browser, on browser routes. */
  signedIn: SignedIn | null
  /** The calling client. Read once, because the library forgets what it has no name for. */
  client: RegisteredClient | null
  /** The API of the platform that the token is for. Null: Muster's own. */
  api: Api | null
  /** The refusal, for the `code` of the response: the library only passes on `error` and `error_description`. */
  refusal: Problem | null
  /** The user code of the new device authorization. The library's own code is not used. */
  userCode: string | null
  /** The name of the refresh token that is being issued. */
  refreshTokenName: string | null
  /** The presented refresh token with its session. Read once, because the library loads it in parts. */
  refresh: PresentedRefreshToken | null
  /** True when the request of a client that is not first-party goes beyond what the user has let it do (P16). */
  needsConsent: boolean
  /** True when the user chose to end Muster's browser session too. */
  signsOut: boolean
  /** The grant, until its authorization code is stored. */
  grant: { id: string; payload: Record<string, unknown> } | null
}

const exchanges = new AsyncLocalStorage<Exchange>()

export const newExchange = (origin: Origin, signedIn: SignedIn | null = null): Exchange => ({
  origin,
  signedIn,
  client: null,
  api: null,
  refusal: null,
  userCode: null,
  refreshTokenName: null,
  refresh: null,
  needsConsent: false,
  signsOut: false,
  grant: null,
})

export const withExchange = <T>(exchange: Exchange, work: () => T): T => exchanges.run(exchange, work)

/** @throws Error outside a request */
export function currentExchange(): Exchange {
  const exchange = exchanges.getStore()
  if (!exchange) throw new Error('The OAuth library was called outside a request.')
  return exchange
}

export const anonymous = (): Principal => ({ kind: 'anonymous', origin: currentExchange().origin })

/** The user of the session. */
export const principalOf = ({ session, account }: Pick<LiveState, 'session' | 'account'>): UserPrincipal => ({
  kind: 'user',
  userId: account.id,
  sessionId: session.id,
  epoch: session.epoch,
  organizationId: session.organizationId,
  token: null,
  origin: currentExchange().origin,
})
