import type { FastifyPluginAsync } from 'fastify'
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client'
import { z } from 'zod'
import { type Config, isLocalHost } from '../config.ts'
import { failedSignIns } from '../domain/command/refused-attempts.ts'
import { digest, sameBytes } from '../domain/model/secret-keys.ts'
import { isOwnMachine } from './own-machine.ts'

export interface Health {
  /** Checks database, migrations, keys and clock (S54). Null if all are well, otherwise the fault, for the log. */
  fault(): Promise<string | null>
  /** The number of waiting password hashes. */
  waitingHashes(): number
}

interface Options {
  metrics: Metrics
  health: Health
  operatorToken: string | null
  config: Pick<Config, 'issuer' | 'metricsToken'>
}

export interface Metrics {
  registry: Registry
  answered(answer: { route: string; method: string; status: number; seconds: number }): void
}

export function createMetrics(health: Health): Metrics {
  const registry = new Registry()
  collectDefaultMetrics({ register: registry, prefix: 'muster_' })
  const durations = new Histogram({
    name: 'muster_http_request_seconds',
    help: 'Requests by route, method and status.',
    labelNames: ['route', 'method', 'status'],
    buckets: [0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5],
    registers: [registry],
  })
  const failures = new Counter({ name: 'muster_http_failures_total', help: 'Answers with a status of 500 or more.', registers: [registry] })
  new Gauge({
    name: 'muster_password_hashes_waiting',
    help: 'Password hashes that wait for a processor.',
    registers: [registry],
    collect() {
      this.set(health.waitingHashes())
    },
  })
  new Counter({
    name: 'muster_failed_sign_ins_total',
    help: 'Wrong passwords, by whether the name has an account.',
    labelNames: ['account'],
    registers: [registry],
    collect() {
      this.reset()
      for (const account of ['known', 'unknown'] as const) this.inc({ account }, failedSignIns[account])
    },
  })
  return {
    registry,
    answered({ route, method, status, seconds }) {
      durations.observe({ route, method, status }, seconds)
      if (status >= 500) failures.inc()
    },
  }
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
