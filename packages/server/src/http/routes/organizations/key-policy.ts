import { keyPolicies } from '@muster/contract/permissions.ts'
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { setKeyPolicy } from '../../../domain/organizations/policies/key-policy.ts'
import { findReadableOrganization, personOf } from '../../request.ts'
import { answers, organizationParams, reported } from '../../schemas.ts'
import type { Services } from '../../services.ts'

const ENDED_AT_ONCE = 100

const keys = z.enum(keyPolicies).meta({ description: '`any`: keys with and without a scope. `scoped`: only keys with a scope.' })
const policySchema = z.object({ keys }).meta({ id: 'KeyPolicy', description: 'The keys that the organization allows.' })

/** Which keys an organization allows (F15). */
export const keyPolicyRoutes: FastifyPluginAsyncZod<Services> = async (app, { store, execute }) => {
  app.get(
    '/v1/organizations/:org/key-policy',
    {
      config: { audience: 'actor' },
      schema: {
        operationId: 'getKeyPolicy',
        tags: ['Organizations'],
        summary: 'Get key policy',
        description: 'Returns which keys the organization allows.',
        params: organizationParams,
        response: answers(policySchema),
      },
    },
    async (request) => {
      const { organization } = await findReadableOrganization(store, request, request.params.org, 'organization:read')
      return { keys: await store.reading.organizations.keyPolicy(organization.id) }
    },
  )

  app.put(
    '/v1/organizations/:org/key-policy',
    {
      config: { audience: 'user', ends: true },
      schema: {
        operationId: 'updateKeyPolicy',
        tags: ['Organizations'],
        summary: 'Update key policy',
        description:
          'Sets which keys the organization allows. `scoped` revokes all keys without a scope, of members and of service accounts, at once. To list them before: `GET /v1/organizations/{org}/keys?scope=all`. `any` restores none of them. Requires a recent sign-in.',
        params: organizationParams,
        body: z.strictObject({ keys }),
        response: answers(reported(policySchema.extend({ ended: z.number().int().meta({ description: 'The number of revoked keys.' }) }))),
      },
    },
    async (request) => {
      const { principal } = personOf(request)
      const { keys } = request.body
      const set = (isFirst: boolean) => execute(setKeyPolicy, principal, { organization: request.params.org, keys, atMost: ENDED_AT_ONCE, isFirst })
      let { ended, isLast } = await set(true)
      while (!isLast) {
        const next = await set(false)
        ended += next.ended
        isLast = next.isLast
      }
      return { keys, ended }
    },
  )
}
