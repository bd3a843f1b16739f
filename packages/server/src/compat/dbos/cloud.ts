import type { FastifyPluginAsync } from 'fastify'
import type { ZodTypeProvider } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { actorOf } from '../../domain/command/authorize.ts'
import { requireCurrentName } from '../../domain/model/organization.ts'
import { Problem } from '../../domain/model/problem.ts'
import { removeMemberOf } from '../../domain/organizations/remove-member.ts'
import { renameOrganization } from '../../domain/organizations/rename.ts'
import { createSecretWithinLimit, joinWithToken, register } from '../../domain/organizations/use-invitation.ts'
import { findReadableOrganization, personOf } from '../../http/request.ts'
import type { CompatServices } from '../compat.ts'
import { sendCloudError } from './errors.ts'

const params = z.object({ org: z.string().min(1).max(60) })
const memberParams = params.extend({ user: z.string().min(1).max(60) })
const person = z.string().trim().max(100).optional()
const user = { config: { audience: 'user' } } as const
const schema = { hide: true } as const

/** The API that `dbos-cloud` calls on its second host. */
export const cloudRoutes: FastifyPluginAsync<CompatServices> = async (parent, services) => {
  const { store, execute } = services
  await parent.register(
    async (instance) => {
      const app = instance.withTypeProvider<ZodTypeProvider>()
      app.setErrorHandler((error: Error, request, reply) => sendCloudError(request, reply, error))
      app.setNotFoundHandler((request, reply) => sendCloudError(request, reply, new Problem('not_found')))
      app.addHook('onRequest', async (_request, reply) => {
        reply.header('cache-control', 'no-store')
      })

      app.get('/user/profile', { config: { audience: 'user' }, schema }, async (request) => {
        const { live } = personOf(request)
        const { username, organization } = actorOf(live)
        return { Name: username, Email: live.account.email, Organization: organization.name, SubscriptionPlan: organization.plan }
      })

      app.put(
        '/user',
        {
          config: { audience: 'account' },
          schema: {
            ...schema,
            body: z.object({ name: z.string().max(100), given_name: person, family_name: person, company: person, secret: z.string().max(300).optional() }),
          },
        },
        async (request, reply) => {
          const { principal } = personOf(request)
          const { name: username, given_name, family_name, company, secret } = request.body
          // An empty value keeps the one from the sign-up.
          const names = { givenName: given_name || undefined, familyName: family_name || undefined, company: company || undefined }
          await register(services, principal, { username, token: secret || undefined, ...names })
          return reply.code(201).send({ Name: username })
        },
      )

      // A GET that creates a secret: no HEAD, no cookie authentication, no caching.
      app.get('/:org/secret', { ...user, exposeHeadRoute: false, schema: { ...schema, params } }, async (request, reply) => {
        const { secret } = await createSecretWithinLimit(services, personOf(request).principal, { organization: request.params.org, role: 'member' })
        return reply.header('content-type', 'text/plain; charset=utf-8').send(secret)
      })

      app.get('/:org/users', { ...user, schema: { ...schema, params } }, async (request) => {
        const { organization, former } = await findReadableOrganization(store, request, request.params.org, 'members:read')
        // Other routes accept a former name for reading. This command stores the name, so it has to learn the new one.
        requireCurrentName({ organization, former })
        const names: string[] = []
        let cursor: string | undefined
        do {
          const page = await store.reading.memberships.page(organization.id, { limit: 100, cursor })
          names.push(...page.items.map(({ username }) => username))
          cursor = page.nextCursor ?? undefined
        } while (cursor !== undefined && names.length < 10_000)
        return { OrgName: organization.name, UserNames: names }
      })

      app.post('/:org/join', { ...user, schema: { ...schema, params, body: z.object({ secret: z.string().max(300) }) } }, async (request, reply) => {
        await joinWithToken(services, personOf(request).principal, { organization: request.params.org, token: request.body.secret })
        return reply.code(204).send()
      })

      app.patch('/:org', { ...user, schema: { ...schema, params, body: z.object({ newName: z.string().max(100) }) } }, async (request, reply) => {
        const { org } = request.params
        await execute(renameOrganization, personOf(request).principal, { organization: org, from: org, to: request.body.newName })
        return reply.code(204).send()
      })

      app.delete('/:org/:user', { ...user, schema: { ...schema, params: memberParams } }, async (request, reply) => {
        const { org, user } = request.params
        await removeMemberOf(services, personOf(request).principal, { organization: org, user })
        return reply.code(204).send()
      })
    },
    { prefix: '/v1alpha1' },
  )
}
