import type { SessionId } from '@muster/contract/ids.ts'
import type { Context } from '../command/context.ts'
import { endApplicationSessions } from '../credentials/application-session.ts'
import { finishSession } from '../credentials/session.ts'

/** Ends this browser session and the application sessions that were started from it. Logins on terminals continue (S49). */
export async function signOut(context: Context, { sessionId }: { sessionId: SessionId }): Promise<void> {
  await context.account({ unregistered: true })
  await finishSession(context, sessionId, 'signed_out')
  await endApplicationSessions(context, { startedBy: sessionId })
}
