import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { usernameFault } from '../../../domain/organizations/register.ts'
import { answers } from '../../schemas.ts'
import type { Services } from '../../services.ts'

/** Checks whether a username is available, before a form is submitted. Usernames are public, but the route is rate limited. */
export const usernameRoutes: FastifyPluginAsyncZod<Services> = async (app, { store, limits, admission }) => {
  app.get(
    '/v1/usernames/:name',
    {
      schema: {
        operationId: 'checkUsername',
        tags: ['Account'],
        summary: 'Check username',
        description: 'Says whether a username is available. No login is required.',
        params: z.object({ name: z.string().max(100) }),
        response: answers(z.object({ name: z.string(), available: z.boolean(), reason: z.enum(['name_invalid', 'name_reserved', 'name_taken']).optional() })),
      },
    },
    async (request) => {
      const { name } = request.params
      const reason = await usernameFault({ store, limits, admission }, request.origin, name)
      return { name, available: reason === null, ...(reason && { reason }) }
    },
  )
}
