import type { FastifyInstance } from 'fastify'
import { failedSignInsOf } from '../../../domain/command/refused-attempts.ts'
import type { Page, PageRequest } from '../../../domain/model/page.ts'
import type { SignedIn } from '../../../http/browser-session.ts'
import { ownPage, passwordPathOf } from '../../own-page.ts'
import { type FailedSignInView, type SignInView, signInsPage } from '../../pages/index.ts'
import { fieldsOf, frameOf, type Portal, page, seeOther, sendPage } from '../../portal.ts'
import { typedBy } from '../../typed-form.ts'
import { clientNames } from '../credentials/logins.ts'

export const signInsPath = '/account/sign-ins'
const securityPath = '/account/security'
const PAGE = 50
export const SIGN_IN_ENDED = 'The sign-in was ended. Its tokens are no longer valid.'

/** The caller's own sign-ins, the newest first. */
export async function signInsOf(
  options: Portal,
  { principal, live }: SignedIn,
  { back, ...request }: PageRequest & { back: 'security' | 'sign-ins' },
): Promise<Page<SignInView>> {
  const { store, providers } = options
  const { items, nextCursor } = await store.reading.sessions.pageStarted(principal.userId, request)
  const clientOf = await clientNames(options, items)
  const views = items.map(
    ({ id, kind, clientId, address, userAgent, createdAt, methods, provider, active }): SignInView => ({
      kind,
      current: id === principal.sessionId,
      client: clientOf(clientId),
      address,
      agent: userAgent,
      at: createdAt,
      methods,
      provider: providers.find((one) => one.id === provider)?.name ?? provider,
      end: active ? { action: '/logins/end', hidden: { ...typedBy(live), session: id, back } } : null,
    }),
  )
  return { items: views, nextCursor }
}

export async function failedSignIns({ store }: Portal, { principal }: SignedIn, request: PageRequest): Promise<Page<FailedSignInView>> {
  const { items, nextCursor } = await store.reading.audit.page(failedSignInsOf(principal.userId), request)
  return { items: items.map(({ at, address, details }) => ({ at, address, code: String(details['code']) })), nextCursor }
}

/** All sign-ins of the user, or all failed attempts (F24). The page Security shows the newest. */
export async function signInRoutes(app: FastifyInstance, options: Portal): Promise<void> {
  const { sessions, keys } = options
  app.addHook('preHandler', (request) => sessions.refuseBarred(request))

  app.get(
    signInsPath,
    page,
    ownPage(options)(signInsPath, async (signedIn, request, reply) => {
      const { outcome, after, done } = fieldsOf(request.query)
      const isFailed = outcome === 'refused'
      const pathOf = (query: Record<string, string>) => (Object.keys(query).length === 0 ? signInsPath : `${signInsPath}?${new URLSearchParams(query)}`)
      const own: Record<string, string> = isFailed ? { outcome: 'refused' } : {}
      const context = `${pathOf(own)} ${signedIn.principal.userId}`
      let cursor: string | undefined
      try {
        cursor = after === undefined ? undefined : keys.openLasting('cursor', context, Buffer.from(after, 'base64url'))
      } catch {
        return seeOther(reply, pathOf(own)) // not a link of this page
      }
      const list = isFailed
        ? await failedSignIns(options, signedIn, { limit: PAGE, cursor })
        : await signInsOf(options, signedIn, { limit: PAGE, cursor, back: 'sign-ins' })
      const older = list.nextCursor && keys.lasting.seal('cursor', context, list.nextCursor).toString('base64url')
      return sendPage(
        reply,
        signInsPage({
          frame: frameOf(options, request),
          shown: isFailed ? { failed: list.items as FailedSignInView[] } : { signIns: list.items as SignInView[] },
          otherPath: pathOf(isFailed ? {} : { outcome: 'refused' }),
          olderPath: older === null ? null : pathOf({ ...own, after: older }),
          passwordPath: await passwordPathOf(options, signedIn),
          securityPath,
          done: done === 'sign-in-ended' ? SIGN_IN_ENDED : undefined,
        }),
      )
    }),
  )
}
