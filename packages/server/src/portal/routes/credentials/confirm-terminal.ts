import { recentActions } from '@muster/contract/authentication.ts'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { authenticationSince } from '../../../domain/command/recent.ts'
import type { DeviceAuthorization } from '../../../domain/credentials/store.ts'
import type { SignedIn } from '../../../http/browser-session.ts'
import { confirmFirst } from '../../own-page.ts'
import { confirmTerminalPage, terminalConfirmedPage, terminalDeniedPage } from '../../pages/index.ts'
import type { FormTarget } from '../../parts.ts'
import { accountView, frameOf, type Portal, sendPage } from '../../portal.ts'
import { deviceReturnPath } from '../../return-path.ts'
import { typedBy } from '../../typed-form.ts'

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
  if (!(await authenticationSince(options.store.reading, signedIn.live, device.requestedAt))) return confirmFirst(reply, deviceReturnPath(device.userCode))
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
