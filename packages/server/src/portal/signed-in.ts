import type { FastifyReply, FastifyRequest } from 'fastify'
import type { SignedIn } from '../domain/accounts/open-session.ts'
import { answeringBy } from '../domain/organizations/answer-as-deactivated.ts'
import type { SignedIn as BrowserSignedIn } from '../http/browser-session.ts'
import { goOn, invitationTokenOf, type Portal, seeOther } from './portal.ts'
import { isJoin, passkeyStep, userCodeOf } from './return-path.ts'
import { sendAnswering } from './routes/invitations/answer.ts'

// The last step of every sign-in in a browser.

/** What the sign-in replaces, and what it is for. */
export const openingOf = (options: Portal, request: FastifyRequest, before: BrowserSignedIn | null, returnPath: string | null) => ({
  replaces: before?.principal.sessionId ?? null,
  userCode: userCodeOf(returnPath),
  answering: returnPath !== null && mayAnswer(returnPath) ? invitationTokenOf(options, request) : undefined,
})

/** A sign-in link leads to the passkey step, and knows nothing of the invitation that this browser has opened. */
const mayAnswer = (returnPath: string): boolean => isJoin(returnPath) || returnPath === passkeyStep

/** Gives the browser its cookie, and leads on. */
export async function enterSession(
  options: Portal,
  request: FastifyRequest,
  reply: FastifyReply,
  { account, cookie, limited }: SignedIn,
  returnPath: string | null,
): Promise<FastifyReply> {
  const { sessions, store } = options
  sessions.rememberDevice(request, reply, account)
  if (limited) {
    const answering = await answeringBy(store.reading, cookie)
    return answering ? sendAnswering(options, request, reply, answering, cookie) : seeOther(reply, '/join')
  }
  sessions.setCookie(reply, cookie)
  return goOn(options, request, reply, { returnPath, registered: account.username !== null })
}
