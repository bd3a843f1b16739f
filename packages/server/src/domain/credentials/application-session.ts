import type { ClientId, SessionId } from '@muster/contract/ids.ts'
import type { Context } from '../command/context.ts'
import { requirePolicy } from '../command/factor-policy.ts'
import { requireValid } from '../command/refused-credential.ts'
import { Problem } from '../model/problem.ts'
import type { Session } from '../model/session.ts'
import { consentOf } from './consent.ts'
import { finishSession, signInOf, startSession } from './session.ts'

export interface StartApplicationSession {
  /** The hash of the authorization code, which can be used once (RFC 6749 section 4.1.2). */
  codeHash: Uint8Array
  /** Chosen when the code was issued, so that the code can name the session. */
  sessionId: SessionId
  clientId: ClientId
  /** The browser session in which the person agreed. */
  startedBy: SessionId
  grant: Record<string, unknown>
  /** Of the client: it starts no session without the consent of the person (P16). */
  firstParty: boolean
}

/** Redeems an authorization code and starts the application's session, in one transaction. Null if the code was redeemed before. */
export async function startApplicationSession(context: Context, input: StartApplicationSession): Promise<Session | null> {
  const { tx } = context
  if (!(await tx.oauthModels.consume('AuthorizationCode', input.codeHash))) return null
  // Locked first, so that a concurrent password change either comes before this check, or ends the session that is created here (S32).
  const browser = await tx.sessions.find(input.startedBy)
  if (browser) await tx.accounts.lock(browser.userId)
  // A person who has signed out or lost access since they agreed gets nothing (S53).
  const live = await requireValid(tx, await tx.sessions.liveState(input.startedBy, null))
  requirePolicy(live)
  // Revoked since the code was issued, or the person has moved to another organization.
  if (!input.firstParty && !(await consentOf(tx, live, input.clientId))) throw new Problem('token_revoked', 'The user has not given this application access.')
  return startSession(context, {
    id: input.sessionId,
    kind: 'application',
    account: live.account,
    organizationId: live.organization?.id ?? null,
    clientId: input.clientId,
    ...signInOf(live.session),
    grantPayload: { grant: input.grant, startedBy: input.startedBy },
  })
}

/** A sign-out in the browser ends the sessions that were started from it, except those with `offline_access`. */
export async function endApplicationSessions(context: Context, { startedBy }: { startedBy: SessionId }): Promise<void> {
  for (const id of await context.tx.sessions.listStartedBy(startedBy)) await finishSession(context, id, 'signed_out')
}
