import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { Problem } from '../../../domain/model/problem.ts'
import { roleDefinitions } from '../../../domain/roles/definitions.ts'
import { answers } from '../../schemas.ts'
import type { Services } from '../../services.ts'

const definitionSchema = z
  .object({
    id: z.string(),
    revision: z.number().int().meta({ description: 'The current one.' }),
    permissions: z.array(z.string()).meta({ description: 'The permissions of the role at the API of the client.' }),
  })
  .meta({ id: 'RoleDefinition', description: 'The permissions of a custom role now.' })

/** For verifiers, which learn from their stream that a role has a new revision (P10). */
export const roleDefinitionRoutes: FastifyPluginAsyncZod<Services> = async (app, { store }) => {
  app.post(
    '/v1/role-definitions',
    {
      config: { audience: 'client', clientScope: 'signals' },
      schema: {
        operationId: 'readRoleDefinitions',
        tags: ['Clients'],
        summary: 'List role definitions',
        description:
          'Returns what custom roles allow now at the API that the client belongs to. A role that allows nothing there is missing, like one that does not exist. For a client with the scope `signals`.',
        body: z.strictObject({ roles: z.array(z.string().min(1).max(60)).min(1).max(100).meta({ description: 'Ids of custom roles.' }) }),
        response: answers(z.object({ items: z.array(definitionSchema) })),
      },
    },
    async ({ principal, body }) => {
      if (principal.kind !== 'client') throw new Problem('forbidden')
      const definitions = await roleDefinitions(store.reading, { clientId: principal.clientId, ids: body.roles })
      return { items: definitions.map(({ id, revision, permissions }) => ({ id, revision, permissions: [...permissions] })) }
    },
  )
}
