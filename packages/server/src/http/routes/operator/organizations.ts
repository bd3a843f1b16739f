import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { searchedName } from '../../../domain/organizations/directory.ts'
import type { ListedOrganization } from '../../../domain/organizations/store.ts'
import { answers, instant, pageOfItems, pageQuery, searchField } from '../../schemas.ts'
import type { Services } from '../../services.ts'

const listedSchema = z
  .object({
    id: z.string(),
    name: z.string(),
    personal: z.boolean(),
    plan: z.string(),
    suspended_at: instant.nullable(),
    suspended_reason: z.string().nullable(),
    members: z.object({ active: z.number().int(), deactivated: z.number().int() }),
    created_at: instant,
  })
  .meta({ id: 'ListedOrganization', description: "An organization in the operator's list." })

/** The operator finds organizations (O13). */
export const organizationListRoutes: FastifyPluginAsyncZod<Services> = async (app, { store }) => {
  app.get(
    '/v1/operator/organizations',
    {
      config: { audience: 'operator' },
      schema: {
        operationId: 'listOrganizationsAsOperator',
        tags: ['Operator'],
        summary: 'List organizations (operator)',
        description: 'Lists all organizations, the newest first. With `search`, lists those whose name begins with the text, in alphabetical order.',
        querystring: pageQuery.extend({
          search: searchField.meta({ description: 'The beginning of a name, or of an id.' }),
          suspended: z.enum(['true']).optional().meta({ description: 'Only suspended organizations.' }),
        }),
        response: answers(pageOfItems(listedSchema)),
      },
    },
    async ({ query: { search, suspended, ...page } }) => {
      const { items, nextCursor } = await store.reading.organizations.page({
        ...page,
        search: searchedName(search),
        suspended: suspended === 'true',
      })
      return { items: items.map(toBody), next_cursor: nextCursor }
    },
  )
}

const toBody = ({ suspendedAt, suspendedReason, activeMembers, deactivatedMembers, createdAt, ...same }: ListedOrganization) => ({
  ...same,
  suspended_at: suspendedAt?.toISOString() ?? null,
  suspended_reason: suspendedReason,
  members: { active: activeMembers, deactivated: deactivatedMembers },
  created_at: createdAt.toISOString(),
})
