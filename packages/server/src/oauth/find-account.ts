import type { SessionId } from '@muster/contract/ids.ts'
import type { Account, KoaContextWithOIDC } from 'oidc-provider'
import { requirePolicy } from '../domain/command/factor-policy.ts'
import { requireValid } from '../domain/command/refused-credential.ts'
import type { LiveState } from '../domain/model/live.ts'
import type { Store } from '../domain/store.ts'
import { personClaims } from './accounts.ts'
import { currentExchange } from './exchange.ts'
import { refusing } from './refusal.ts'

/** An account for the library, with all values of its tokens. Read once, so that role and status are from the same moment. */
export interface LibraryAccount extends Account {
  live: LiveState
}

const toAccount = (live: LiveState): LibraryAccount => ({ accountId: live.account.id, live, claims: async () => personClaims(live) })

/**
 * The library loads the account at each poll, code and refresh (S53), with the token whose grant is the session. On pages it passes no token. Then the
 * account is valid only while its user is signed in in this browser.
 */
export function createFindAccount(store: Store) {
  return async (_ctx: KoaContextWithOIDC, id: string, token?: { grantId?: string }): Promise<Account | undefined> => {
    if (!token?.grantId) {
      const { signedIn } = currentExchange()
      return signedIn?.live.account.id === id ? toAccount(signedIn.live) : undefined
    }
    const { refresh } = currentExchange()
    const found = refresh?.live.session.id === token.grantId ? refresh.live : await store.reading.sessions.liveState(token.grantId as SessionId, null)
    const live = await refusing(requireValid(store.reading, found))
    if (live.session.kind !== 'refresh') await refusing(Promise.resolve(live).then(requirePolicy))
    return live.account.id === id ? toAccount(live) : undefined
  }
}
