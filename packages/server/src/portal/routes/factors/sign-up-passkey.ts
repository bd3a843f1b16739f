import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { isRecent } from '../../../domain/command/recent.ts'
import { addPasskey, requestPasskey } from '../../../domain/factors/passkey.ts'
import type { Problem } from '../../../domain/model/problem.ts'
import type { SignedIn } from '../../../http/browser-session.ts'
import { webauthnOn } from '../../../http/request.ts'
import { noteWay } from '../../last-way.ts'
import { confirmFirst } from '../../own-page.ts'
import { passkeyReadyPage, restoredPasskeyPage, signUpPasskeyPage } from '../../pages/index.ts'
import type { Fault } from '../../parts.ts'
import { creationOptions } from '../../passkey-request.ts'
import { faultsOf, fieldsOf, frameOf, goOn, type Portal, page, purposeFor, seeOther, sendPage } from '../../portal.ts'
import { hiddenReturnPath, passkeyStep as path, returnPathOf, withReturnPath } from '../../return-path.ts'
import { isTypedBy, keepTyped, typedBy } from '../../typed-form.ts'
import { newPasskeyFaults } from './passkeys.ts'

/** The last step of a sign-up without a password: the first passkey, and what helps if it is lost (F2). */
export async function signUpPasskeyRoutes(app: FastifyInstance, options: Portal): Promise<void> {
  const { sessions, execute, store } = options
  app.addHook('preHandler', (request) => sessions.refuseBarred(request))

  const pathWith = (returnPath: string | null, more: Record<string, string>): string =>
    `${path}?${new URLSearchParams({ ...hiddenReturnPath(returnPath), ...more })}`
  const leave = (request: FastifyRequest, reply: FastifyReply, { live }: SignedIn, returnPath: string | null) =>
    goOn(options, request, reply, { returnPath, registered: live.account.username !== null })

  const showNew = async (
    request: FastifyRequest,
    reply: FastifyReply,
    signedIn: SignedIn,
    returnPath: string | null,
    refused?: { name: string; faults: Fault[]; status: number },
  ): Promise<FastifyReply> => {
    const webauthn = webauthnOn(options, request)
    if (!webauthn) return leave(request, reply, signedIn, returnPath)
    if (!(await isRecent(store.reading, signedIn.live))) return confirmFirst(reply, withReturnPath(path, returnPath))
    const asked = await execute(requestPasskey, signedIn.principal, undefined)
    const isAnother = asked.existing.length > 0
    return sendPage(
      reply,
      signUpPasskeyPage({
        frame: frameOf(options, request),
        target: { action: path, hidden: { ...typedBy(signedIn.live), ...hiddenReturnPath(returnPath), response: '' } },
        options: creationOptions(options, signedIn, asked, webauthn.relyingParty),
        purpose: await purposeFor(options, request, returnPath),
        skipPath: isAnother ? withReturnPath(path, returnPath) : pathWith(returnPath, { skip: 'yes' }),
        isAnother,
        passwords: options.passwords,
        name: refused?.name,
        faults: refused?.faults,
      }),
      refused?.status,
    )
  }

  app.get(path, page, async (request, reply) => {
    const { continue: to, another, skip } = fieldsOf(request.query)
    const returnPath = returnPathOf(to)
    const signedIn = await sessions.signedIn(request)
    if (!signedIn) return seeOther(reply, withReturnPath('/sign-in', withReturnPath(path, returnPath)))
    if (skip !== undefined || !webauthnOn(options, request)) return leave(request, reply, signedIn, returnPath)
    const { id } = signedIn.live.account
    const passkeys = await store.reading.passkeys.list(id)
    if (passkeys.length === 0 || another !== undefined) return showNew(request, reply, signedIn, returnPath)
    const usable = passkeys.filter(({ verifiesUser }) => verifiesUser).length
    const anotherPath = pathWith(returnPath, { another: 'yes' })
    if (usable === 0) {
      const confirmPath = withReturnPath('/account/confirm', withReturnPath(path, returnPath))
      return sendPage(
        reply,
        restoredPasskeyPage({ frame: frameOf(options, request), purpose: await purposeFor(options, request, returnPath), confirmPath, anotherPath }),
      )
    }
    const hasApp = await store.reading.authenticators.has(id)
    return sendPage(
      reply,
      passkeyReadyPage({
        frame: frameOf(options, request),
        purpose: await purposeFor(options, request, returnPath),
        passkeys: usable,
        passwords: options.passwords,
        anotherPath,
        authenticatorPath: hasApp ? null : withReturnPath('/account/add-authenticator', withReturnPath(path, returnPath)),
        skipPath: pathWith(returnPath, { skip: 'yes' }),
      }),
    )
  })

  app.post(path, page, async (request, reply) => {
    const { response = '', name = '', continue: to } = fieldsOf(request.body)
    const returnPath = returnPathOf(to)
    const here = withReturnPath(path, returnPath)
    const signedIn = await sessions.signedIn(request)
    if (!signedIn || !isTypedBy(request, signedIn)) return keepTyped(options, request, reply, { path, fields: [] }, here)
    if (!(await isRecent(store.reading, signedIn.live))) return confirmFirst(reply, here)
    try {
      await addPasskey(options, signedIn.principal, { response, name })
      noteWay(options, reply, 'passkey')
      return seeOther(reply, here)
    } catch (error) {
      const faults = faultsOf(error, newPasskeyFaults)
      return showNew(request, reply, signedIn, returnPath, { name, faults, status: (error as Problem).status })
    }
  })
}
