import type { SessionId } from '@muster/contract/ids.ts'
import { refusalOf } from '../domain/command/refused-credential.ts'
import type { LogoutJob } from '../domain/command/store.ts'
import type { Client } from '../domain/model/client.ts'
import type { Store } from '../domain/store.ts'
import type { Job } from './queue.ts'

interface Options {
  config: { issuer: string }
  store: Store
  sign(claims: Record<string, unknown>, client: Pick<Client, 'alg'>): Promise<string>
  post(url: string, message: { headers: Record<string, string>; body: string }): Promise<{ status: number }>
  log: { warn(details: object, message: string): void }
}

const EVENT = 'http://schemas.openid.net/event/backchannel-logout'
const TRIED_FOR_SECONDS = 3_600
/** The specification recommends at most two minutes (section 2.4). Each attempt signs a new token. */
const TOKEN_SECONDS = 120

/**
 * OpenID Connect Back-Channel Logout 1.0. It only informs: the session has ended whether or not the application responds, and nothing waits for the
 * response. An application that has not responded within an hour is not informed again.
 */
export function logoutHandler({ config: { issuer }, store, sign, post, log }: Options): (job: Job<LogoutJob>) => Promise<void> {
  return async ({ id, data: { sessionId, at } }) => {
    const live = await store.reading.sessions.liveState(sessionId as SessionId, null)
    // The session that makes a move stays valid, so its epoch alone does not show whether it has ended.
    if (!live?.session.clientId || refusalOf(live, live.session) === null) return
    const client = await store.reading.clients.find(live.session.clientId)
    if (!client || client.removedAt || client.backchannelLogoutUri === null) return
    const now = Math.floor((await store.reading.now()).getTime() / 1000)
    if (now - Date.parse(at) / 1000 > TRIED_FOR_SECONDS) return log.warn({ client: client.id }, 'an application was not informed of a logout')

    const claims = { iss: issuer, aud: client.id, iat: now, exp: now + TOKEN_SECONDS, jti: id, sub: live.account.id, sid: sessionId, events: { [EVENT]: {} } }
    const { status } = await post(client.backchannelLogoutUri, {
      headers: { 'content-type': 'application/x-www-form-urlencoded', accept: 'application/json' },
      body: new URLSearchParams({ logout_token: await sign(claims, client) }).toString(),
    })
    if (status !== 200 && status !== 204) throw new Error(`The application ${client.id} answered a logout token with ${status}.`) // retried
  }
}
