import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import type { FactorReset } from '../../../domain/factors/store.ts'
import { Problem } from '../../../domain/model/problem.ts'
import { cancelFactorReset, confirmFactorReset, requestFactorReset } from '../../../domain/organizations/member-factor-reset.ts'
import { actorOfRequest, findReadableOrganization } from '../../request.ts'
import { answers, instant, organizationParams, reported } from '../../schemas.ts'
import type { Services } from '../../services.ts'

const named = z.object({ id: z.string(), username: z.string() })
const resetSchema = z
  .object({
    user: named,
    requested_by: named,
    requested_at: instant,
    in_force_at: instant.meta({ description: 'It takes force then, unless another admin confirms it before, or it is stopped.' }),
  })
  .meta({ id: 'FactorReset', description: "The reset of a member's passkeys, authenticator app and recovery codes." })

const memberParams = organizationParams.extend({ user: z.string().min(1).max(60).meta({ description: 'A username or a user id.' }) })
const path = '/v1/organizations/:org/members/:user/factor-reset'

/** An admin resets the factors of a member, in force after a day (F12). */
export const factorResetRoutes: FastifyPluginAsyncZod<Services> = async (app, { store, execute }) => {
  app.get(
    '/v1/organizations/:org/factor-resets',
    {
      config: { audience: 'actor' },
      schema: {
        operationId: 'listFactorResets',
        tags: ['Members'],
        summary: 'List factor resets',
        description: 'Lists the resets that have not taken force yet, for admins.',
        params: organizationParams,
        response: answers(z.object({ items: z.array(resetSchema) })),
      },
    },
    async (request) => {
      const { organization } = await findReadableOrganization(store, request, request.params.org, 'members:reset-factors')
      return { items: (await store.reading.factorResets.listOpen(organization.id)).map(toBody) }
    },
  )

  app.get(
    path,
    {
      config: { audience: 'actor' },
      schema: {
        operationId: 'getFactorReset',
        tags: ['Members'],
        summary: 'Get factor reset',
        description: 'Returns the reset of a member that has not taken force yet, for admins. 404 if there is none.',
        params: memberParams,
        response: answers(resetSchema),
      },
    },
    async (request) => {
      const { org, user } = request.params
      const { organization } = await findReadableOrganization(store, request, org, 'members:reset-factors')
      const member = await store.reading.memberships.member(organization.id, user)
      if (!member) throw new Problem('member_not_found')
      const reset = await store.reading.factorResets.findOpen(member.userId)
      if (reset?.organizationId !== organization.id) throw new Problem('factor_reset_not_found')
      return toBody(reset)
    },
  )

  app.post(
    path,
    {
      config: { audience: 'user' },
      schema: {
        operationId: 'requestFactorReset',
        tags: ['Members'],
        summary: 'Request factor reset',
        description:
          'Asks for the reset of a member who has lost their factors. After 24 hours, or when another admin confirms, their passkeys, authenticator app and recovery codes are removed, and their sessions, refresh tokens and keys end. Until then, the member and every admin can stop it. Requires a session.',
        params: memberParams,
        response: answers(resetSchema),
      },
    },
    async (request) =>
      toBody(await execute(requestFactorReset, actorOfRequest(request).principal, { organization: request.params.org, user: request.params.user })),
  )

  app.post(
    `${path}/confirm`,
    {
      config: { audience: 'user', ends: true },
      schema: {
        operationId: 'confirmFactorReset',
        tags: ['Members'],
        summary: 'Confirm factor reset',
        description: 'Lets a reset take force at once. Requires a session of another admin than the one who asked for it.',
        params: memberParams,
        response: answers(reported(resetSchema)),
      },
    },
    async (request) =>
      toBody(await execute(confirmFactorReset, actorOfRequest(request).principal, { organization: request.params.org, user: request.params.user })),
  )

  app.delete(
    path,
    {
      config: { audience: 'user' },
      schema: {
        operationId: 'cancelFactorReset',
        tags: ['Members'],
        summary: 'Withdraw factor reset',
        description: 'Stops a reset that has not taken force yet. Requires a session.',
        params: memberParams,
        response: answers(resetSchema),
      },
    },
    async (request) =>
      toBody(await execute(cancelFactorReset, actorOfRequest(request).principal, { organization: request.params.org, user: request.params.user })),
  )
}

const toBody = ({ userId, username, requestedBy, requestedByName, requestedAt, inForceAt }: FactorReset) => ({
  user: { id: userId, username },
  requested_by: { id: requestedBy, username: requestedByName },
  requested_at: requestedAt.toISOString(),
  in_force_at: inForceAt.toISOString(),
})
