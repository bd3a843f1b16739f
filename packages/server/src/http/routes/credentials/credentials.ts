import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { requestEmailChange, verifyEmailChange } from '../../../domain/accounts/email-change.ts'
import { changePassword } from '../../../domain/accounts/password-change.ts'
import { toKeyBody } from '../../representation.ts'
import { personOf } from '../../request.ts'
import { answers, instant, keySchema, reported } from '../../schemas.ts'
import type { Services } from '../../services.ts'

const currentPassword = z.string().max(1_000).optional().meta({
  description: 'The current password. A token alone is not enough. An account without a password leaves it out, and requires a recent sign-in instead.',
})

/** The password and the email address. */
export const credentialRoutes: FastifyPluginAsyncZod<Services> = async (app, options) => {
  app.post(
    '/v1/me/password',
    {
      config: { audience: 'account', ends: true },
      schema: {
        operationId: 'changePassword',
        tags: ['Account'],
        summary: 'Change password',
        description: 'Changes the password, or sets the first one. Every other session and refresh token of the user ends.',
        body: z.strictObject({
          current_password: currentPassword,
          new_password: z.string().max(1_000),
          end_keys: z
            .boolean()
            .optional()
            .meta({ description: 'Also revoke all keys of the user. Without it, the response lists the keys, which stay valid.' }),
        }),
        response: answers(reported(z.object({ ended: z.object({ sessions: z.number().int(), keys: z.number().int() }), keys: z.array(keySchema) }))),
      },
    },
    async (request) => {
      const { current_password = '', new_password, end_keys } = request.body
      const { principal } = personOf(request)
      const changed = await changePassword(options, principal, { currentPassword: current_password, newPassword: new_password, endKeys: end_keys })
      return { ended: { sessions: changed.endedSessions, keys: changed.endedKeys }, keys: changed.keys.map(toKeyBody) }
    },
  )

  app.post(
    '/v1/me/email',
    {
      config: { audience: 'account' },
      schema: {
        operationId: 'requestEmailChange',
        tags: ['Account'],
        summary: 'Request email change',
        description: 'Sends a six-digit code to the new address. The current address stays in use until the code is entered.',
        body: z.strictObject({ password: currentPassword, email: z.string().max(400) }),
        response: answers(z.object({ email: z.string(), expires_at: instant })),
      },
    },
    async (request) => {
      const { email, expiresAt } = await requestEmailChange(options, personOf(request).principal, { ...request.body, password: request.body.password ?? '' })
      return { email, expires_at: expiresAt.toISOString() }
    },
  )

  app.post(
    '/v1/me/email/verify',
    {
      config: { audience: 'account' },
      schema: {
        operationId: 'verifyEmailChange',
        tags: ['Account'],
        summary: 'Confirm email change',
        description:
          'Confirms the new address with the code that was sent to it. Only the session that requested the change can do this. The old address is notified.',
        body: z.strictObject({ code: z.string().max(40) }),
        response: answers(z.object({ email: z.string() })),
      },
    },
    async (request) => verifyEmailChange(options, personOf(request).principal, request.body),
  )
}
