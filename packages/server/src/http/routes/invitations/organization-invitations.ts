import { nextStepOf, problems } from '@muster/contract/problems.ts'
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { copyLinkWithinLimit } from '../../../domain/invitations/copy-link.ts'
import { revokeInvitation } from '../../../domain/invitations/invitation.ts'
import {
  ADDRESSES_AT_ONCE,
  addressesIn,
  type InvitationView,
  type InviteResult,
  invitationView,
  inviteByEmail,
  resendInvitation,
} from '../../../domain/invitations/invite-by-email.ts'
import { Problem } from '../../../domain/model/problem.ts'
import { whyOpenDoNotCount } from '../../../domain/roles/grant.ts'
import { toRoleBody } from '../../representation.ts'
import { actorOfRequest, findReadableOrganization, idempotencyOf } from '../../request.ts'
import {
  answers,
  idempotencyHeaders,
  instant,
  invalidReason,
  organizationParams,
  pageOfItems,
  pageQuery,
  problemSchema,
  roleFields,
  roleReference,
} from '../../schemas.ts'
import type { Services } from '../../services.ts'

const kind = z.enum(['secret', 'link', 'email'])
const state = z.enum(['open', 'accepted', 'declined', 'revoked', 'expired'])
const invitationSchema = z
  .object({
    id: z.string(),
    kind,
    email: z.string().nullable().meta({ description: 'Null unless this is an email invitation.' }),
    ...roleFields,
    state,
    invalid_reason: invalidReason,
    version: z.number().int().meta({ description: 'Increased by each resend.' }),
    created_by: z.string().meta({ description: 'A username.' }),
    created_by_name: z.string().meta({ description: 'The full name of this person. Empty if they gave none.' }),
    created_at: instant,
    expires_at: instant,
    mailed_at: instant.nullable().meta({ description: 'When the mail server accepted the newest email.' }),
    accepted_by: z.string().nullable(),
    ended_at: instant.nullable().meta({ description: 'When the invitation was accepted, declined or revoked. Null if it is open or expired.' }),
  })
  .meta({ id: 'Invitation' })

const toBody = (view: InvitationView, reason: string | null = null) => ({
  id: view.id,
  kind: view.kind,
  email: view.email,
  ...toRoleBody(view),
  state: view.state,
  invalid_reason: reason,
  version: view.version,
  created_by: view.createdBy,
  created_by_name: view.createdByName ?? '', // missing in a stored response of an older server version (Idempotency-Key)
  created_at: view.createdAt,
  expires_at: view.expiresAt,
  mailed_at: view.mailedAt,
  accepted_by: view.acceptedBy,
  ended_at: view.endedAt ?? null, // missing in a stored response of an older server version
})

const results = z.object({
  results: z.array(
    z.object({
      email: z.string(),
      status: z.enum(['created', 'open', 'refused']),
      invitation: invitationSchema.optional(),
      problem: z.object({ code: z.string(), title: z.string(), detail: z.string().optional(), next: z.string(), command: z.string().optional() }).optional(),
    }),
  ),
})

// No minimum length: an empty address fails alone, as any invalid address does (S22).
const address = z.string().max(1_000)
const invitationParams = organizationParams.extend({ id: z.string().max(60) })

/** The invitations of an organization (S8 to S22). */
export const organizationInvitationRoutes: FastifyPluginAsyncZod<Services> = async (app, { config, store, execute, limits }) => {
  app.get(
    '/v1/organizations/:org/invitations',
    {
      config: { audience: 'actor' },
      schema: {
        operationId: 'listInvitations',
        tags: ['Invitations'],
        summary: 'List invitations',
        description: 'Lists the invitations of every kind, newest first.',
        params: organizationParams,
        querystring: pageQuery.extend({
          q: z.string().max(254).optional().meta({ description: 'Part of the address. Fewer than three characters match only its beginning.' }),
          state: state.optional(),
          kind: kind.optional(),
        }),
        response: answers(pageOfItems(invitationSchema)),
      },
    },
    async (request) => {
      const { organization } = await findReadableOrganization(store, request, request.params.org, 'invitations:read')
      const { q, state, kind: only } = request.query
      const page = await store.reading.invitations.page(organization.id, { kinds: only ? [only] : kind.options, state, q }, request.query)
      const reasons = await whyOpenDoNotCount(store.reading, page.items)
      return { items: page.items.map((invitation) => toBody(invitationView(invitation), reasons.get(invitation.id) ?? null)), next_cursor: page.nextCursor }
    },
  )

  app.post(
    '/v1/organizations/:org/invitations',
    {
      config: { audience: 'actor' },
      schema: {
        operationId: 'createInvitations',
        tags: ['Invitations'],
        summary: 'Create email invitations',
        description:
          'Invites one address, or up to 100. With `email`: 201 with the new invitation, or 200 with the invitation that is already open; a caller without `invitations:read` gets a result without it. With `emails`: 200 with one result for each address, in the order of the request. An invalid address does not affect the others.',
        params: organizationParams,
        headers: idempotencyHeaders,
        body: z.strictObject({
          email: address.optional(),
          emails: z
            .union([z.array(address).min(1).max(ADDRESSES_AT_ONCE), z.string().min(1).max(40_000)])
            .optional()
            .meta({ description: 'A list, or text separated by commas or newlines.' }),
          role: roleReference.default('member'),
        }),
        response: { 200: z.union([invitationSchema, results]), 201: invitationSchema, '4xx': problemSchema, '5xx': problemSchema },
      },
    },
    async (request, reply) => {
      const { email, emails, role } = request.body
      if ((email === undefined) === (emails === undefined)) throw new Problem('invalid_request', 'Send either email or emails.')
      const { principal } = actorOfRequest(request)
      const listed = email !== undefined ? [email] : Array.isArray(emails) ? emails : addressesIn(emails ?? '')
      if (listed.length === 0 || listed.length > ADDRESSES_AT_ONCE) throw new Problem('invalid_request', `Send 1 to ${ADDRESSES_AT_ONCE} addresses.`)
      const invite = { organization: request.params.org, emails: listed, role }
      const outcomes = await inviteByEmail({ store, limits, execute }, principal, invite, { idempotency: idempotencyOf(request) })
      if (email === undefined) return reply.code(200).send({ results: outcomes.map((outcome, at) => ({ email: listed[at] ?? '', ...toResult(outcome) })) })
      const [outcome] = outcomes
      if (!outcome) throw new Error('inviteByEmail returned no result for an address.')
      if (outcome.status === 'created') return reply.code(201).send(toBody(outcome.invitation))
      if (outcome.status === 'open')
        return reply.code(200).send(outcome.invitation ? toBody(outcome.invitation) : { results: [{ email, ...toResult(outcome) }] })
      throw new Problem(outcome.code, outcome.detail, { extensions: outcome.extensions ?? {} })
    },
  )

  app.delete(
    '/v1/organizations/:org/invitations/:id',
    {
      config: { audience: 'actor' },
      schema: {
        operationId: 'revokeInvitation',
        tags: ['Invitations'],
        summary: 'Revoke invitation',
        description: 'Revokes an invitation of any kind.',
        params: invitationParams,
        response: answers(z.object({ id: z.string(), state })),
      },
    },
    async (request) => {
      const { org, id } = request.params
      return { id, ...(await execute(revokeInvitation, actorOfRequest(request).principal, { organization: org, id })) }
    },
  )

  app.post(
    '/v1/organizations/:org/invitations/:id/resend',
    {
      config: { audience: 'actor' },
      schema: {
        operationId: 'resendInvitation',
        tags: ['Invitations'],
        summary: 'Resend invitation',
        description: 'Sends the email again with a new link, which is valid for seven days. The old link stops working.',
        params: invitationParams,
        headers: idempotencyHeaders,
        response: answers(invitationSchema),
      },
    },
    async (request) => {
      const { org, id } = request.params
      const { principal } = actorOfRequest(request)
      return toBody(await resendInvitation({ store, limits, execute }, principal, { organization: org, id }, { idempotency: idempotencyOf(request) }))
    },
  )

  app.post(
    '/v1/organizations/:org/invitations/:id/link',
    {
      config: { audience: 'actor' },
      schema: {
        operationId: 'copyInvitationLink',
        tags: ['Invitations'],
        summary: 'Copy invitation link',
        description: 'Returns the link of an email invitation, to be delivered by hand. The audit log records who copied it.',
        params: invitationParams,
        response: answers(z.object({ url: z.string(), expires_at: instant })),
      },
    },
    async (request, reply) => {
      const { org, id } = request.params
      const { principal } = actorOfRequest(request)
      const { path, expiresAt } = await copyLinkWithinLimit({ limits, execute }, principal, { organization: org, id })
      return reply.header('cache-control', 'no-store').send({ url: `${config.issuer}${path}`, expires_at: expiresAt })
    },
  )
}

function toResult(outcome: InviteResult) {
  if (outcome.status !== 'refused') return { status: outcome.status, ...(outcome.invitation && { invitation: toBody(outcome.invitation) }) }
  const { code, detail } = outcome
  return { status: outcome.status, problem: { code, title: problems[code].title, ...(detail !== undefined && { detail }), ...nextStepOf(code) } }
}
