import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { type MovePlan, movePlan } from '../../../domain/organizations/move-plan.ts'
import { toRoleBody } from '../../representation.ts'
import { personOf } from '../../request.ts'
import { answers, instant, roleFields } from '../../schemas.ts'
import type { Services } from '../../services.ts'

const placeSchema = z.object({ id: z.string(), name: z.string(), ...roleFields })

const resourceName = z.object({ kind: z.string(), name: z.string() })
const remedySchema = z
  .discriminatedUnion('code', [
    z.object({ code: z.literal('transfer'), resource: resourceName, to: z.string().nullable() }),
    z.object({ code: z.literal('remove'), resource: resourceName }),
    z.object({ code: z.enum(['promote', 'reactivate', 'remove_member']), members: z.array(z.string()) }),
  ])
  .meta({ id: 'Remedy', description: 'The step that resolves a blocker, with the usernames or the resource concerned. Each client words the step.' })

export const movePlanSchema = z
  .object({
    possible: z.boolean(),
    from: placeSchema.nullable(),
    to: placeSchema.nullable(),
    invitation: z.object({ id: z.string(), kind: z.enum(['secret', 'link', 'email']), expires_at: instant }).nullable(),
    blockers: z.array(
      z
        .object({
          kind: z.enum(['last_admin', 'resource']),
          detail: z.string(),
          remedies: z.array(remedySchema).meta({ description: 'One of these resolves the blocker. The first is the usual one.' }),
          command: z.string().meta({ description: 'The first remedy on the command line.' }),
          candidates: z.array(z.object({ id: z.string(), username: z.string() })).optional(),
          resource: z.object({ id: z.string(), kind: z.string(), name: z.string() }).optional(),
          transfer: z
            .object({ to: z.string().nullable().meta({ description: 'The only other active admin. Null if there are several, or none.' }) })
            .optional()
            .meta({
              description: 'Present if a transfer resolves the blocker. POST /v1/organizations/{org}/resource-transfers resolves all of these at once.',
            }),
        })
        .meta({ description: 'A reason that prevents the move, with the command that resolves it.' }),
    ),
    problem: z.object({ code: z.string(), detail: z.string() }).nullable().meta({ description: 'Another reason why the move is refused at the moment.' }),
    loses: z.array(
      z.object({
        kind: z.enum(['sessions', 'keys', 'invitations', 'resources', 'role', 'organization']),
        detail: z.string(),
        count: z.number().int().optional(),
      }),
    ),
  })
  .meta({ id: 'MovePlan', description: 'The effects of a move, shown beforehand.' })

export const toMovePlanBody = ({ possible, from, to, invitation, blockers, problem, loses }: MovePlan): z.infer<typeof movePlanSchema> => ({
  possible,
  from: from && { id: from.id, name: from.name, ...toRoleBody(from) },
  to: to && { id: to.id, name: to.name, ...toRoleBody(to) },
  invitation: invitation && { id: invitation.id, kind: invitation.kind, expires_at: invitation.expiresAt.toISOString() },
  blockers: blockers.map(({ kind, detail, remedies, command, candidates, resource, transfer }) => ({
    kind,
    detail,
    remedies,
    command,
    ...(candidates !== undefined && { candidates: candidates as { id: string; username: string }[] }),
    ...(resource !== undefined && { resource }),
    ...(transfer !== undefined && { transfer }),
  })),
  problem,
  loses,
})

export const moveRoutes: FastifyPluginAsyncZod<Services> = async (app, { execute }) => {
  app.get(
    '/v1/me/move',
    {
      config: { audience: 'user', beforePolicy: true },
      schema: {
        operationId: 'planMove',
        tags: ['Invitations'],
        summary: 'Plan move',
        description: 'Shows the effects of accepting an invitation or, without one, of leaving. Nothing changes.',
        querystring: z.strictObject({
          invitation: z.string().max(60).optional().meta({ description: 'The id of an invitation, from its preview. Tokens are never sent in a URL.' }),
        }),
        response: answers(movePlanSchema),
      },
    },
    async (request) => toMovePlanBody(await execute(movePlan, personOf(request).principal, { invitationId: request.query.invitation })),
  )
}
