import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import type { Api } from '../../../domain/apis/api.ts'
import { wordsOfTerms } from '../../../domain/apis/words.ts'
import { revokeConsent } from '../../../domain/credentials/consent.ts'
import type { Application } from '../../../domain/credentials/store.ts'
import { findReadableOrganization, personOf } from '../../request.ts'
import { answers, instant, organizationParams, pageOfItems, pageQuery, reported } from '../../schemas.ts'
import type { Services } from '../../services.ts'

const permissionSchema = z.object({
  scope: z.string(),
  audience: z.string().nullable().meta({ description: "The API. Null: Muster's own, or about the user." }),
  description: z.string(),
})
const fields = {
  client_id: z.string(),
  name: z.string().meta({ description: 'The name that the operator registered.' }),
  permissions: z.array(permissionSchema).meta({ description: 'The permissions that the user gave it. The role of the user limits them further.' }),
  granted_at: instant.meta({ description: 'When the user first gave it access.' }),
  last_used_at: instant
    .nullable()
    .meta({ description: 'When it last signed the user in or got a token. Requests at other APIs are not counted. Null: never.' }),
}
const applicationSchema = z.object(fields).meta({ id: 'Application', description: 'A third-party client that the current user has given access.' })
const memberApplicationSchema = z
  .object({ ...fields, user: z.object({ id: z.string(), username: z.string() }) })
  .meta({ id: 'MemberApplication', description: 'A third-party client that a member has given access.' })

/** The third-party clients that people have given access (P16): a person's own, and with `applications:read` those of the organization. */
export const applicationRoutes: FastifyPluginAsyncZod<Services> = async (app, { store, execute }) => {
  const toBody = (apis: readonly Api[], { clientId, name, granted, grantedAt, lastUsedAt }: Application) => ({
    client_id: clientId,
    name,
    permissions: wordsOfTerms(apis, granted).map(({ scope, audience, text }) => ({ scope, audience, description: text })),
    granted_at: grantedAt.toISOString(),
    last_used_at: lastUsedAt?.toISOString() ?? null,
  })

  app.get(
    '/v1/me/applications',
    {
      config: { audience: 'account' },
      schema: {
        operationId: 'listMyApplications',
        tags: ['Sessions'],
        summary: 'List applications',
        description: 'Lists the third-party clients that the current user has given access in the current organization, the latest first.',
        response: answers(z.object({ items: z.array(applicationSchema) })),
      },
    },
    async (request) => {
      const { account, organization } = personOf(request).live
      const items = organization ? await store.reading.consents.list(account.id, organization.id) : []
      const apis = items.length > 0 ? await store.reading.apis.list() : []
      return { items: items.map((one) => toBody(apis, one)) }
    },
  )

  app.delete(
    '/v1/me/applications/:client',
    {
      config: { audience: 'account', ends: true },
      schema: {
        operationId: 'revokeMyApplication',
        tags: ['Sessions'],
        summary: 'Revoke access of an application',
        description: 'Ends all sessions and tokens that a third-party client has for the current user. It has to ask for consent again.',
        params: z.object({ client: z.string().max(64).meta({ description: 'The id of the client.' }) }),
        response: answers(reported(z.object({ ended: z.number().int().meta({ description: 'The number of sessions that ended.' }) }))),
      },
    },
    async (request) => execute(revokeConsent, personOf(request).principal, { clientId: request.params.client }),
  )

  app.get(
    '/v1/organizations/:org/applications',
    {
      config: { audience: 'actor' },
      schema: {
        operationId: 'listApplications',
        tags: ['Organizations'],
        summary: 'List applications of the members',
        description: 'Lists the third-party clients that members have given access, by client and member. Only the member can revoke it.',
        params: organizationParams,
        querystring: pageQuery,
        response: answers(pageOfItems(memberApplicationSchema)),
      },
    },
    async (request) => {
      const { organization } = await findReadableOrganization(store, request, request.params.org, 'applications:read')
      const { items, nextCursor } = await store.reading.consents.page(organization.id, request.query)
      const apis = items.length > 0 ? await store.reading.apis.list() : []
      return { items: items.map((one) => ({ ...toBody(apis, one), user: { id: one.userId, username: one.username ?? '' } })), next_cursor: nextCursor }
    },
  )
}
