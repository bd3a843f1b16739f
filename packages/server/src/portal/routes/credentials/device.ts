import { CLI_CLIENT_ID, type DeviceAuthorizationId, isId } from '@muster/contract/ids.ts'
import { isPersonBarred } from '@muster/contract/problems.ts'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { EVERYTHING, OWN_API } from '../../../domain/apis/api.ts'
import { namesOfApis, wordsOfPermissions, wordsOfTerms } from '../../../domain/apis/words.ts'
import { meetsPolicy } from '../../../domain/command/factor-policy.ts'
import { isRecent } from '../../../domain/command/recent.ts'
import { refusalOf } from '../../../domain/command/refused-credential.ts'
import { approveConfirmation } from '../../../domain/credentials/confirm-terminal.ts'
import { approveDevice, decisionOnDevice, denyDevice, deviceOf, endingCommand, isLasting, programOf } from '../../../domain/credentials/device-authorization.ts'
import { enterUserCode, refuseUserCode } from '../../../domain/credentials/enter-user-code.ts'
import { audiencesAsked } from '../../../domain/credentials/granted-audience.ts'
import type { DeviceAuthorization } from '../../../domain/credentials/store.ts'
import { normalUserCode } from '../../../domain/credentials/user-code.ts'
import { Problem } from '../../../domain/model/problem.ts'
import type { SignedIn } from '../../../http/browser-session.ts'
import { confirmFirst } from '../../own-page.ts'
import {
  type DeviceEndedPage,
  deviceApprovalPage,
  deviceApprovedPage,
  deviceCodePage,
  deviceDeniedPage,
  deviceEndedPage,
  deviceTriesExhaustedPage,
} from '../../pages/index.ts'
import type { Fault, FormTarget } from '../../parts.ts'
import { accountView, cliOf, faultsOf, fieldsOf, frameOf, type Portal, page, seeOther, sendPage, visitor } from '../../portal.ts'
import { deviceReturnPath, entranceFor, withReturnPath } from '../../return-path.ts'
import { endOf, typedBy, withReason } from '../../typed-form.ts'
import { proveFirst } from '../factors/prove-first.ts'
import { sendConfirmTerminal } from './confirm-terminal.ts'

const devicePath = '/device'

/** Signs out and returns with the same code. The session that ends here releases the code (S52). */
const useAnother = (userCode?: string, about: Parameters<typeof deviceReturnPath>[1] = {}): FormTarget => ({
  action: '/sign-out',
  hidden: { another: 'yes', continue: deviceReturnPath(userCode, about) },
})

/**
 * Approves the login of a terminal (S52): sign in or up, enter the code, approve. A link with the code leads directly to the approval page.
 * Approving and denying are POSTs, never a link.
 */
export async function deviceRoutes(app: FastifyInstance, options: Portal): Promise<void> {
  const { sessions, execute, store } = options
  app.addHook('preHandler', async (request) => {
    await refuseTerminal(request)
    await sessions.refuseBarred(request)
  })

  /**
   * A suspended or deactivated user cannot approve, so the terminal is refused at once instead of waiting (S35, S52). The session proves who the user is. Without a
   * session a link changes nothing (S17).
   */
  const refuseTerminal = async (request: FastifyRequest): Promise<void> => {
    if (request.method === 'HEAD') return
    const live = await sessions.genuine(request)
    const refusal = live && refusalOf(live, live.session)
    if (!live || !isPersonBarred(refusal ?? undefined)) return
    const { id } = request.params as { id?: string }
    const { user_code: typed } = fieldsOf(request.method === 'POST' ? request.body : request.query)
    const theirs = isId('deviceAuthorization', id ?? '') ? await store.reading.deviceAuthorizations.find(id as DeviceAuthorizationId) : null
    const userCode = theirs?.claimedBy === live.session.id ? theirs.userCode : typed
    if (userCode === undefined) return
    try {
      await refuseUserCode(options, visitor(request), { userCode, userId: live.account.id })
    } catch (error) {
      // An unknown code, or too many wrong codes. The page is the same.
      if (!(error instanceof Problem) || !['user_code_unknown', 'too_many_attempts'].includes(error.code)) throw error
    }
  }

  const showCode = (
    request: FastifyRequest,
    reply: FastifyReply,
    { live }: SignedIn,
    userCode: string | undefined,
    faults?: Fault[],
    status = 200,
  ): FastifyReply =>
    sendPage(
      reply,
      deviceCodePage({
        frame: frameOf(options, request),
        target: { action: devicePath, hidden: typedBy(live) },
        account: accountView(live),
        useAnother: useAnother(userCode),
        userCode,
        faults,
      }),
      status,
    )

  const showEnded = (
    request: FastifyRequest,
    reply: FastifyReply,
    { reason, device = null }: { reason: DeviceEndedPage['reason']; device?: DeviceAuthorization | null },
    status: number,
  ): FastifyReply => {
    const isOurs = device === null || device.clientId === CLI_CLIENT_ID
    const program = isOurs ? null : programOf(device, options.cli)
    const startAgain = isOurs ? cliOf(options)(device?.confirms == null ? 'login' : 'confirm', { first: true }) : program && `${program} login`
    return sendPage(reply, deviceEndedPage({ frame: frameOf(options, request), reason, devicePath, startAgain }), status)
  }

  app.get(devicePath, page, async (request, reply) => {
    const { user_code: userCode, sign_up: signUp, client } = fieldsOf(request.query)
    const signedIn = await sessions.signedIn(request)
    if (!signedIn) return seeOther(reply, entranceFor(deviceReturnPath(userCode, { signUp: signUp !== undefined, client })))
    if (userCode !== undefined && isOpenedByPerson(request)) return enterCode(request, reply, signedIn, userCode)
    return showCode(request, reply, signedIn, userCode?.slice(0, 20))
  })

  app.post(devicePath, page, async (request, reply) => {
    const { user_code: userCode = '' } = fieldsOf(request.body)
    const signedIn = await sessions.signedIn(request)
    // A user code may be in a URL, so the return path contains it.
    if (!signedIn) return seeOther(reply, withReason(entranceFor(deviceReturnPath(userCode)), await endOf(options, request)))
    return enterCode(request, reply, signedIn, userCode)
  })

  /** All that it gets, of a client that is not first-party (P16). Otherwise the permissions, and none for a login that can do everything. */
  const permissionsOf = async (device: DeviceAuthorization, { live }: SignedIn): Promise<string[]> => {
    if (!device.firstParty) {
      const apis = await store.reading.apis.list()
      const { asked, declined } = await decisionOnDevice(store.reading, live, device, apis)
      return wordsOfTerms(
        apis,
        asked.filter((term) => !declined.includes(term)),
      ).map(({ text }) => text)
    }
    return device.scopes.includes(EVERYTHING) ? [] : [...(await wordsOfPermissions(store.reading, device.scopes)).values()]
  }

  /** Called only after the code was counted as wrong, so that the page cannot be used to find codes. */
  const ofCode = async (typed: string): Promise<DeviceAuthorization | null> => {
    const code = normalUserCode(typed)
    return code === null ? null : store.reading.deviceAuthorizations.findByUserCode(code)
  }

  /** Claims the code for this session and redirects to its approval page, or shows why it cannot be claimed. */
  const enterCode = async (request: FastifyRequest, reply: FastifyReply, signedIn: SignedIn, userCode: string): Promise<FastifyReply> => {
    try {
      const { id } = await enterUserCode(options, signedIn.principal, { userCode })
      return seeOther(reply, `${devicePath}/${id}`)
    } catch (error) {
      if (!(error instanceof Problem)) throw error
      const { retry_after: seconds } = error.extensions
      if (error.code === 'too_many_attempts' && typeof seconds === 'number') {
        const frame = frameOf(options, request)
        return sendPage(reply.header('retry-after', seconds), deviceTriesExhaustedPage({ frame, retryAt: new Date(frame.now.getTime() + seconds * 1000) }), 429)
      }
      const ended = await ofCode(userCode)
      if (error.code === 'user_code_claimed') return showEnded(request, reply, { reason: 'claimed', device: ended }, error.status)
      if (error.code === 'device_authorization_ended')
        return showEnded(request, reply, { reason: error.extensions['answered'] ? 'used' : 'expired', device: ended }, error.status)
      return showCode(
        request,
        reply,
        signedIn,
        userCode.slice(0, 20),
        faultsOf(error, { user_code_unknown: 'user_code', confirmation_of_another: 'user_code' }),
        error.status,
      )
    }
  }

  app.get<{ Params: { id: string } }>(`${devicePath}/:id`, page, async (request, reply) => {
    const signedIn = await sessions.signedIn(request)
    if (!signedIn) return seeOther(reply, withReturnPath('/sign-in', devicePath))
    const device = await theirs(request, signedIn)
    if (!device) return showEnded(request, reply, { reason: 'claimed' }, 409)
    if (device.confirms !== null && !(device.state === 'pending' && device.expired)) {
      const action = `${devicePath}/${device.id}`
      return sendConfirmTerminal(options, request, reply, { signedIn, device, action, useAnother: useAnother(device.userCode) })
    }
    const frame = frameOf(options, request)
    const client = device.clientName
    if (device.state === 'denied') return sendPage(reply, deviceDeniedPage({ frame, client }))
    if (device.state !== 'pending') return sendPage(reply, deviceApprovedPage({ frame, client, endsBy: endingCommand(device, options.cli) }))
    if (device.expired) return showEnded(request, reply, { reason: 'expired', device }, 410)
    if (isLasting(device) && !(await isRecent(store.reading, signedIn.live))) return confirmFirst(reply, deviceReturnPath(device.userCode))
    if (!meetsPolicy(signedIn.live)) return proveFirst(options, reply, signedIn, deviceReturnPath(device.userCode))
    return sendPage(
      reply,
      deviceApprovalPage({
        frame,
        target: { action: `${devicePath}/${device.id}`, hidden: typedBy(signedIn.live) },
        account: accountView(signedIn.live),
        useAnother: useAnother(device.userCode, { signUp: device.registersAs !== null, client: device.clientId === CLI_CLIENT_ID ? null : device.clientId }),
        registersAs: device.registersAs ?? undefined,
        userCode: device.userCode,
        expiresAt: device.expiresAt,
        client: { name: client, id: device.clientId },
        request: { address: device.address, agent: device.userAgent ?? undefined, at: device.requestedAt },
        apis: device.params.audiences === undefined ? [] : await namesOfApis(store.reading, audiencesAsked(device.params.audiences, [OWN_API])),
        permissions: await permissionsOf(device, signedIn),
        thirdParty: !device.firstParty,
        sameAddress: device.address === request.origin.address,
        longLived: device.wantsRefreshToken,
        tokenName: device.refreshTokenName ?? undefined,
      }),
    )
  })

  app.post<{ Params: { id: string } }>(`${devicePath}/:id`, page, async (request, reply) => {
    const { decision } = fieldsOf(request.body)
    const principal = await sessions.browserPrincipal(request)
    if (!principal) return seeOther(reply, withReason(withReturnPath('/sign-in', devicePath), await endOf(options, request)))
    const id = deviceId(request.params.id)
    const device = await store.reading.deviceAuthorizations.find(id)
    const approve = device?.confirms == null ? approveDevice : approveConfirmation
    try {
      if (decision === 'approve') await execute<{ id: DeviceAuthorizationId }, unknown>(approve, principal, { id })
      else if (decision === 'deny') await execute(denyDevice, principal, { id })
    } catch (error) {
      if (error instanceof Problem && error.code === 'user_code_claimed') return showEnded(request, reply, { reason: 'claimed' }, error.status)
      if (device && error instanceof Problem && error.code === 'insufficient_user_authentication') return confirmFirst(reply, deviceReturnPath(device.userCode))
      // The request has ended in the meantime. The page shows how.
      if (!(error instanceof Problem) || error.code !== 'device_authorization_ended') throw error
    }
    return seeOther(reply, `${devicePath}/${id}`)
  })

  const theirs = async (request: FastifyRequest<{ Params: { id: string } }>, { principal }: SignedIn): Promise<DeviceAuthorization | null> => {
    try {
      return await deviceOf(store.reading, deviceId(request.params.id), principal.sessionId)
    } catch (error) {
      if (error instanceof Problem && error.code === 'user_code_claimed') return null
      throw error
    }
  }
}

/**
 * True when a person opened the link: typed, clicked in a terminal or an email, or followed from our own page. A page of another site could use up
 * attempts or pass on a stranger's code, so it gets the form. A browser without Fetch Metadata does too.
 */
const isOpenedByPerson = ({ method, headers }: FastifyRequest): boolean =>
  method === 'GET' && ['none', 'same-origin'].includes(String(headers['sec-fetch-site'])) && headers['sec-fetch-mode'] === 'navigate' && !headers['sec-purpose']

function deviceId(text: string): DeviceAuthorizationId {
  if (!isId('deviceAuthorization', text)) throw new Problem('not_found')
  return text
}
