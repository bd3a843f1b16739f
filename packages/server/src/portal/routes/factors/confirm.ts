import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { confirmByCode, confirmByPasskey, confirmByPassword } from '../../../domain/accounts/confirm.ts'
import { awaitsCode, confirmByEmail, confirmsByEmail, sendConfirmationCode } from '../../../domain/accounts/confirm-by-email.ts'
import { isPasswordEnough, isRecent, neededFor } from '../../../domain/command/recent.ts'
import { Problem } from '../../../domain/model/problem.ts'
import type { SignedIn } from '../../../http/browser-session.ts'
import { confirmPage } from '../../pages/index.ts'
import type { Fault } from '../../parts.ts'
import { confirmRequest } from '../../passkey-request.ts'
import { faultsOf, fieldsOf, frameOf, type Portal, page, seeOther, sendPage } from '../../portal.ts'
import { hiddenReturnPath, isInteraction, isJoin, isOwnPage, returnPathOf, userCodeOf, withReturnPath } from '../../return-path.ts'
import { isTypedBy, keepTyped, typedBy } from '../../typed-form.ts'

const path = '/account/confirm'
const accountPath = '/account'

/** One of the person's own pages, that of an invitation (S8), of a terminal that asks (F16), or of an application (F14). */
const ownPage = (value: unknown): string | null => {
  const returnPath = returnPathOf(value)
  return returnPath !== null && (isOwnPage(returnPath) || isJoin(returnPath) || isInteraction(returnPath) || userCodeOf(returnPath) !== null)
    ? returnPath
    : null
}

/** The person proves again who they are, and goes on to the page that asked for it (F15, F17). */
export async function confirmRoutes(app: FastifyInstance, options: Portal): Promise<void> {
  const { sessions, store } = options
  app.addHook('preHandler', (request) => sessions.refuseBarred(request))

  const show = async (
    request: FastifyRequest,
    reply: FastifyReply,
    signedIn: SignedIn,
    { returnPath, way, refused }: { returnPath: string | null; way: string | undefined; refused?: { faults: Fault[]; status: number } },
  ): Promise<FastifyReply> => {
    const { account } = signedIn.live
    const recovery = way === 'recovery-code'
    const passkey = await confirmRequest(options, request, signedIn, returnPath)
    const hasApp = await store.reading.authenticators.has(account.id)
    const byCode = hasApp && (await neededFor(store.reading, signedIn.live)) !== 'phr'
    const query = new URLSearchParams({ ...hiddenReturnPath(returnPath), ...(!recovery && { with: 'recovery-code' }) })
    return sendPage(
      reply,
      confirmPage({
        frame: frameOf(options, request),
        target: { action: path, hidden: { ...typedBy(signedIn.live), ...hiddenReturnPath(returnPath), ...(recovery && { with: 'recovery-code' }) } },
        email: account.email,
        byCode,
        hasPassword: (await store.reading.accounts.find(account.id))?.passwordHash !== null,
        byEmail: (await confirmsByEmail(store.reading, account.id))
          ? {
              send: { action: `${path}/email`, hidden: { ...typedBy(signedIn.live), ...hiddenReturnPath(returnPath) } },
              sent: await awaitsCode(store.reading, signedIn.principal),
            }
          : undefined,
        recovery,
        otherPath: query.size === 0 ? path : `${path}?${query}`,
        passkey,
        onlyPasskey: passkey !== null && (way === 'passkey' || !(byCode || (await isPasswordEnough(store.reading, signedIn.live)))),
        accountPath,
        faults: refused?.faults,
      }),
      refused?.status,
    )
  }

  app.get(path, page, async (request, reply) => {
    const { continue: to, with: way } = fieldsOf(request.query)
    const returnPath = ownPage(to)
    const signedIn = await sessions.signedIn(request)
    return signedIn ? show(request, reply, signedIn, { returnPath, way }) : seeOther(reply, withReturnPath('/sign-in', returnPath))
  })

  app.get(`${path}/email`, page, async (_request, reply) => seeOther(reply, path)) // the address of a refusal, opened again
  app.get(`${path}/passkey`, page, async (_request, reply) => seeOther(reply, path)) // the address of a refusal, opened again

  const confirm =
    (by: (signedIn: SignedIn, fields: Record<string, string>) => Promise<void>, refusals: Partial<Record<string, string | null>>) =>
    async (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> => {
      const fields = fieldsOf(request.body)
      const returnPath = ownPage(fields['continue'])
      const signedIn = await sessions.signedIn(request)
      if (!signedIn || !isTypedBy(request, signedIn)) return keepTyped(options, request, reply, { path, fields: [] }, returnPath)
      try {
        await by(signedIn, fields)
        return seeOther(reply, returnPath ?? accountPath)
      } catch (error) {
        // The form was sent again, with the same code.
        const isRepeated = error instanceof Problem && error.code === 'factor_wrong' && (await isRecent(store.reading, signedIn.live))
        if (isRepeated) return seeOther(reply, returnPath ?? accountPath)
        const refused = { faults: faultsOf(error, refusals), status: (error as Problem).status }
        return show(request, reply, signedIn, { returnPath, way: fields['with'], refused })
      }
    }

  app.post(
    path,
    page,
    confirm(
      ({ principal }, { password, mail_code, code = '' }) => {
        if (mail_code !== undefined) return confirmByEmail(options, principal, { code: mail_code })
        return password === undefined ? confirmByCode(options, principal, { code }) : confirmByPassword(options, principal, { password })
      },
      {
        password_wrong: 'password',
        factor_wrong: 'code',
        factor_required: null,
        passwords_off: null,
        code_wrong: 'mail_code',
        code_expired: null,
        code_exhausted: null,
      },
    ),
  )
  app.post(`${path}/email`, page, async (request, reply) => {
    const returnPath = ownPage(fieldsOf(request.body)['continue'])
    const signedIn = await sessions.signedIn(request)
    if (!signedIn || !isTypedBy(request, signedIn)) return keepTyped(options, request, reply, { path, fields: [] }, returnPath)
    await sendConfirmationCode(options, signedIn.principal)
    return seeOther(reply, withReturnPath(path, returnPath))
  })
  app.post(
    `${path}/passkey`,
    page,
    confirm(({ principal }, { response = '' }) => confirmByPasskey(options, principal, { response }), {
      passkey_refused: null,
      passkey_expired: null,
      passkey_copied: null,
    }),
  )
}
