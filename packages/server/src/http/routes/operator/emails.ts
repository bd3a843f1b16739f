import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { searchedText } from '../../../domain/accounts/people.ts'
import { resendEmail } from '../../../domain/accounts/resend-email.ts'
import type { TriedEmail } from '../../../domain/command/store.ts'
import { answers, instant, pageOfItems, pageQuery, searchField } from '../../schemas.ts'
import type { Services } from '../../services.ts'

const emailSchema = z
  .object({
    id: z.string(),
    address: z.string(),
    about: z.string().meta({ description: 'The kind of email, such as `sign_up_code` or `invitation`.' }),
    state: z.enum(['sent', 'retrying', 'failed']).meta({ description: '`sent`: the mail server accepted it.' }),
    attempts: z.number().int(),
    reason: z.string().nullable().meta({ description: 'Why the last attempt failed.' }),
    first_attempt_at: instant,
    last_attempt_at: instant,
  })
  .meta({ id: 'TriedEmail' })

/** The operator finds out what became of an email (O13). */
export const emailRoutes: FastifyPluginAsyncZod<Services> = async (app, { store, execute }) => {
  app.get(
    '/v1/operator/emails',
    {
      config: { audience: 'operator' },
      schema: {
        operationId: 'listEmails',
        tags: ['Operator'],
        summary: 'List emails',
        description:
          'Lists the emails of the last 30 days with their last attempt, the newest first. With `search`, lists those whose address begins with the text, in alphabetical order.',
        querystring: pageQuery.extend({ search: searchField.meta({ description: 'The beginning of an email address.' }) }),
        response: answers(
          pageOfItems(emailSchema).extend({
            waiting: z
              .number()
              .int()
              .meta({ description: 'Emails without an attempt, to any address, counted up to 1,000. Normally one waits for less than a second.' }),
          }),
        ),
      },
    },
    async ({ query: { search, ...page } }) => {
      const { items, nextCursor } = await store.reading.emails.page({ ...page, search: search === undefined ? undefined : searchedText(search) })
      return { items: items.map(toBody), next_cursor: nextCursor, waiting: await store.reading.emails.waiting(1_000) }
    },
  )

  app.post(
    '/v1/operator/emails/:id/resend',
    {
      config: { audience: 'operator' },
      schema: {
        operationId: 'resendEmail',
        tags: ['Operator'],
        summary: 'Resend email',
        description: 'Sends an email again, with the same code or link. Refused if that is no longer valid, or while Muster is still retrying.',
        params: z.object({ id: z.string().max(60) }),
        response: answers(z.object({ address: z.string() })),
      },
    },
    async (request) => execute(resendEmail, request.principal, request.params),
  )
}

const toBody = ({ id, address, job, state, attempts, reason, firstAt, lastAt }: TriedEmail) => ({
  id,
  address,
  about: job.template,
  state,
  attempts,
  reason,
  first_attempt_at: firstAt.toISOString(),
  last_attempt_at: lastAt.toISOString(),
})
