import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { requirePermission } from '../../domain/command/authorize.ts'
import { copyInvitationLink, copyLinkWithinLimit } from '../../domain/invitations/copy-link.ts'
import { revokeInvitation } from '../../domain/invitations/invitation.ts'
import { type InvitationView, invitationView, inviteByEmail } from '../../domain/invitations/invite-by-email.ts'
import { Problem } from '../../domain/model/problem.ts'
import { actorOfRequest } from '../../http/request.ts'
import type { CompatServices } from '../compat.ts'
import { knownRole } from './users.ts'

const params = z.object({ id: z.string().min(1).max(60) })
const schema = { hide: true } as const
const config = { audience: 'actor' } as const

/** Invites by email. The response contains the link, so that it can also be sent by hand. */
export const inviteRoutes: FastifyPluginAsyncZod<CompatServices> = async (app, { config: { issuer }, store, execute, limits }) => {
  app.post('/invites', { config, schema: { ...schema, body: z.object({ email: z.string().min(1).max(1_000) }) } }, async (request, reply) => {
    const { principal, actor } = actorOfRequest(request)
    const organization = actor.organization.id
    const [outcome] = await inviteByEmail({ store, limits, execute }, principal, { organization, emails: [request.body.email], role: 'member' })
    if (!outcome) throw new Error('The invitation has no outcome.')
    if (outcome.status === 'refused') throw new Problem(outcome.code, outcome.detail, { extensions: outcome.extensions ?? {} })
    if (!outcome.invitation) throw new Problem('forbidden', 'This address has an open invitation, and your role cannot read invitations.')
    const reference = { organization, id: outcome.invitation.id }
    // A new invitation was paid for with its email. A refusal now would hide that it was sent.
    const isNew = outcome.status === 'created'
    const { path } = await (isNew ? execute(copyInvitationLink, principal, reference) : copyLinkWithinLimit({ limits, execute }, principal, reference))
    return reply.code(isNew ? 201 : 200).send({ ...toInvite(outcome.invitation), url: `${issuer}${path}` })
  })

  app.get('/invites', { config, schema: { ...schema, querystring: z.object({ cursor: z.string().max(500).optional() }) } }, async (request) => {
    const { actor } = actorOfRequest(request)
    requirePermission(actor, 'invitations:read')
    const { items, nextCursor } = await store.reading.invitations.page(
      actor.organization.id,
      { kinds: ['email'] },
      { limit: 100, cursor: request.query.cursor },
    )
    return { invites: items.map((invitation) => toInvite(invitationView(invitation))), next_cursor: nextCursor }
  })

  // Copies the link, which is an audit event, so there is no HEAD.
  app.get('/invites/:id', { config, exposeHeadRoute: false, schema: { ...schema, params } }, async (request) => {
    const { principal, actor } = actorOfRequest(request)
    requirePermission(actor, 'invitations:read')
    const { id } = request.params
    const named = id.startsWith('inv_') ? await store.reading.invitations.named(id as `inv_${string}`) : null
    if (named?.organizationId !== actor.organization.id) throw new Problem('invitation_not_found')
    const view = toInvite(invitationView(named))
    if (view.status !== 'open') return view
    const { path } = await copyLinkWithinLimit({ limits, execute }, principal, { organization: actor.organization.id, id })
    return { ...view, url: `${issuer}${path}` }
  })

  app.delete('/invites/:id', { config, schema: { ...schema, params } }, async (request, reply) => {
    const { principal, actor } = actorOfRequest(request)
    await execute(revokeInvitation, principal, { organization: actor.organization.id, id: request.params.id })
    return reply.code(204).send()
  })
}

const toInvite = (view: InvitationView) => ({
  id: view.id,
  email: view.email,
  role: knownRole(view.role),
  status: view.state,
  created_at: view.createdAt,
  expires_at: view.expiresAt,
})
