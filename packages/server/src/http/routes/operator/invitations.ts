import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { searchedText } from '../../../domain/accounts/people.ts'
import { organizationNotFound } from '../../../domain/command/authorize.ts'
import type { ListedInvitation } from '../../../domain/invitations/store.ts'
import { Problem } from '../../../domain/model/problem.ts'
import { whyOpenDoNotCount } from '../../../domain/roles/grant.ts'
import { toRoleBody } from '../../representation.ts'
import { answers, instant, invalidReason, pageOfItems, pageQuery, roleFields, searchField } from '../../schemas.ts'
import type { Services } from '../../services.ts'

const listedSchema = z
  .object({
    id: z.string(),
    kind: z.enum(['secret', 'link', 'email']),
    email: z.string().nullable(),
    organization: z.object({ id: z.string(), name: z.string() }),
    ...roleFields,
    state: z.enum(['open', 'accepted', 'declined', 'revoked', 'expired']),
    invalid_reason: invalidReason,
    created_by: z.string().meta({ description: 'A username.' }),
    created_at: instant,
    expires_at: instant,
    mailed_at: instant.nullable().meta({ description: 'When the mail server accepted the newest email. Null if it has not.' }),
  })
  .meta({ id: 'ListedInvitation', description: "An invitation in the operator's list." })

/** The operator finds invitations (O13). */
export const invitationListRoutes: FastifyPluginAsyncZod<Services> = async (app, { store }) => {
  app.get(
    '/v1/operator/invitations',
    {
      config: { audience: 'operator' },
      schema: {
        operationId: 'listInvitationsAsOperator',
        tags: ['Operator'],
        summary: 'List invitations (operator)',
        description:
          'Lists the invitations of all organizations, or of one, the newest first. With `search`, lists those whose email address begins with the text, in alphabetical order.',
        querystring: pageQuery.extend({
          search: searchField.meta({ description: 'The beginning of an email address or an id. Not together with `organization`.' }),
          organization: z
            .string()
            .min(1)
            .max(60)
            .optional()
            .meta({ description: 'Only invitations of this organization: its name, a former name, or its id.' }),
        }),
        response: answers(pageOfItems(listedSchema)),
      },
    },
    async ({ principal, query: { search, organization, ...page } }) => {
      if (search !== undefined && organization !== undefined) {
        const errors = [{ field: 'search', message: 'Send either search or organization.' }]
        throw new Problem('invalid_request', 'search: Send either search or organization.', { extensions: { errors } })
      }
      const match = organization === undefined ? undefined : await store.reading.organizations.find(organization)
      if (match === null) throw organizationNotFound(principal)
      const { items, nextCursor } = await store.reading.invitations.everywhere({
        ...page,
        search: search === undefined ? undefined : searchedText(search),
        organizationId: match?.organization.id,
      })
      const reasons = await whyOpenDoNotCount(store.reading, items)
      return { items: items.map((invitation) => ({ ...toBody(invitation), invalid_reason: reasons.get(invitation.id) ?? null })), next_cursor: nextCursor }
    },
  )
}

const toBody = ({
  id,
  kind,
  email,
  organizationId,
  organizationName,
  role,
  customRole,
  state,
  createdByName,
  createdAt,
  expiresAt,
  mailedAt,
}: ListedInvitation) => ({
  id,
  kind,
  email,
  organization: { id: organizationId, name: organizationName },
  ...toRoleBody({ role, customRole }),
  state,
  created_by: createdByName,
  created_at: createdAt.toISOString(),
  expires_at: expiresAt.toISOString(),
  mailed_at: mailedAt?.toISOString() ?? null,
})
