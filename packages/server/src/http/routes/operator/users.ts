import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { searchedText, type ViewedPerson, viewPerson } from '../../../domain/accounts/people.ts'
import type { ListedPerson } from '../../../domain/accounts/store.ts'
import { Problem } from '../../../domain/model/problem.ts'
import { toUserBody } from '../../representation.ts'
import { answers, instant, pageOfItems, pageQuery, searchField, userSchema, VISIBLE } from '../../schemas.ts'
import type { Services } from '../../services.ts'

const listedSchema = userSchema
  .extend({
    suspended_reason: z.string().nullable(),
    last_seen_at: instant.nullable().meta({ description: 'The last use of a session in the current organization, accurate to about a minute.' }),
  })
  .meta({ id: 'OperatedUser', description: 'An account as the operator sees it.' })

const viewedSchema = listedSchema
  .extend({ sessions: z.number().int().meta({ description: 'Valid ones, counted up to 1,000.' }), keys: z.number().int().meta({ description: 'Valid ones.' }) })
  .meta({ id: 'ViewedUser' })

/** The operator finds people (O13). */
export const operatorUserRoutes: FastifyPluginAsyncZod<Services> = async (app, { store, execute, ways }) => {
  app.get(
    '/v1/operator/users',
    {
      config: { audience: 'operator' },
      schema: {
        operationId: 'listUsersAsOperator',
        tags: ['Operator'],
        summary: 'List users (operator)',
        description:
          'Lists all accounts, the newest first. With `search`, lists those whose username, and then those whose email address begins with the text, each in alphabetical order. With `way_in`, lists active accounts that can sign in only with a password, the newest first. While there is one, the server does not start with `MUSTER_PASSWORDS=off`.',
        querystring: pageQuery.extend({
          search: searchField.meta({ description: 'The beginning of a username, an email address or an id. Not together with `way_in`.' }),
          way_in: z.enum(['password']).optional().meta({ description: 'Those whose only way in is a password: no passkey, and no provider that is on.' }),
        }),
        response: answers(pageOfItems(listedSchema)),
      },
    },
    async ({ query: { search, way_in: wayIn, ...page } }) => {
      if (wayIn !== undefined && search !== undefined) throw new Problem('invalid_request', 'Pass search or way_in, not both.')
      const { people } = store.reading
      const { items, nextCursor } =
        wayIn === undefined
          ? await people.page({ ...page, search: search === undefined ? undefined : searchedText(search) })
          : await people.pageWithPasswordOnly(page, ways)
      return { items: items.map(toListedBody), next_cursor: nextCursor }
    },
  )

  app.get(
    '/v1/operator/users/:user',
    {
      config: { audience: 'operator' },
      schema: {
        operationId: 'getUserAsOperator',
        tags: ['Operator'],
        summary: 'Get user (operator)',
        description:
          'Returns one account by its username or id. The audit log records who looked. To find an email address, search the list: the access log has paths, and no queries.',
        params: z.object({ user: z.string().min(1).max(60).regex(VISIBLE) }),
        response: answers(viewedSchema),
      },
    },
    async (request) => toViewedBody(await execute(viewPerson, request.principal, { reference: request.params.user })),
  )
}

const toListedBody = (person: ListedPerson) => ({
  ...toUserBody(person),
  suspended_reason: person.suspendedReason,
  last_seen_at: person.lastSeenAt?.toISOString() ?? null,
})

const toViewedBody = ({ sessions, keys, ...person }: ViewedPerson) => ({ ...toListedBody(person), sessions, keys })
