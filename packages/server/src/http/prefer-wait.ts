import type { FastifyInstance, preHandlerHookHandler, preSerializationAsyncHookHandler } from 'fastify'
import { type AwaitRevocations, awaitServers, ENDING_WAIT, takeEnded } from '../domain/signals/receiver.ts'

declare module 'fastify' {
  interface FastifyContextConfig {
    /** The route revokes access. Its caller can send `Prefer: wait=N` and gets the receivers that have acknowledged. */
    ends?: boolean
    /** A page, for which a person waits: `ENDING_WAIT.page` instead of `ENDING_WAIT.servers`. */
    endsQuickly?: boolean
  }
  interface FastifyRequest {
    /** Seconds, from `Prefer: wait=N`. */
    preferWait: number | null
  }
}

const WAIT_MOST_SECONDS = 30

/**
 * Delays the response to a request that revoked something until every server process has acknowledged. The wait is after the commit and holds no transaction.
 * The recorded revocations decide whether to wait, so no route can forget it. `Prefer: wait=N` (RFC 7240) also waits for the other receivers, and reports them.
 */
export function delayRevocationReplies(app: FastifyInstance, awaitRevocations: AwaitRevocations): void {
  app.decorateRequest('preferWait', null)
  const readPreference: preHandlerHookHandler = (request, _reply, done) => {
    request.preferWait = secondsOf(request.headers.prefer)
    done()
  }
  const addReport: preSerializationAsyncHookHandler = async (request, reply, payload) => {
    const { preferWait, origin } = request
    if (preferWait === null || reply.statusCode >= 300 || typeof payload !== 'object' || payload === null) return payload
    const ended = takeEnded(origin)
    if (ended.length === 0) return payload // nothing was revoked
    const report = await awaitRevocations(ended, { everyone: preferWait * 1_000 })
    if (!report) return payload // the database did not answer
    reply.header('preference-applied', `wait=${preferWait}`)
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
  }
  app.addHook('onRoute', (route) => {
    if (!route.config?.ends) return
    route.preHandler = [...[route.preHandler ?? []].flat(), readPreference]
    route.preSerialization = [...[route.preSerialization ?? []].flat(), addReport]
  })
  app.addHook('onSend', (request, _reply, payload, done) => {
    const { origin } = request
    if (!origin?.ended?.length) return done(null, payload)
    awaitServers(awaitRevocations, origin, request.routeOptions.config.endsQuickly ? ENDING_WAIT.page : ENDING_WAIT.servers).then(
      () => done(null, payload),
      done,
    )
  })
}

/** Null without a valid preference. An invalid one is ignored (RFC 7240 section 2). */
export function secondsOf(prefer: string | string[] | undefined): number | null {
  const [, seconds] = /(?:^|[,;\s])wait\s*=\s*"?(\d{1,9})"?(?=$|[,;\s])/i.exec([prefer ?? []].flat().join(',')) ?? []
  return seconds === undefined ? null : Math.min(Number(seconds), WAIT_MOST_SECONDS)
}
