import type { FastifyInstance, FastifyRequest, preHandlerHookHandler, preSerializationHookHandler } from 'fastify'
import { principalId } from '../domain/model/principal.ts'
import { Problem } from '../domain/model/problem.ts'
import type { SecretKeys } from '../domain/model/secret-keys.ts'

/**
 * Seals the cursors of lists, because a cursor can be a number that counts events in the whole installation. A cursor opens only for the list, the organization
 * in the path and the caller that it was given to.
 */
export function sealCursors(app: FastifyInstance, keys: SecretKeys): void {
  const open: preHandlerHookHandler = (request, _reply, done) => {
    const query = request.query as { cursor?: string }
    if (typeof query.cursor === 'string') query.cursor = openCursor(keys, request, query.cursor)
    done()
  }
  const seal: preSerializationHookHandler<unknown> = (request, _reply, payload, done) => {
    const cursor = (payload as { next_cursor?: unknown } | null)?.next_cursor
    if (typeof cursor !== 'string') return done(null, payload)
    done(null, { ...(payload as object), next_cursor: keys.lasting.seal('cursor', placeOf(request), cursor).toString('base64url') })
  }
  app.addHook('onRoute', (route) => {
    const { shape } = (route.schema?.querystring ?? {}) as { shape?: object }
    if (shape === undefined || !('cursor' in shape)) return
    route.preHandler = [open, ...[route.preHandler ?? []].flat()]
    route.preSerialization = [...[route.preSerialization ?? []].flat(), seal]
  })
}

const placeOf = ({ routeOptions, params, principal }: FastifyRequest): string => JSON.stringify([routeOptions.url, params, principal && principalId(principal)])

function openCursor(keys: SecretKeys, request: FastifyRequest, cursor: string): string {
  try {
    return keys.openLasting('cursor', placeOf(request), Buffer.from(cursor, 'base64url'))
  } catch {
    const errors = [{ field: 'cursor', message: 'This is not a next_cursor of this list.' }]
    throw new Problem('invalid_request', 'cursor: This is not a next_cursor of this list.', { extensions: { errors } })
  }
}
