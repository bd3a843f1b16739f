import type { FastifyInstance } from 'fastify'
import type { AwaitRevocations } from '../domain/receiver.ts'

declare module 'fastify' {
  interface FastifyContextConfig {
    /** What it ends, resource servers are told: its caller may wait until they have heard. */
    ends?: boolean
  }
  interface FastifyRequest {
    /** How many seconds the caller waits. */
    waits: number | null
  }
}

const WAIT_MOST_SECONDS = 30

/**
 * `Prefer: wait=N` (RFC 7240) on what ends access: the answer is held back until all resource servers have acknowledged, at most N seconds, and says
 * who has not. After the commit, and without a transaction.
 */
export function answerWhenHeard(app: FastifyInstance, awaitRevocations: AwaitRevocations): void {
  app.decorateRequest('waits', null)
  app.addHook('preHandler', async (request) => {
    if (!request.routeOptions.config.ends) return
    request.waits = secondsOf(request.headers.prefer)
    if (request.waits !== null) request.origin.ended = []
  })
  app.addHook('preSerialization', async (request, reply, payload) => {
    const { waits, origin } = request
    if (waits === null || reply.statusCode >= 300 || typeof payload !== 'object' || payload === null) return payload
    const { ended = [] } = origin
    if (ended.length === 0) return payload // nothing that anybody had to hear of
    const report = await awaitRevocations(ended, waits)
    reply.header('preference-applied', `wait=${waits}`)
    return {
      ...payload,
      revocation: {
        receivers: report.receivers,
        acknowledged: report.acknowledged,
        missing: report.missing.map(({ id, description, leaseUntil }) => ({ id, description, lease_until: leaseUntil?.toISOString() ?? null })),
        ended_everywhere_at: report.endedEverywhereAt?.toISOString() ?? null,
        waited_ms: report.waitedMilliseconds,
      },
    }
  })
}

/** Null: none that is understood; such a preference is passed over (RFC 7240 section 2). */
export function secondsOf(prefer: string | string[] | undefined): number | null {
  const [, seconds] = /(?:^|[,;\s])wait\s*=\s*"?(\d{1,9})"?(?=$|[,;\s])/i.exec([prefer ?? []].flat().join(',')) ?? []
  return seconds === undefined ? null : Math.min(Number(seconds), WAIT_MOST_SECONDS)
}
