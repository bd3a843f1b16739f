import type { Role } from '@muster/contract/permissions.ts'
import { isBelowMember } from '@muster/contract/permissions.ts'
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { updateNames } from '../../domain/accounts/person-names.ts'
import { requirePermission } from '../../domain/command/authorize.ts'
import type { Context } from '../../domain/command/context.ts'
import type { Actor } from '../../domain/model/live.ts'
import type { Member } from '../../domain/model/membership.ts'
import { Problem } from '../../domain/model/problem.ts'
import { changeMember } from '../../domain/organizations/change-role.ts'
import { deactivateMember, reactivateMember } from '../../domain/organizations/deactivation.ts'
import { memberFilter, visibleTo } from '../../domain/organizations/directory.ts'
import { memberOf } from '../../domain/organizations/membership.ts'
import type { Store } from '../../domain/store.ts'
import { actorOfRequest } from '../../http/request.ts'
import type { CompatServices } from '../compat.ts'

const params = z.object({ id: z.string().min(1).max(60) })
const schema = { hide: true } as const
const config = { audience: 'actor' } as const
const name = z.string().max(100).optional()

interface ChangeUser {
  organization: string
  user: string
  /** True for the caller's own user. Users change their own name; admins change everything else. */
  mine: boolean
  names: { givenName?: string | undefined; familyName?: string | undefined }
  role?: 'admin' | 'member' | undefined
  status?: 'active' | 'deactivated' | undefined
}

/** Its clients know two roles. Any other has no more rights than a member. */
export const knownRole = (role: Role): 'admin' | 'member' => (role === 'admin' ? 'admin' : 'member')

/** A client that sends back the role that it has read changes nothing. */
async function roleToSet(
  context: Context,
  { organization: reference, user }: Pick<ChangeUser, 'organization' | 'user'>,
  asked: 'admin' | 'member',
): Promise<string> {
  context.attempt({ member: user })
  const { organization } = await context.enter(reference, 'members:role')
  const member = await memberOf(context, organization.id, user)
  return asked === 'member' && isBelowMember(member) ? (member.customRole?.id ?? member.role) : asked
}

/** Runs the ordinary commands in one transaction, so all changes are made or none. */
async function changeUser(context: Context, { mine, names, role: asked, status, ...reference }: ChangeUser): Promise<Member> {
  const role = asked && (await roleToSet(context, reference, asked))
  const renamed = names.givenName !== undefined || names.familyName !== undefined
  if (mine && renamed) await updateNames(context, names)
  if (role !== undefined || (renamed && !mine)) await changeMember(context, { ...reference, role, names: mine ? undefined : names })
  if (status === 'deactivated') await deactivateMember(context, reference)
  if (status === 'active') await reactivateMember(context, reference)
  const { organization } = await context.enter(reference.organization, 'members:read')
  return memberOf(context, organization.id, reference.user)
}

/** The members of the organization, and the caller. */
export const userRoutes: FastifyPluginAsyncZod<CompatServices> = async (app, { store, execute }) => {
  app.get('/users/current', { config, schema }, async (request) => {
    const { actor } = actorOfRequest(request)
    if (actor.kind === 'service_account') throw new Problem('forbidden', 'This key belongs to a service account, which is not a user.')
    return toUser(await found(store, actor, actor.id), actor)
  })

  app.get(
    '/users',
    { config, schema: { ...schema, querystring: z.object({ search: z.string().max(100).optional(), cursor: z.string().max(500).optional() }) } },
    async (request) => {
      const { actor } = actorOfRequest(request)
      requirePermission(actor, 'members:read')
      const { search: q, cursor } = request.query
      const { items, nextCursor } = await store.reading.memberships.page(actor.organization.id, { ...memberFilter(actor, { q }), limit: 100, cursor })
      return { users: items.map((member) => toUser(member, actor)), next_cursor: nextCursor }
    },
  )

  app.get('/users/:id', { config, schema: { ...schema, params } }, async (request) => {
    const { actor } = actorOfRequest(request)
    return toUser(await found(store, actor, request.params.id), actor)
  })

  app.patch(
    '/users/:id',
    {
      config,
      schema: {
        ...schema,
        params,
        body: z.object({
          first_name: name,
          last_name: name,
          role: z.enum(['admin', 'member']).optional(),
          status: z.enum(['active', 'deactivated']).optional(),
        }),
      },
    },
    async (request) => {
      const { actor, principal } = actorOfRequest(request)
      const { first_name: givenName, last_name: familyName, role, status } = request.body
      const { userId } = await found(store, actor, request.params.id)
      const member = await execute(changeUser, principal, {
        organization: actor.organization.id,
        user: userId,
        mine: userId === actor.id,
        names: { givenName, familyName },
        role,
        status,
      })
      return toUser(member, actor)
    },
  )
}

/** @throws Problem member_not_found */
export async function found(store: Store, actor: Actor, id: string): Promise<Member> {
  requirePermission(actor, 'members:read')
  const reference = id === 'current' ? actor.id : id
  const member = await store.reading.memberships.member(actor.organization.id, reference)
  if (!member) throw new Problem('member_not_found')
  return member
}

const toUser = (member: Member, actor: Actor) => ({
  id: member.userId,
  username: member.username,
  ...(visibleTo(actor, member, { own: true }).email && { email: member.email }),
  first_name: member.givenName,
  last_name: member.familyName,
  role: knownRole(member.role),
  status: member.status,
  organization_id: member.organizationId,
  created_at: member.createdAt.toISOString(),
  updated_at: member.changedAt.toISOString(),
})
