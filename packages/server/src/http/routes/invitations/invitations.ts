import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { actorOf } from '../../../domain/command/authorize.ts'
import { isFor, maskedAddress } from '../../../domain/invitations/invitation.ts'
import { movePlan } from '../../../domain/organizations/move-plan.ts'
import { declineWithToken, joinWithToken, previewToken, register } from '../../../domain/organizations/use-invitation.ts'
import { reissueToken } from '../../reissue-token.ts'
import { toMeBody, toRoleBody } from '../../representation.ts'
import { idempotencyOf, personOf } from '../../request.ts'
import { answers, instant, meSchema, movingIdempotencyHeaders, reissuedTokenFields, reported, roleFields } from '../../schemas.ts'
import type { Services } from '../../services.ts'
import { movePlanSchema, toMovePlanBody } from '../organizations/move.ts'

const tokenBody = z.strictObject({ token: z.string().max(300) })

/** Preview, accept and decline an invitation. The token is in the body, because a URL would end up in logs. */
export const invitationRoutes: FastifyPluginAsyncZod<Services> = async (app, services) => {
  const { store, execute, accessTokens } = services
  app.post(
    '/v1/invitations/preview',
    {
      config: { audience: 'account', optional: true },
      schema: {
        operationId: 'previewInvitation',
        tags: ['Invitations'],
        summary: 'Preview invitation',
        description: 'Shows the invitation behind a token without using it. No login is required. With a login, the response includes the move plan.',
        body: tokenBody,
        response: answers(
          z.object({
            id: z.string().meta({ description: 'The id to use in GET /v1/me/move?invitation=.' }),
            kind: z.enum(['secret', 'link', 'email']),
            organization: z.object({ name: z.string() }),
            ...roleFields,
            invited_by: z.string().meta({ description: 'A username.' }),
            invited_by_name: z.string().meta({ description: 'The full name of this person. Empty if they gave none.' }),
            email: z.string().nullable().meta({ description: 'The invited address. Masked unless the caller is logged in with it.' }),
            expires_at: instant,
            plan: movePlanSchema.optional().meta({ description: 'Present if the caller is logged in and registered.' }),
          }),
        ),
      },
    },
    async (request) => {
      const { token } = request.body
      const { live } = request
      const { invitation, organization, inviter } = await previewToken(services, request, { token })
      const { id, kind, email, expiresAt } = invitation
      const plan = live && live.account.username !== null && (await execute(movePlan, request.principal, { token }))
      return {
        id,
        kind,
        organization: { name: organization.name },
        ...toRoleBody(invitation),
        invited_by: inviter.username,
        invited_by_name: inviter.name,
        email: email && (live && isFor(invitation, live.account) ? email : maskedAddress(email)),
        expires_at: expiresAt.toISOString(),
        ...(plan && { plan: toMovePlanBody(plan) }),
      }
    },
  )

  app.post(
    '/v1/invitations/decline',
    {
      config: { audience: 'account' },
      schema: {
        operationId: 'declineInvitation',
        tags: ['Invitations'],
        summary: 'Decline invitation',
        description: 'Declines an invitation. Its token becomes invalid for everyone.',
        body: tokenBody,
        response: answers(z.object({ state: z.literal('declined') })),
      },
    },
    async (request) => declineWithToken(services, personOf(request).principal, request.body),
  )

  app.post(
    '/v1/invitations/accept',
    {
      config: { audience: 'account', ends: true },
      schema: {
        operationId: 'acceptInvitation',
        tags: ['Invitations'],
        summary: 'Accept invitation',
        description: 'Accepts an invitation. A user moves to the organization; an account without a username registers in it.',
        headers: movingIdempotencyHeaders,
        body: tokenBody.extend({ username: z.string().max(100).optional().meta({ description: 'Required if the account has no username yet.' }) }),
        response: answers(reported(z.object({ me: meSchema, ...reissuedTokenFields }))),
      },
    },
    async (request) => {
      const { principal, live } = personOf(request)
      const { token, username } = request.body
      const idempotency = idempotencyOf(request)
      if (live.account.username === null && username !== undefined) await register(services, principal, { username, token }, { idempotency })
      else {
        actorOf(live)
        await joinWithToken(services, principal, { token }, { idempotency })
      }
      const fresh = await reissueToken({ store, accessTokens }, principal)
      return { me: toMeBody(fresh.live, fresh.token), ...fresh.body }
    },
  )
}
