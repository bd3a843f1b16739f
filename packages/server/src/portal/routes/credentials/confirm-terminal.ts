import { recentActions } from '@muster/contract/authentication.ts'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { authenticationSince } from '../../../domain/command/recent.ts'
import type { DeviceAuthorization } from '../../../domain/credentials/store.ts'
import type { SignedIn } from '../../../http/browser-session.ts'
import { confirmTerminalPage, terminalConfirmedPage, terminalDeniedPage } from '../../pages/index.ts'
import type { FormTarget } from '../../parts.ts'
import { accountView, frameOf, type Portal, seeOther, sendPage } from '../../portal.ts'
import { deviceReturnPath, withReturnPath } from '../../return-path.ts'
import { typedBy } from '../../typed-form.ts'

/** Where the person proves who they are before the page is shown, and comes back from (F17). */
export const confirmFirst = (reply: FastifyReply, { userCode }: Pick<DeviceAuthorization, 'userCode'>): FastifyReply =>
  seeOther(reply, withReturnPath('/account/confirm', deviceReturnPath(userCode)))

/** The page of a terminal that asks its person to confirm (F16). It must not have expired while it waits. */
export async function sendConfirmTerminal(
  options: Portal,
  request: FastifyRequest,
  reply: FastifyReply,
  { signedIn, device, action, useAnother }: { signedIn: SignedIn; device: DeviceAuthorization; action: string; useAnother: FormTarget },
): Promise<FastifyReply> {
  const frame = frameOf(options, request)
  if (device.state === 'denied') return sendPage(reply, terminalDeniedPage(frame))
  if (device.state !== 'pending') return sendPage(reply, terminalConfirmedPage(frame))
  if (!(await authenticationSince(options.store.reading, signedIn.live, device.requestedAt))) return confirmFirst(reply, device)
  return sendPage(
    reply,
    confirmTerminalPage({
      frame,
      target: { action, hidden: typedBy(signedIn.live) },
      account: accountView(signedIn.live),
      useAnother,
      userCode: device.userCode,
      expiresAt: device.expiresAt,
      client: device.clientName,
      about: device.action && recentActions[device.action],
      request: { address: device.address, agent: device.userAgent ?? undefined, at: device.requestedAt },
      sameAddress: device.address === request.origin.address,
    }),
  )
}
