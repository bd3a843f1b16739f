import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { requirePermission } from '../../../domain/command/authorize.ts'
import { Problem } from '../../../domain/model/problem.ts'
import { hostOf, labelOf } from '../../../domain/resources/host-label.ts'
import { answers } from '../../schemas.ts'
import type { Services } from '../../services.ts'
import { resourceSchema, toResourceBody } from './resources.ts'

/** The application behind a host name, for gateways and for members of its organization. */
export const hostRoutes: FastifyPluginAsyncZod<Services> = async (app, { config, store }) => {
  app.get(
    '/v1/hosts/:host',
    {
      config: { audience: 'actor', clientScope: 'hosts:read' },
      schema: {
        operationId: 'getHost',
        tags: ['Resources'],
        summary: 'Get host',
        description: 'Returns the application at a host. The old host of a renamed organization redirects to the new one (308).',
        params: z.object({ host: z.string().min(1).max(253).meta({ description: 'A full host name, or its first label.' }) }),
        response: {
          ...answers(
            z
              .object({
                host: z.string(),
                organization: z.object({ id: z.string(), name: z.string(), suspended: z.boolean() }),
                resource: resourceSchema,
              })
              .meta({ id: 'Host' }),
          ),
          308: z.null(),
        },
      },
    },
    async (request, reply) => {
      if (request.actor) requirePermission(request.actor, 'resources:read')
      const label = labelOf(request.params.host, config.cloudDomain)
      const entry = label === null ? null : await store.reading.hostLabels.find(label)
      // To a member, applications of other organizations look as if they did not exist (B01).
      if (!entry || (request.actor && request.actor.organization.id !== entry.organizationId)) throw new Problem('host_not_found')
      const match = await store.reading.organizations.find(entry.organizationId)
      const resource = await store.reading.resources.findById(entry.resourceId)
      if (!match || !resource?.hostLabel) throw new Problem('host_not_found')
      const host = hostOf(resource.hostLabel, config.cloudDomain)
      if (entry.held) return reply.redirect(`/v1/hosts/${host}`, 308)
      const { organization } = match
      return {
        host,
        organization: { id: organization.id, name: organization.name, suspended: organization.suspendedAt !== null },
        resource: toResourceBody(resource, organization, config.cloudDomain),
      }
    },
  )
}
