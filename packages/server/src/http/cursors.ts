import type { FastifyInstance, FastifyRequest } from 'fastify'
import { principalId } from '../domain/model/principal.ts'
import { Problem } from '../domain/model/problem.ts'
import type { SecretKeys } from '../domain/model/secret-keys.ts'

/**
 * Seals the cursors of lists, because a cursor can be a number that counts events in the whole installation. A cursor opens only for the list, the organization
 * in the path and the caller that it was given to.
 */
export function sealCursors(app: FastifyInstance, keys: SecretKeys): void {
  app.addHook('preHandler', async (request) => {
    const query = request.query as { cursor?: string } | undefined
    if (typeof query?.cursor === 'string') query.cursor = openCursor(keys, request, query.cursor)
  })
  app.addHook('preSerialization', async (request, _reply, payload) => {
    const cursor = (payload as { next_cursor?: unknown } | null)?.next_cursor
    if (typeof cursor !== 'string') return payload
    return { ...(payload as object), next_cursor: keys.seal('cursor', placeOf(request), cursor).toString('base64url') }
  })
}

const placeOf = ({ routeOptions, params, principal }: FastifyRequest): string => JSON.stringify([routeOptions.url, params, principal && principalId(principal)])

function openCursor(keys: SecretKeys, request: FastifyRequest, cursor: string): string {
  try {
    return keys.open('cursor', placeOf(request), Buffer.from(cursor, 'base64url'))
  } catch {
    const errors = [{ field: 'cursor', message: 'This is not a next_cursor of this list.' }]
    throw new Problem('invalid_request', 'cursor: This is not a next_cursor of this list.', { extensions: { errors } })
  }
}
