import { applicationUrl } from '@muster/contract/names.ts'
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { authorize, mayDo, organizationNotFound } from '../../../domain/command/authorize.ts'
import type { Rights } from '../../../domain/model/live.ts'
import type { Organization } from '../../../domain/model/organization.ts'
import { Problem } from '../../../domain/model/problem.ts'
import { changeDetails } from '../../../domain/organizations/contacts.ts'
import { leaveOrganization, type Moved } from '../../../domain/organizations/move.ts'
import { renameOrganization } from '../../../domain/organizations/rename.ts'
import { joinWithToken } from '../../../domain/organizations/use-invitation.ts'
import { reissueToken } from '../../reissue-token.ts'
import { toContactBody, toOrganizationBody, toRoleBody } from '../../representation.ts'
import { actorOfRequest, findReadableOrganization, idempotencyOf, personOf } from '../../request.ts'
import { answers, movingIdempotencyHeaders, organizationParams, organizationSchema, reissuedTokenFields, reported } from '../../schemas.ts'
import type { Services } from '../../services.ts'
import { organizationPage, toCommonBody, toPlatformBody, urlPattern } from './organization-page.ts'

const contactField = z.string().min(1).max(320).nullish().meta({ description: 'A username, a user id, or an email address.' })
const change = z.object({ from: z.string(), to: z.string() })
const leftSchema = z.object({ id: z.string(), name: z.string() })

/** A user's own organization: show, rename, move to another, leave. */
export const organizationRoutes: FastifyPluginAsyncZod<Services> = async (app, services) => {
  const { config, store, execute, accessTokens } = services
  const countsOf = ({ id }: Pick<Organization, 'id'>) => store.reading.memberships.counts(id)

  const pageOf = async (organization: Organization, viewer: Rights) => {
    const members = await countsOf(organization)
    const { technical, billing, address } = await store.reading.organizations.details(organization.id)
    return {
      ...toCommonBody(config, organization, members),
      ...toRoleBody(viewer),
      technical_contact: toContactBody(technical),
      ...(mayDo(viewer, 'organization:contacts') && { billing_contact: toContactBody(billing), address }),
    }
  }

  app.get(
    '/v1/organizations/:org',
    {
      config: { audience: 'actor', clientScope: 'platform:organizations:read' },
      schema: {
        operationId: 'getOrganization',
        tags: ['Organizations'],
        summary: 'Get organization',
        description:
          'Returns the organization of the caller, or any organization to a client with the scope `platform:organizations:read`. A former name redirects to the current one (308).',
        params: organizationParams,
        response: { ...answers(organizationPage), 308: z.null() },
      },
    },
    async (request, reply) => {
      const match = await store.reading.organizations.find(request.params.org)
      if (!match) throw organizationNotFound(request.principal)
      const { organization } = match
      if (request.actor) authorize(request.actor, organization.id, 'organization:read')
      if (match.former) return reply.redirect(`/v1/organizations/${organization.name}`, 308)
      if (request.actor) return pageOf(organization, request.actor)
      const { active, deactivated } = await countsOf(organization)
      return toPlatformBody(config, { ...organization, activeMembers: active, deactivatedMembers: deactivated })
    },
  )

  app.patch(
    '/v1/organizations/:org',
    {
      config: { audience: 'actor' },
      schema: {
        operationId: 'updateOrganization',
        tags: ['Organizations'],
        summary: 'Update organization',
        description: 'Changes the contacts and the postal address. Null removes a value.',
        params: organizationParams,
        body: z.strictObject({ technical_contact: contactField, billing_contact: contactField, address: z.string().max(1_000).nullish() }),
        response: answers(organizationPage),
      },
    },
    async (request) => {
      const { technical_contact: technical, billing_contact: billing, address } = request.body
      // Before the change, because the response shows the organization.
      const { actor, organization } = await findReadableOrganization(store, request, request.params.org, 'organization:read')
      await execute(changeDetails, actorOfRequest(request).principal, { organization: request.params.org, technical, billing, address })
      return pageOf(organization, actor)
    },
  )

  app.post(
    '/v1/organizations/:org/rename',
    {
      config: { audience: 'actor' },
      schema: {
        operationId: 'renameOrganization',
        tags: ['Organizations'],
        summary: 'Rename organization',
        description: 'Renames the organization if its current name is `from`. With `dry_run`, only returns the application URLs that would change.',
        params: organizationParams,
        body: z.strictObject({
          from: z.string().max(100),
          to: z.string().max(100),
          dry_run: z.boolean().optional().meta({ description: 'Only return what would change.' }),
        }),
        response: answers(
          z.object({
            id: z.string(),
            name: z.string(),
            renamed: z.boolean(),
            application_url: change,
            urls: z.array(z.object({ name: z.string(), from: z.string(), to: z.string() })).meta({ description: 'All application URLs that change.' }),
          }),
        ),
      },
    },
    async (request) => {
      const { from, to, dry_run: dryRun } = request.body
      const renamed = await execute(renameOrganization, actorOfRequest(request).principal, { organization: request.params.org, from, to, dryRun })
      return {
        id: renamed.id,
        name: renamed.renamed ? to : from,
        renamed: renamed.renamed,
        application_url: { from: urlPattern(config, from), to: urlPattern(config, to) },
        urls: renamed.applications.map((name) => ({
          name,
          from: applicationUrl(from, name, config.cloudDomain),
          to: applicationUrl(to, name, config.cloudDomain),
        })),
      }
    },
  )

  const toMovedBody = async (request: Parameters<typeof personOf>[0], { left, woken }: Moved) => {
    const { live, body } = await reissueToken({ store, accessTokens }, personOf(request).principal)
    const organization = toOrganizationBody(live)
    if (!organization) throw new Problem('user_not_registered')
    return { left, organization, woken, ...body }
  }

  app.post(
    '/v1/organizations/join',
    {
      config: { audience: 'user', ends: true },
      schema: {
        operationId: 'joinOrganization',
        tags: ['Organizations'],
        summary: 'Join organization',
        description: 'Moves the current user to another organization with one of its organization secrets.',
        headers: movingIdempotencyHeaders,
        body: z.strictObject({ organization: z.string().max(60), secret: z.string().max(300) }),
        response: answers(reported(z.object({ left: leftSchema.nullable(), organization: organizationSchema, ...reissuedTokenFields }))),
      },
    },
    async (request) => {
      const { organization, secret } = request.body
      return toMovedBody(
        request,
        await joinWithToken(services, personOf(request).principal, { organization, token: secret }, { idempotency: idempotencyOf(request) }),
      )
    },
  )

  app.post(
    '/v1/organizations/:org/leave',
    {
      config: { audience: 'user', ends: true, beforePolicy: true },
      schema: {
        operationId: 'leaveOrganization',
        tags: ['Organizations'],
        summary: 'Leave organization',
        description: 'Moves the current user from the organization back to a personal one.',
        params: organizationParams,
        response: answers(reported(z.object({ left: leftSchema.nullable(), organization: organizationSchema, woken: z.boolean(), ...reissuedTokenFields }))),
      },
    },
    async (request) => toMovedBody(request, await execute(leaveOrganization, personOf(request).principal, { organization: request.params.org })),
  )
}
