import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { resetFactors } from '../../../domain/organizations/reset-factors.ts'
import { resumePerson, type Suspended, suspendPerson } from '../../../domain/organizations/suspend-person.ts'
import { answers, instant, reported } from '../../schemas.ts'
import type { Services } from '../../services.ts'

const suspensionSchema = z
  .object({
    id: z.string(),
    username: z.string().nullable().meta({ description: 'Null: the account has no username yet.' }),
    email: z.string(),
    suspended_at: instant.nullable(),
    suspended_reason: z.string().nullable(),
    changed: z.boolean().meta({ description: 'False if the person was already suspended, or was not suspended.' }),
    organizations_without_admin: z
      .array(z.object({ id: z.string(), name: z.string() }))
      .meta({ description: "The person's organization, if it has other members and no active admin now. Promote a member to give it one." }),
  })
  .meta({ id: 'Suspension', description: 'One person, as the operator suspends or resumes them.' })

const params = z.object({ user: z.string().min(1).max(60).meta({ description: 'A username or a user id.' }) })

/** The operator suspends and resumes one person (O14), and resets how they sign in. */
export const suspendPersonRoutes: FastifyPluginAsyncZod<Services> = async (app, { store, execute }) => {
  const bodyOf = async ({ account, changed, withoutAdmin }: Suspended) => ({
    id: account.id,
    username: account.username,
    email: account.email,
    suspended_at: account.suspendedAt?.toISOString() ?? null,
    suspended_reason: await store.reading.accounts.suspensionReason(account.id),
    changed,
    organizations_without_admin: withoutAdmin,
  })

  app.post(
    '/v1/operator/users/:user/suspend',
    {
      config: { audience: 'operator', ends: true },
      schema: {
        operationId: 'suspendUser',
        tags: ['Operator'],
        summary: 'Suspend user',
        description: 'Ends all credentials of one person and refuses them everywhere until they are resumed. No organization can lift this.',
        params,
        body: z.strictObject({ reason: z.string().min(1).max(500).optional() }).nullish(),
        response: answers(reported(suspensionSchema)),
      },
    },
    async (request) => bodyOf(await execute(suspendPerson, request.principal, { user: request.params.user, reason: request.body?.reason })),
  )

  app.post(
    '/v1/operator/users/:user/resume',
    {
      config: { audience: 'operator', ends: true },
      schema: {
        operationId: 'resumeUser',
        tags: ['Operator'],
        summary: 'Resume user',
        description: 'Lets a suspended person sign in again. Earlier sessions, tokens and keys stay invalid.',
        params,
        response: answers(reported(suspensionSchema)),
      },
    },
    async (request) => bodyOf(await execute(resumePerson, request.principal, { user: request.params.user })),
  )

  app.post(
    '/v1/operator/users/:user/reset-factors',
    {
      config: { audience: 'operator', ends: true },
      schema: {
        operationId: 'resetFactors',
        tags: ['Operator'],
        summary: 'Reset sign-in factors',
        description:
          'Removes the passkeys, the authenticator app and the recovery codes of a person, and ends their sessions. The password alone is enough to sign in then; while passwords are off, a sign-in link. The owner gets an email.',
        params,
        response: answers(
          reported(z.object({ id: z.string(), email: z.string(), passkeys: z.number().int(), authenticator: z.boolean(), ended_sessions: z.number().int() })),
        ),
      },
    },
    async (request) => {
      const { endedSessions, ...reset } = await execute(resetFactors, request.principal, { user: request.params.user })
      return { ...reset, ended_sessions: endedSessions }
    },
  )
}
