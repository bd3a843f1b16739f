import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { updateNames } from '../../../domain/accounts/person-names.ts'
import { Problem } from '../../../domain/model/problem.ts'
import { register } from '../../../domain/organizations/use-invitation.ts'
import { reissueToken } from '../../reissue-token.ts'
import { toKeyIdentityBody, toMeBody } from '../../representation.ts'
import { idempotencyOf, personOf } from '../../request.ts'
import { answers, idempotencyHeaders, keyIdentitySchema, meSchema, nameField, reissuedTokenFields } from '../../schemas.ts'
import type { Services } from '../../services.ts'

const names = { given_name: nameField.optional(), family_name: z.string().max(100).optional(), company: z.string().max(100).nullable().optional() }
const toNames = (body: { given_name?: string | undefined; family_name?: string | undefined; company?: string | null | undefined }) => ({
  givenName: body.given_name,
  familyName: body.family_name,
  company: body.company,
})

export const meRoutes: FastifyPluginAsyncZod<Services> = async (app, services) => {
  const { store, execute, accessTokens } = services
  app.get(
    '/v1/me',
    {
      config: { audience: 'account', keys: true },
      schema: {
        operationId: 'getMe',
        tags: ['Account'],
        summary: 'Get current user',
        description:
          'Returns the account, the organization and the session of the caller. With an API key, returns the user or service account that the key acts as.',
        response: answers(z.union([meSchema, keyIdentitySchema])),
      },
    },
    async (request) => {
      if (request.liveKey) return toKeyIdentityBody(request.liveKey)
      const { principal, live } = personOf(request)
      return toMeBody(live, principal.token)
    },
  )

  app.patch(
    '/v1/me',
    {
      config: { audience: 'account' },
      schema: {
        operationId: 'updateMe',
        tags: ['Account'],
        summary: 'Update current user',
        description: 'Changes the names and the company of the current user.',
        body: z.strictObject(names),
        response: answers(meSchema),
      },
    },
    async (request) => {
      const { principal } = personOf(request)
      await execute(updateNames, principal, toNames(request.body))
      const live = await store.reading.sessions.liveState(principal.sessionId, null)
      if (!live) throw new Problem('token_revoked')
      return toMeBody(live, principal.token)
    },
  )

  app.post(
    '/v1/me/registration',
    {
      config: { audience: 'account' },
      schema: {
        operationId: 'registerMe',
        tags: ['Account'],
        summary: 'Register current user',
        description: 'Gives the account a username and an organization: a new personal one or, with an organization secret, the organization of the secret.',
        headers: idempotencyHeaders,
        body: z.strictObject({
          username: z.string().max(100),
          secret: z.string().max(300).optional().meta({ description: 'An organization secret, to start as a member of that organization.' }),
          ...names,
        }),
        response: answers(z.object({ me: meSchema, ...reissuedTokenFields }), 201),
      },
    },
    async (request, reply) => {
      const { principal } = personOf(request)
      const { username, secret, ...rest } = request.body
      await register(services, principal, { username, token: secret, ...toNames(rest) }, { idempotency: idempotencyOf(request) })
      const fresh = await reissueToken({ store, accessTokens }, principal)
      return reply.code(201).send({ me: toMeBody(fresh.live, fresh.token), ...fresh.body })
    },
  )
}
