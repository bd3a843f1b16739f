import { factorPolicies } from '@muster/contract/authentication.ts'
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { policyInForce, requirementAhead } from '../../../domain/command/factor-policy.ts'
import type { OrganizationPolicy } from '../../../domain/model/organization.ts'
import { GRACE_DAYS_AT_MOST, setFactorPolicy } from '../../../domain/organizations/policies/factor-policy.ts'
import { endUnreadyCredential, endUnreadyCredentials, listUnreadyCredentials } from '../../../domain/organizations/policies/unready-credentials.ts'
import type { UnreadyCredential } from '../../../domain/organizations/store.ts'
import { toRoleBody } from '../../representation.ts'
import { findReadableOrganization, personOf } from '../../request.ts'
import { answers, instant, organizationParams, pageOfItems, pageQuery, reported, roleFields } from '../../schemas.ts'
import type { Services } from '../../services.ts'

const policyField = z.enum(factorPolicies)

const policySchema = z
  .object({
    policy: policyField.meta({ description: '`any`: a passkey or an authenticator app. `phishing-resistant`: a passkey.' }),
    from: instant.nullable().meta({ description: 'When the policy takes force. Null: the organization requires nothing.' }),
    in_force: policyField.meta({ description: 'The stricter of the policy in force and the floor.' }),
    floor: z
      .object({ policy: policyField, from: instant.nullable().meta({ description: 'Null: at once.' }) })
      .meta({ description: 'The policy that the operator requires of every organization.' }),
    remembered_devices: z.boolean().meta({ description: 'Whether members may let a browser be remembered, which is then not asked for a second factor.' }),
  })
  .meta({ id: 'FactorPolicy', description: 'The factors that the organization requires of the sign-ins of its members.' })

const toPolicyBody = (changed: OrganizationPolicy, now: Date) => ({
  policy: changed.policy,
  from: changed.from?.toISOString() ?? null,
  in_force: policyInForce(changed, now),
  floor: { policy: changed.floor.policy, from: changed.floor.from?.toISOString() ?? null },
  remembered_devices: changed.rememberedDevices,
})

const unreadySchema = z
  .object({
    id: z.string(),
    username: z.string(),
    ...roleFields,
    authenticator: z.boolean().meta({ description: 'Whether the member has an authenticator app.' }),
  })
  .meta({ id: 'UnreadyMember', description: 'A member who has no factor that the policy accepts.' })

const unreadyCredentialSchema = z
  .object({
    id: z.string(),
    kind: z.enum(['key', 'refresh_token']),
    name: z.string().nullable().meta({ description: 'The description of the key, or the name of the refresh token.' }),
    holder: z.string().meta({ description: 'The name of the user or of the service account.' }),
    created_at: instant,
    last_used_at: instant.nullable(),
  })
  .meta({ id: 'UnreadyCredential', description: 'A credential that was created without a factor that the policy accepts.' })

const unreadyCredentialsPath = '/v1/organizations/:org/unready-credentials'
/** In one transaction, so that none holds the lock of the organization for long. */
const ENDED_AT_ONCE = 100

/** What an organization requires of the sign-ins of its members, and who is not ready (F13). */
export const factorPolicyRoutes: FastifyPluginAsyncZod<Services> = async (app, { store, execute }) => {
  app.get(
    '/v1/organizations/:org/factor-policy',
    {
      config: { audience: 'actor' },
      schema: {
        operationId: 'getFactorPolicy',
        tags: ['Organizations'],
        summary: 'Get factor policy',
        description: 'Returns what the organization requires of the sign-ins of its members.',
        params: organizationParams,
        response: answers(policySchema),
      },
    },
    async (request) => {
      const { organization } = await findReadableOrganization(store, request, request.params.org, 'organization:read')
      return toPolicyBody(organization.factorPolicy, await store.reading.now())
    },
  )

  app.put(
    '/v1/organizations/:org/factor-policy',
    {
      config: { audience: 'user' },
      schema: {
        operationId: 'updateFactorPolicy',
        tags: ['Organizations'],
        summary: 'Update factor policy',
        description:
          'Sets what the organization requires of the sign-ins of its members. The admin must have signed in, or confirmed, with as much. Members without such a factor add one before they can go on; API keys and refresh tokens that do not rotate stay valid.',
        params: organizationParams,
        body: z.strictObject({
          policy: policyField.optional().meta({ description: 'Absent: the policy and its time stay as they are.' }),
          grace_days: z.number().int().min(0).max(GRACE_DAYS_AT_MOST).optional().meta({ description: 'Days until the policy takes force. 0 by default.' }),
          remembered_devices: z.boolean().optional(),
        }),
        response: answers(policySchema),
      },
    },
    async (request) => {
      const { policy, grace_days: graceDays = 0, remembered_devices: rememberedDevices } = request.body
      const { principal } = personOf(request)
      const changed = await execute(setFactorPolicy, principal, { organization: request.params.org, policy, graceDays, rememberedDevices })
      return toPolicyBody(changed, await store.reading.now())
    },
  )

  app.get(
    '/v1/organizations/:org/unready-members',
    {
      config: { audience: 'actor' },
      schema: {
        operationId: 'listUnreadyMembers',
        tags: ['Organizations'],
        summary: 'List unready members',
        description: 'Lists the active members who have no factor that the policy accepts.',
        params: organizationParams,
        querystring: pageQuery.extend({
          policy: policyField
            .optional()
            .meta({ description: 'Another policy than the one that the members must be ready for, to see who would not be ready.' }),
        }),
        response: answers(pageOfItems(unreadySchema)),
      },
    },
    async (request) => {
      const { organization } = await findReadableOrganization(store, request, request.params.org, 'organization:security')
      const { policy = requirementAhead(organization.factorPolicy).policy, ...page } = request.query
      const { items, nextCursor } = await store.reading.memberships.unready(organization.id, policy, page)
      return {
        items: items.map(({ userId, username, app, ...held }) => ({ id: userId, username, ...toRoleBody(held), authenticator: app })),
        next_cursor: nextCursor,
      }
    },
  )

  app.get(
    unreadyCredentialsPath,
    {
      config: { audience: 'actor' },
      schema: {
        operationId: 'listUnreadyCredentials',
        tags: ['Organizations'],
        summary: 'List unready credentials',
        description:
          'Lists the API keys, and the refresh tokens that do not rotate, that were created without a factor that the policy accepts. They stay valid until they are revoked.',
        params: organizationParams,
        querystring: pageQuery,
        response: answers(pageOfItems(unreadyCredentialSchema)),
      },
    },
    async (request) => {
      const { organization } = await findReadableOrganization(store, request, request.params.org, 'organization:security')
      const { items, nextCursor } = await listUnreadyCredentials(store.reading, organization, request.query)
      return { items: items.map(toUnreadyCredentialBody), next_cursor: nextCursor }
    },
  )

  app.delete(
    unreadyCredentialsPath,
    {
      config: { audience: 'user', ends: true },
      schema: {
        operationId: 'revokeUnreadyCredentials',
        tags: ['Organizations'],
        summary: 'Revoke all unready credentials',
        description: 'Revokes every credential of the list, also those of the caller.',
        params: organizationParams,
        response: answers(reported(z.object({ ended: z.number().int() }))),
      },
    },
    async (request) => {
      const { principal } = personOf(request)
      const { org: organization } = request.params
      const end = (askRecent: boolean) => execute(endUnreadyCredentials, principal, { organization, atMost: ENDED_AT_ONCE, askRecent })
      let { ended, isLast } = await end(true)
      while (!isLast) {
        const next = await end(false)
        ended += next.ended
        isLast = next.isLast
      }
      return { ended }
    },
  )

  app.delete(
    `${unreadyCredentialsPath}/:id`,
    {
      config: { audience: 'user', ends: true },
      schema: {
        operationId: 'revokeUnreadyCredential',
        tags: ['Organizations'],
        summary: 'Revoke unready credential',
        description: 'Revokes one credential of the list.',
        params: organizationParams.extend({ id: z.string().max(60) }),
        response: answers(reported(z.object({ ended: z.number().int() }))),
      },
    },
    async (request) => {
      const { org, id } = request.params
      await execute(endUnreadyCredential, personOf(request).principal, { organization: org, id })
      return { ended: 1 }
    },
  )
}

const toUnreadyCredentialBody = ({ id, kind, name, holder, createdAt, lastUsedAt }: UnreadyCredential) => ({
  id,
  kind,
  name,
  holder,
  created_at: createdAt.toISOString(),
  last_used_at: lastUsedAt?.toISOString() ?? null,
})
