import { factorPolicies } from '@muster/contract/authentication.ts'
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { organizationNotFound } from '../../../domain/command/authorize.ts'
import type { Organization } from '../../../domain/model/organization.ts'
import { seatsOf } from '../../../domain/model/plan.ts'
import { Problem } from '../../../domain/model/problem.ts'
import { promoteMember, resumeOrganization, reviveOrganization, setPlan, suspendOrganization } from '../../../domain/organizations/operator.ts'
import { liftFactorPolicy } from '../../../domain/organizations/policies/factor-policy.ts'
import { signMemberOut } from '../../../domain/organizations/sign-out-member.ts'
import { toContactBody, toMemberBody, toSignedOutBody } from '../../representation.ts'
import { idempotencyOf } from '../../request.ts'
import { answers, contactSchema, idempotencyHeaders, instant, memberSchema, organizationParams, reported, signedOutSchema } from '../../schemas.ts'
import type { Services } from '../../services.ts'

const reason = z.string().min(1).max(500).optional().meta({ description: 'For the audit log.' })
const person = z.object({ id: z.string(), username: z.string() })
const operatedSchema = z
  .object({
    id: z.string(),
    name: z.string(),
    personal: z.boolean(),
    plan: z.string(),
    seats: z.number().int().nullable().meta({ description: 'The seats of the plan. Null if unlimited.' }),
    suspended_at: instant.nullable(),
    suspended_reason: z.string().nullable(),
    founder: person,
    admins: z.array(person).meta({ description: 'The active admins that are not suspended, longest-serving first.' }),
    members: z.object({ active: z.number().int(), deactivated: z.number().int() }),
    resources: z.number().int(),
    technical_contact: contactSchema.nullable(),
    billing_contact: contactSchema.nullable(),
    address: z.string().nullable(),
    factor_policy: z.enum(factorPolicies).meta({ description: 'The factors that the organization requires of the sign-ins of its members.' }),
    created_at: instant,
  })
  .meta({ id: 'OperatedOrganization', description: 'An organization as the operator sees it.' })

/** What the operator can do to an organization (S7, S29, S58). */
export const operatorOrganizationRoutes: FastifyPluginAsyncZod<Services> = async (app, { config, store, execute }) => {
  const { reading } = store
  const bodyOf = async ({ id }: Pick<Organization, 'id'>) => {
    const match = await reading.organizations.find(id)
    if (!match) throw new Problem('organization_not_found')
    const { organization } = match
    const [founder, admins, { active, deactivated }, details] = [
      await reading.accounts.find(organization.founderId),
      await reading.memberships.activeAdmins(id),
      await reading.memberships.counts(id),
      await reading.organizations.details(id),
    ]
    return {
      id,
      name: organization.name,
      personal: organization.personal,
      plan: organization.plan,
      seats: seatsOf(config.plans, organization.plan),
      suspended_at: organization.suspendedAt?.toISOString() ?? null,
      suspended_reason: await reading.organizations.suspensionReason(id),
      founder: { id: organization.founderId, username: founder?.username ?? '' },
      admins: admins.filter(({ suspendedAt }) => suspendedAt === null).map(({ userId, username }) => ({ id: userId, username })),
      members: { active, deactivated },
      resources: await reading.resources.count(id),
      technical_contact: toContactBody(details.technical),
      billing_contact: toContactBody(details.billing),
      address: details.address,
      factor_policy: organization.factorPolicy.policy,
      created_at: organization.createdAt.toISOString(),
    }
  }

  app.get(
    '/v1/operator/organizations/:org',
    {
      config: { audience: 'operator' },
      schema: {
        operationId: 'getOrganizationAsOperator',
        tags: ['Operator'],
        summary: 'Get organization (operator)',
        description: 'Returns one organization by its name, a former name or its id.',
        params: organizationParams,
        response: answers(operatedSchema),
      },
    },
    async (request) => {
      const match = await reading.organizations.find(request.params.org)
      if (!match) throw organizationNotFound(request.principal)
      return bodyOf(match.organization)
    },
  )

  app.patch(
    '/v1/operator/organizations/:org',
    {
      config: { audience: 'operator' },
      schema: {
        operationId: 'changePlan',
        tags: ['Operator'],
        summary: 'Change plan',
        description: 'Changes the plan of an organization. No member loses access if the new plan has fewer seats.',
        params: organizationParams,
        body: z.strictObject({ plan: z.string().max(60), reason }),
        response: answers(operatedSchema),
      },
    },
    async (request) => bodyOf(await execute(setPlan, request.principal, { organization: request.params.org, ...request.body })),
  )

  app.delete(
    '/v1/operator/organizations/:org/factor-policy',
    {
      config: { audience: 'operator' },
      schema: {
        operationId: 'removeFactorPolicy',
        tags: ['Operator'],
        summary: 'Remove factor policy',
        description: 'Lets the members of an organization sign in without a second factor, if its admins cannot meet its policy any more.',
        params: organizationParams,
        response: answers(operatedSchema),
      },
    },
    async (request) => bodyOf(await execute(liftFactorPolicy, request.principal, { organization: request.params.org })),
  )

  app.post(
    '/v1/operator/organizations/:org/suspend',
    {
      config: { audience: 'operator', ends: true },
      schema: {
        operationId: 'suspendOrganization',
        tags: ['Operator'],
        summary: 'Suspend organization',
        description: 'Refuses every principal of the organization until it is resumed.',
        params: organizationParams,
        body: z.strictObject({ reason }).nullish(),
        response: answers(reported(operatedSchema)),
      },
    },
    async (request) => bodyOf(await execute(suspendOrganization, request.principal, { organization: request.params.org, reason: request.body?.reason })),
  )

  app.post(
    '/v1/operator/organizations/:org/resume',
    {
      config: { audience: 'operator', ends: true },
      schema: {
        operationId: 'resumeOrganization',
        tags: ['Operator'],
        summary: 'Resume organization',
        description: 'Ends the suspension of an organization.',
        params: organizationParams,
        body: z.strictObject({ reason }).nullish(),
        response: answers(reported(operatedSchema)),
      },
    },
    async (request) => bodyOf(await execute(resumeOrganization, request.principal, { organization: request.params.org, reason: request.body?.reason })),
  )

  app.post(
    '/v1/operator/organizations/:org/revive',
    {
      config: { audience: 'operator' },
      schema: {
        operationId: 'reviveOrganization',
        tags: ['Operator'],
        summary: 'Revive organization',
        description: 'Creates a secret for the next admin of a shared organization that has no members.',
        params: organizationParams,
        headers: idempotencyHeaders,
        response: answers(z.object({ id: z.string(), role: z.literal('admin'), secret: z.string(), created_at: instant, expires_at: instant }), 201),
      },
    },
    async (request, reply) => {
      const invitation = await execute(reviveOrganization, request.principal, { organization: request.params.org }, { idempotency: idempotencyOf(request) })
      return reply
        .code(201)
        .send({ id: invitation.id, role: 'admin', secret: invitation.secret, created_at: invitation.createdAt, expires_at: invitation.expiresAt })
    },
  )

  app.post(
    '/v1/operator/organizations/:org/promote',
    {
      config: { audience: 'operator', ends: true },
      schema: {
        operationId: 'promoteMember',
        tags: ['Operator'],
        summary: 'Promote member',
        description: 'Makes an active member an admin, for example after the only admin has lost their account.',
        params: organizationParams,
        body: z.strictObject({ user: z.string().min(1).max(60).meta({ description: 'A username or a user id.' }), reason }),
        response: answers(reported(memberSchema)),
      },
    },
    async (request) => {
      const member = await execute(promoteMember, request.principal, { organization: request.params.org, ...request.body })
      return toMemberBody(member, 'operator')
    },
  )

  app.post(
    '/v1/operator/organizations/:org/sign-out',
    {
      config: { audience: 'operator', ends: true },
      schema: {
        operationId: 'signMemberOutAsOperator',
        tags: ['Operator'],
        summary: 'Sign member out (operator)',
        description: "Ends all sessions, access tokens and refresh tokens of a member. The member's keys stay valid.",
        params: organizationParams,
        body: z.strictObject({ user: z.string().min(1).max(60).meta({ description: 'A username or a user id.' }) }),
        response: answers(signedOutSchema),
      },
    },
    async (request) =>
      toSignedOutBody(await execute(signMemberOut, request.principal, { organization: request.params.org, user: request.body.user }), 'operator'),
  )
}
