import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { renderSVG } from 'uqr'
import { isRecent } from '../../../domain/command/recent.ts'
import { addAuthenticator, removeAuthenticator } from '../../../domain/factors/authenticator.ts'
import { createRecoveryCodes } from '../../../domain/factors/recovery-code.ts'
import { newTotpSecret, totpAddress } from '../../../domain/factors/totp.ts'
import { Problem } from '../../../domain/model/problem.ts'
import type { SignedIn } from '../../../http/browser-session.ts'
import { confirmFirst, type OwnPage, ownPage, returnPathIn } from '../../own-page.ts'
import { authenticatorPage, newAuthenticatorPage, recoveryCodesPage } from '../../pages/index.ts'
import type { Fault } from '../../parts.ts'
import { faultsOf, fieldsOf, frameOf, type Portal, page, seeOther, sendPage } from '../../portal.ts'
import { hiddenReturnPath, withReturnPath } from '../../return-path.ts'
import { typedBy } from '../../typed-form.ts'

const securityPath = '/account/security'
const path = '/account/authenticator'
const addPath = '/account/add-authenticator'

/** The authenticator app of the user, and its recovery codes (F7, F8). */
export async function authenticatorRoutes(app: FastifyInstance, options: Portal): Promise<void> {
  const { sessions, execute, store, keys, config } = options
  app.addHook('preHandler', (request) => sessions.refuseBarred(request))

  /** Every page here requires a recent sign-in, and is shown only after it (F17). */
  const forMe = (own: string, handler: OwnPage) =>
    ownPage(options)(own, async (signedIn, request, reply) =>
      (await isRecent(store.reading, signedIn.live)) ? handler(signedIn, request, reply) : confirmFirst(reply, withReturnPath(own, returnPathIn(request))),
    )

  /** The new secret is in the form, sealed for its user, so nothing is stored before the app has made a right code. */
  const contextOf = ({ live }: SignedIn): string => `new ${live.account.id}`
  const opened = (signedIn: SignedIn, sealed: string): string | null => {
    try {
      return keys.openLasting('authenticator', contextOf(signedIn), Buffer.from(sealed, 'base64url'))
    } catch {
      return null
    }
  }
  const showNew = async (signedIn: SignedIn, request: FastifyRequest, reply: FastifyReply, secret: string, refused?: { faults: Fault[]; status: number }) => {
    const { host } = new URL(config.issuer)
    const address = totpAddress(secret, { issuer: host, account: signedIn.live.account.email })
    const sealed = keys.lasting.seal('authenticator', contextOf(signedIn), secret).toString('base64url')
    return sendPage(
      reply,
      newAuthenticatorPage({
        frame: frameOf(options, request),
        target: { action: addPath, hidden: { ...typedBy(signedIn.live), ...hiddenReturnPath(returnPathIn(request)), secret: sealed } },
        image: `data:image/svg+xml;base64,${Buffer.from(renderSVG(address, { border: 2 })).toString('base64')}`,
        secret,
        securityPath,
        returnPath: returnPathIn(request),
        faults: refused?.faults,
      }),
      refused?.status,
    )
  }
  const showCodes = (request: FastifyRequest, reply: FastifyReply, codes: readonly string[], done: string) =>
    sendPage(reply, recoveryCodesPage({ frame: frameOf(options, request), codes, nextPath: returnPathIn(request) ?? securityPath, done }))

  app.get(
    addPath,
    page,
    forMe(addPath, async (signedIn, request, reply) => {
      if (await store.reading.authenticators.has(signedIn.live.account.id)) return seeOther(reply, returnPathIn(request) ?? path)
      return showNew(signedIn, request, reply, newTotpSecret())
    }),
  )
  app.post(
    addPath,
    page,
    forMe(addPath, async (signedIn, request, reply) => {
      const { code = '', secret: sealed = '' } = fieldsOf(request.body)
      const secret = opened(signedIn, sealed)
      if (secret === null) return seeOther(reply, addPath)
      try {
        const codes = await execute(addAuthenticator, signedIn.principal, { secret, code })
        return showCodes(request, reply, codes, 'Your authenticator app was added. From now on, we ask for its code after your password.')
      } catch (error) {
        if (error instanceof Problem && error.code === 'authenticator_exists') return seeOther(reply, path) // the form was sent again
        const refused = { faults: faultsOf(error, { factor_wrong: 'code' }), status: (error as Problem).status }
        return showNew(signedIn, request, reply, secret, refused)
      }
    }),
  )

  app.get(
    path,
    page,
    forMe(path, async ({ live }, request, reply) => {
      const { authenticators } = store.reading
      const authenticator = await authenticators.find(live.account.id)
      if (!authenticator) return seeOther(reply, securityPath)
      const target = (action: string) => ({ action: `${path}/${action}`, hidden: typedBy(live) })
      return sendPage(
        reply,
        authenticatorPage({
          frame: frameOf(options, request),
          authenticator: {
            addedAt: authenticator.createdAt,
            lastUsedAt: authenticator.lastUsedAt,
            recoveryCodesLeft: await authenticators.recoveryCodesLeft(live.account.id),
          },
          newCodes: target('recovery-codes'),
          remove: target('remove'),
          securityPath,
        }),
      )
    }),
  )
  app.post(
    `${path}/recovery-codes`,
    page,
    forMe(path, async ({ principal }, request, reply) =>
      showCodes(request, reply, await execute(createRecoveryCodes, principal, undefined), 'These codes replace all earlier ones.'),
    ),
  )
  app.post(
    `${path}/remove`,
    page,
    forMe(path, async ({ principal }, _request, reply) => {
      await execute(removeAuthenticator, principal, undefined)
      return seeOther(reply, `${securityPath}?done=app-removed`)
    }),
  )
}
