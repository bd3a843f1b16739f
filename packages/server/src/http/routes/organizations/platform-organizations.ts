import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { searchedName } from '../../../domain/organizations/directory.ts'
import { setPlan } from '../../../domain/organizations/operator.ts'
import { answers, organizationParams, pageOfItems, pageQuery, searchField } from '../../schemas.ts'
import type { Services } from '../../services.ts'
import { organizationPage, toPlatformBody } from './organization-page.ts'

/** The organizations of the installation, for the backends of the platform (P15). */
export const platformOrganizationRoutes: FastifyPluginAsyncZod<Services> = async (app, { config, store, execute }) => {
  app.get(
    '/v1/organizations',
    {
      config: { audience: 'client', clientScope: 'platform:organizations:read' },
      schema: {
        operationId: 'listOrganizations',
        tags: ['Clients'],
        summary: 'List organizations',
        description:
          'Lists all organizations, the newest first. With `search`, lists those whose name begins with the text, in alphabetical order. For a client with the scope `platform:organizations:read`.',
        querystring: pageQuery.extend({ search: searchField.meta({ description: 'The beginning of a name, or of an id.' }) }),
        response: answers(pageOfItems(organizationPage)),
      },
    },
    async ({ query: { search, ...page } }) => {
      const { items, nextCursor } = await store.reading.organizations.page({ ...page, search: searchedName(search), suspended: false })
      return { items: items.map((organization) => toPlatformBody(config, organization)), next_cursor: nextCursor }
    },
  )

  app.put(
    '/v1/organizations/:org/plan',
    {
      config: { audience: 'client', clientScope: 'platform:plans:write' },
      schema: {
        operationId: 'changePlanAsClient',
        tags: ['Clients'],
        summary: 'Change plan (client)',
        description:
          'Changes the plan of an organization. No member loses access if the new plan has fewer seats. For a client with the scope `platform:plans:write`.',
        params: organizationParams,
        body: z.strictObject({ plan: z.string().max(60), reason: z.string().min(1).max(500).optional().meta({ description: 'For the audit log.' }) }),
        response: answers(z.object({ id: z.string(), name: z.string(), plan: z.string() })),
      },
    },
    async (request) => {
      const { id, name, plan } = await execute(setPlan, request.principal, { organization: request.params.org, ...request.body })
      return { id, name, plan }
    },
  )
}
