import { AsyncLocalStorage } from 'node:async_hooks'
import type { PresentedRefreshToken } from '../domain/credentials/store.ts'
import type { LiveState } from '../domain/model/live.ts'
import type { Origin, Principal, UserPrincipal } from '../domain/model/principal.ts'
import type { Problem } from '../domain/model/problem.ts'
import type { SignedIn } from '../http/browser-session.ts'

/** What one request to the library carries beside it: the library's own context knows nothing of origins, browser sessions or problems. */
export interface Exchange {
  origin: Origin
  /** Who is signed in in this browser, on the routes a browser visits. */
  signedIn: SignedIn | null
  /** Why it was refused, for the answer's `code`: the library passes on `error` and `error_description` alone. */
  refusal: Problem | null
  /** The code of the device login that was just asked for; the library's own is not used. */
  userCode: string | null
  /** How the refresh token that is being issued is to be called. */
  refreshTokenName: string | null
  /** The refresh token that came, with its session as it was then: read once, asked for by the library in parts. */
  refresh: PresentedRefreshToken | null
  /** The person pressed the button that ends Muster's browser session with the library's. */
  signsOut: boolean
  /** What is being granted, until the code that carries it is stored. */
  grant: { id: string; payload: Record<string, unknown> } | null
}

const exchanges = new AsyncLocalStorage<Exchange>()

export const newExchange = (origin: Origin, signedIn: SignedIn | null = null): Exchange => ({
  origin,
  signedIn,
  refusal: null,
  userCode: null,
  refreshTokenName: null,
  refresh: null,
  signsOut: false,
  grant: null,
})

export const withExchange = <T>(exchange: Exchange, work: () => T): T => exchanges.run(exchange, work)

/** @throws Error outside a request: the library is only called inside one */
export function currentExchange(): Exchange {
  const exchange = exchanges.getStore()
  if (!exchange) throw new Error('The OAuth library was called outside a request.')
  return exchange
}

export const anonymous = (): Principal => ({ kind: 'anonymous', origin: currentExchange().origin })

/** Whoever holds the session acts. */
export const principalOf = ({ session, account }: Pick<LiveState, 'session' | 'account'>): UserPrincipal => ({
  kind: 'user',
  userId: account.id,
  sessionId: session.id,
  epoch: session.epoch,
  organizationId: session.organizationId,
  token: null,
  origin: currentExchange().origin,
})
