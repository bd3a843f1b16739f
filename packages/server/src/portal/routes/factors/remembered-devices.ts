import { isId } from '@muster/contract/ids.ts'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { forgetAllDevices, forgetDevice, REMEMBERED_SECONDS } from '../../../domain/factors/remembered-device.ts'
import { Problem } from '../../../domain/model/problem.ts'
import { cookieName, cookieOptions } from '../../../http/browser-session.ts'
import { fieldsOf, type Portal, page, seeOther } from '../../portal.ts'
import { isTypedBy, keepTyped } from '../../typed-form.ts'

const COOKIE = 'muster_remembered'
const securityPath = '/account/security'
const path = '/account/remembered-devices'

/** The browser's cookie of remembered browsers. It gives no access without a password (F11). */
export const rememberedOf = ({ config }: Pick<Portal, 'config'>, request: FastifyRequest): string | undefined => request.cookies[cookieName(config, COOKIE)]

export const setRemembered = ({ config }: Pick<Portal, 'config'>, reply: FastifyReply, value: string): void =>
  void reply.setCookie(cookieName(config, COOKIE), value, cookieOptions(config, REMEMBERED_SECONDS))

/** Forgets browsers that are not asked for a second factor. The page Security lists them. */
export async function rememberedDeviceRoutes(app: FastifyInstance, options: Portal): Promise<void> {
  const { sessions, execute } = options
  app.addHook('preHandler', (request) => sessions.refuseBarred(request))

  app.post(`${path}/forget`, page, async (request, reply) => {
    const signedIn = await sessions.signedIn(request)
    if (!signedIn || !isTypedBy(request, signedIn)) return keepTyped(options, request, reply, { path: securityPath, fields: [] })
    const { device = '' } = fieldsOf(request.body)
    if (!isId('rememberedDevice', device)) throw new Problem('remembered_device_not_found')
    await execute(forgetDevice, signedIn.principal, { id: device })
    return seeOther(reply, `${securityPath}?done=device-forgotten`)
  })

  app.post(`${path}/forget-all`, page, async (request, reply) => {
    const signedIn = await sessions.signedIn(request)
    if (!signedIn || !isTypedBy(request, signedIn)) return keepTyped(options, request, reply, { path: securityPath, fields: [] })
    await execute(forgetAllDevices, signedIn.principal, undefined)
    return seeOther(reply, `${securityPath}?done=devices-forgotten`)
  })
}
