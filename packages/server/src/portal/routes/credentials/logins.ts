import { isId } from '@muster/contract/ids.ts'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { signOut } from '../../../domain/accounts/sign-out.ts'
import { listRefreshTokens } from '../../../domain/credentials/refresh-token.ts'
import { endOtherSessions, endSession } from '../../../domain/credentials/session.ts'
import { Problem } from '../../../domain/model/problem.ts'
import type { SignedIn } from '../../../http/browser-session.ts'
import { passwordPathOf } from '../../own-page.ts'
import { type LoginView, loginsPage } from '../../pages/index.ts'
import { fieldsOf, frameOf, type Portal, page, seeOther, sendPage } from '../../portal.ts'
import { withReturnPath } from '../../return-path.ts'
import { isTypedBy, keepTyped, typedBy } from '../../typed-form.ts'

const path = '/logins'
const form = { path, fields: [] }

/** Lists the user's logins and ends them. */
export async function loginRoutes(app: FastifyInstance, options: Portal): Promise<void> {
  const { sessions, execute } = options
  app.addHook('preHandler', (request) => sessions.refuseBarred(request))

  app.get(path, page, async (request, reply) => {
    const signedIn = await sessions.signedIn(request)
    if (!signedIn) return seeOther(reply, withReturnPath('/sign-in', path))
    const { ended } = fieldsOf(request.query)
    const { account } = signedIn.live
    return sendPage(
      reply,
      loginsPage({
        frame: frameOf(options, request),
        who: account.username ?? account.email,
        logins: await loginsOf(options, signedIn),
        endOthers: { action: `${path}/end-others`, hidden: typedBy(signedIn.live) },
        passwordPath: await passwordPathOf(options, signedIn),
        accountPath: '/account',
        ended: ended !== undefined && /^\d{1,4}$/.test(ended) ? Number(ended) : undefined,
      }),
    )
  })

  app.post(`${path}/end`, page, async (request, reply) => {
    const signedIn = await sessions.signedIn(request)
    if (!signedIn || !isTypedBy(request, signedIn)) return keepTyped(options, request, reply, form)
    const { session = '', back } = fieldsOf(request.body)
    const { principal } = signedIn
    if (session === principal.sessionId) {
      await execute(signOut, principal, { sessionId: principal.sessionId })
      sessions.clearCookie(reply)
      return seeOther(reply, '/signed-out')
    }
    if (!isId('session', session)) throw new Problem('session_not_found')
    const { ended } = await execute(endSession, principal, { sessionId: session, reason: 'ended_by_user' })
    return seeOther(reply, back === 'security' || back === 'sign-ins' ? `/account/${back}?done=sign-in-ended` : `${path}?ended=${ended}`)
  })

  app.post(`${path}/end-others`, page, async (request: FastifyRequest, reply: FastifyReply) => {
    const signedIn = await sessions.signedIn(request)
    if (!signedIn || !isTypedBy(request, signedIn)) return keepTyped(options, request, reply, form)
    const { ended } = await execute(endOtherSessions, signedIn.principal, undefined)
    return seeOther(reply, `${path}?ended=${ended}`)
  })
}

/** The names of the clients of these sessions. */
export async function clientNames({ store }: Pick<Portal, 'store'>, sessions: readonly { clientId: string | null }[]) {
  const names = new Map<string, string>()
  for (const id of new Set(sessions.flatMap(({ clientId }) => clientId ?? []))) names.set(id, (await store.reading.clients.find(id))?.name ?? id)
  return (id: string | null): string | null => (id === null ? null : (names.get(id) ?? null))
}

/** The current session first, then the others by last use. */
async function loginsOf({ store }: Portal, { principal }: SignedIn): Promise<LoginView[]> {
  const alive = await store.reading.sessions.listAlive(principal.userId)
  const tokens = new Map((await listRefreshTokens(store.reading, principal.userId)).map((token) => [token.sessionId, token]))
  const clientOf = await clientNames({ store }, alive)
  return alive
    .map((session): LoginView => {
      const token = tokens.get(session.id)
      return {
        kind: session.kind,
        current: session.id === principal.sessionId,
        client: clientOf(session.clientId),
        address: token?.lastAddress ?? session.address,
        agent: session.userAgent,
        createdAt: session.createdAt,
        lastUsedAt: token?.lastUsedAt ?? session.lastUsedAt,
        endsAt: session.expiresAt,
        refreshToken: token?.id,
        end: { action: `${path}/end`, hidden: { session: session.id } },
      }
    })
    .sort((a, b) => Number(b.current) - Number(a.current) || b.lastUsedAt.getTime() - a.lastUsedAt.getTime())
}
