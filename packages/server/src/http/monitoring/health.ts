import type { FastifyPluginAsync } from 'fastify'
import { z } from 'zod'
import { type Config, isLocalHost } from '../../config.ts'
import { digest, sameBytes } from '../../domain/model/secret-keys.ts'
import { isOwnMachine } from '../own-machine.ts'
import type { Metrics } from './metrics.ts'

export interface Health {
  /** Checks database, migrations, keys and clock (S54). Null if all are well, otherwise the fault, for the log. */
  fault(): Promise<string | null>
}

interface Options {
  metrics: Metrics
  health: Health
  operatorToken: string | null
  config: Pick<Config, 'issuer' | 'metricsToken'>
}

/** Liveness, readiness and metrics. None of them shows internals to strangers. */
export const healthRoutes: FastifyPluginAsync<Options> = async (app, { config, metrics: { registry }, health, operatorToken }) => {
  const hidden = { hide: true }
  const alive = { status: 'alive' } as const
  const answer = { body: JSON.stringify(alive) }
  app.get('/healthz', { config: { raw: () => answer }, schema: { ...hidden, response: { 200: z.object({ status: z.literal('alive') }) } } }, async () => alive)

  app.get(
    '/readyz',
    { schema: { ...hidden, response: { 200: z.object({ status: z.string() }), 503: z.object({ status: z.string() }) } } },
    async (request, reply) => {
      const fault = await health.fault().catch((error: unknown) => String(error))
      if (fault === null) return { status: 'ready' }
      request.log.warn({ fault }, 'not ready')
      return reply.code(503).header('retry-after', 2).send({ status: 'not ready' })
    },
  )

  app.get('/metrics', { schema: hidden }, async (request, reply) => {
    // A proxy on this machine may add no header. So with a public issuer, the peer's address does not identify the caller.
    const bearer = request.headers.authorization?.replace(/^Bearer /i, '') ?? ''
    const allowed = [config.metricsToken, operatorToken].some((token) => token !== null && sameBytes(digest(bearer), digest(token)))
    if (!allowed && !(isLocalHost(new URL(config.issuer).hostname) && isOwnMachine(request)))
      return reply.code(404).type('text/plain').serializer(String).send('')
    return reply
      .type(registry.contentType)
      .serializer(String)
      .send(await registry.metrics())
  })
}
