import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { actorOf } from '../../domain/authorize.ts'
import { previewInvitation } from '../../domain/invitation.ts'
import { joinOrganization } from '../../domain/move.ts'
import { registerUser } from '../../domain/user.ts'
import type { Services } from '../app.ts'
import { freshAccess } from '../fresh-access.ts'
import { toMeBody } from '../representation.ts'
import { idempotencyOf, personOf } from '../request.ts'
import { answers, freshToken, idempotencyHeaders, instant, meSchema, roleSchema } from '../schemas.ts'

const tokenBody = z.strictObject({ token: z.string().max(300) })

/** What an invitation leads to, and taking it. The token stands in the body, never in a URL. */
export const invitationRoutes: FastifyPluginAsyncZod<Services> = async (app, { store, execute, keys, limits, accessTokens }) => {
  app.post(
    '/v1/invitations/preview',
    {
      schema: {
        tags: ['Invitations'],
        summary: 'What a token leads to, without taking it; no login needed',
        body: tokenBody,
        response: answers(
          z.object({ kind: z.enum(['secret', 'link', 'email']), organization: z.object({ name: z.string() }), role: roleSchema, expires_at: instant }),
        ),
      },
    },
    async (request) => {
      await limits.spend('invitation token by address', request.origin.address)
      const { invitation, organizationName } = await previewInvitation(store.reading, keys, request.body.token)
      return { kind: invitation.kind, organization: { name: organizationName }, role: invitation.role, expires_at: invitation.expiresAt.toISOString() }
    },
  )

  app.post(
    '/v1/invitations/accept',
    {
      config: { audience: 'account' },
      schema: {
        tags: ['Invitations'],
        summary: 'Take it: as a user by moving, as a newcomer by registering',
        headers: idempotencyHeaders,
        body: tokenBody.extend({ username: z.string().max(100).optional().meta({ description: 'For an account that has none yet.' }) }),
        response: answers(z.object({ me: meSchema, ...freshToken })),
      },
    },
    async (request) => {
      await limits.spend('invitation token by address', request.origin.address)
      const { principal, live } = personOf(request)
      const { token, username } = request.body
      const idempotency = idempotencyOf(request)
      if (live.account.username === null && username !== undefined) await execute(registerUser, principal, { username, token }, { idempotency })
      else {
        actorOf(live)
        await execute(joinOrganization, principal, { token }, { idempotency })
      }
      const fresh = await freshAccess({ store, accessTokens }, principal)
      return { me: toMeBody(fresh.live, fresh.token), access_token: fresh.accessToken, expires_at: fresh.token.expiresAt.toISOString() }
    },
  )
}
