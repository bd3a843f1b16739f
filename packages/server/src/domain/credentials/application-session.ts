import type { ClientId, SessionId } from '@muster/contract/ids.ts'
import { requireGood } from '../command/authorize.ts'
import type { Context } from '../command/context.ts'
import type { Session } from '../model/session.ts'
import { finishSession, startSession } from './session.ts'

export interface StartApplicationSession {
  /** Of the authorization code, which is good once (RFC 6749 section 4.1.2). */
  codeHash: Uint8Array
  /** Chosen when the code was made, so that the code can name it. */
  sessionId: SessionId
  clientId: ClientId
  /** The browser session in which the person agreed. */
  startedBy: SessionId
  grant: Record<string, unknown>
}

/** An application takes its tokens: the code is used up and its session begins, in one. Null when somebody was quicker. */
export async function startApplicationSession(context: Context, input: StartApplicationSession): Promise<Session | null> {
  const { tx } = context
  if (!(await tx.oauthModels.consume('AuthorizationCode', input.codeHash))) return null
  // Locked first, so that a password that is just being set comes before this look, or ends the session that is made here (S32).
  const browser = await tx.sessions.find(input.startedBy)
  if (browser) await tx.accounts.lock(browser.userId)
  // Whoever signed out, or lost the right, between the page and this moment gets nothing (S53).
  const live = await requireGood(tx, await tx.sessions.liveState(input.startedBy, null))
  return startSession(context, {
    id: input.sessionId,
    kind: 'application',
    account: live.account,
    organizationId: live.organization?.id ?? null,
    clientId: input.clientId,
    grantPayload: { grant: input.grant, startedBy: input.startedBy },
  })
}

/** Signing out of a browser ends what was started from it, but for what was allowed to go on without it (`offline_access`). */
export async function endApplicationSessions(context: Context, { startedBy }: { startedBy: SessionId }): Promise<void> {
  for (const id of await context.tx.sessions.listStartedBy(startedBy)) await finishSession(context, id, 'signed_out')
}
