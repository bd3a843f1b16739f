import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { toAuditEventBody } from '../../audit-event.ts'
import { answers, auditEventSchema, pageOfItems, pageQuery } from '../../schemas.ts'
import type { Services } from '../../services.ts'

/** The operator finds what a request did (O13). */
export const requestRoutes: FastifyPluginAsyncZod<Services> = async (app, { store }) => {
  app.get(
    '/v1/operator/requests/:id',
    {
      config: { audience: 'operator' },
      schema: {
        operationId: 'getRequestAsOperator',
        tags: ['Operator'],
        summary: 'Get request (operator)',
        description:
          'Lists the audit events of a request by the id in its response (`x-request-id`, or `request_id` of a problem), the newest first. A request that changed nothing has none: look for the id in the access log.',
        params: z.object({ id: z.string().regex(/^[A-Za-z0-9_-]{1,60}$/) }),
        querystring: pageQuery,
        response: answers(pageOfItems(auditEventSchema.extend({ organization_id: z.string().nullable() }).meta({ id: 'RequestEvent' }))),
      },
    },
    async ({ params: { id: requestId }, query }) => {
      const { items, nextCursor } = await store.reading.audit.page({ requestId }, query)
      return { items: items.map((event) => ({ ...toAuditEventBody(event), organization_id: event.organizationId })), next_cursor: nextCursor }
    },
  )
}
