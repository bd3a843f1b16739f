import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { findPerson, recordAddressesRead, searchedText } from '../../../domain/accounts/people.ts'
import { together } from '../../../domain/command/together.ts'
import { Problem } from '../../../domain/model/problem.ts'
import { toUserBody } from '../../representation.ts'
import { answers, pageOfItems, pageQuery, searchField, userSchema, VISIBLE } from '../../schemas.ts'
import type { Services } from '../../services.ts'

/** The users of the installation, for the backends of the platform (P15). */
export const userRoutes: FastifyPluginAsyncZod<Services> = async (app, services) => {
  const { store } = services
  const forPlatforms = { audience: 'client', clientScope: 'platform:users:read' } as const

  app.get(
    '/v1/users',
    {
      config: forPlatforms,
      schema: {
        operationId: 'listUsers',
        tags: ['Clients'],
        summary: 'List users',
        description:
          'Lists all accounts, the newest first. With `search`, lists those whose username, and then those whose email address begins with the text, each in alphabetical order. For a client with the scope `platform:users:read`. The audit log records once an hour that the client reads addresses.',
        querystring: pageQuery.extend({ search: searchField.meta({ description: 'The beginning of a username, an email address or an id.' }) }),
        response: answers(pageOfItems(userSchema)),
      },
    },
    async ({ principal, query: { search, ...page } }) => {
      const asked = { ...page, search: search === undefined ? undefined : searchedText(search) }
      const [{ items, nextCursor }] = await together(store.reading.people.page(asked), recordAddressesRead(services, principal))
      return { items: items.map(toUserBody), next_cursor: nextCursor }
    },
  )

  app.get(
    '/v1/users/:user',
    {
      config: forPlatforms,
      schema: {
        operationId: 'getUser',
        tags: ['Clients'],
        summary: 'Get user',
        description:
          'Returns one account. For a client with the scope `platform:users:read`. The access log of Muster has no email address. A proxy in front of it may log the path, so prefer the id.',
        params: z.object({ user: z.string().min(1).max(254).regex(VISIBLE).meta({ description: 'An id, a username or an email address.' }) }),
        response: answers(userSchema),
      },
    },
    async ({ principal, params }) => {
      const [person] = await together(findPerson(store.reading, params.user), recordAddressesRead(services, principal))
      if (!person) throw new Problem('user_not_found')
      return toUserBody(person)
    },
  )
}
