import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { requirePermission } from '../../domain/command/authorize.ts'
import { createKey, renameKey, revokeKey } from '../../domain/credentials/api-key.ts'
import { UNLIMITED } from '../../domain/credentials/key-scope.ts'
import type { ListedKey } from '../../domain/credentials/store.ts'
import type { Actor } from '../../domain/model/live.ts'
import { Problem } from '../../domain/model/problem.ts'
import { actorOfRequest } from '../../http/request.ts'
import type { CompatServices } from '../compat.ts'
import { found } from './users.ts'

const params = z.object({ id: z.string().min(1).max(60) })
const keyParams = params.extend({ key: z.string().min(1).max(60) })
const body = z.object({ description: z.string().max(300) })
const schema = { hide: true } as const
const config = { audience: 'actor' } as const

/** The caller's own keys, and for admins the keys of others. */
export const keyRoutes: FastifyPluginAsyncZod<CompatServices> = async (app, { store, execute }) => {
  const isMine = (actor: Actor, id: string): boolean => id === 'current' || id === actor.id || (actor.kind === 'user' && id === actor.username)
  /** Own keys are found by their id, those of others within the organization. */
  const reference = async (actor: Actor, { id, key }: { id: string; key: string }) => {
    if (isMine(actor, id)) return { id: key }
    requirePermission(actor, 'keys:manage')
    const { userId } = await found(store, actor, id)
    const listed = await store.reading.apiKeys.pageAlive({ userId }, { limit: 100 })
    if (!listed.items.some((one) => one.id === key)) throw new Problem('key_not_found')
    return { id: key, organization: actor.organization.id }
  }

  app.get('/users/:id/keys', { config, schema: { ...schema, params } }, async (request) => {
    const { actor } = actorOfRequest(request)
    // No permission names one's own keys, so the scope of a key cannot have them.
    if (!isMine(actor, request.params.id) || actor.scope !== null) requirePermission(actor, 'keys:read')
    const { userId, status } = await found(store, actor, request.params.id)
    // A member who left may have keys in another organization, which this one must not see.
    const { items } = status === 'left' ? { items: [] } : await store.reading.apiKeys.pageAlive({ userId }, { limit: 100 })
    return { keys: items.map(toKey) }
  })

  app.post('/users/:id/keys', { config, schema: { ...schema, params, body } }, async (request, reply) => {
    const { actor, principal } = actorOfRequest(request)
    if (!isMine(actor, request.params.id)) throw new Problem('forbidden', 'You can create keys only for yourself.')
    const made = await execute(createKey, principal, { ...request.body, ...UNLIMITED })
    return reply.code(201).send({ id: made.id, secret: made.key, description: made.description, created_at: made.createdAt })
  })

  app.put('/users/:id/keys/:key', { config, schema: { ...schema, params: keyParams, body } }, async (request) => {
    const { actor, principal } = actorOfRequest(request)
    return toKey(await execute(renameKey, principal, { ...(await reference(actor, request.params)), ...request.body }))
  })

  app.delete('/users/:id/keys/:key', { config, schema: { ...schema, params: keyParams } }, async (request, reply) => {
    const { actor, principal } = actorOfRequest(request)
    await execute(revokeKey, principal, await reference(actor, request.params))
    return reply.code(204).send()
  })
}

const toKey = (key: ListedKey) => ({
  id: key.id,
  description: key.description,
  created_at: key.createdAt.toISOString(),
  last_used_at: key.lastUsedAt?.toISOString() ?? null,
})
