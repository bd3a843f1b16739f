import type { FastifyBaseLogger, FastifyInstance, FastifyPluginAsync } from 'fastify'
import { type Config, isLocalHost } from '../config.ts'
import type { Execute } from '../domain/command/context.ts'
import type { Limits } from '../domain/command/limits.ts'
import type { AccessTokens } from '../domain/credentials/access-token.ts'
import { systemPrincipal } from '../domain/model/principal.ts'
import type { SecretKeys } from '../domain/model/secret-keys.ts'
import { type AwaitRevocations, pauseFailingStream } from '../domain/signals/receiver.ts'
import type { Receiver } from '../domain/signals/store.ts'
import type { Store } from '../domain/store.ts'
import { createAckWriter } from './acks.ts'
import { createAckWaiter } from './await-acks.ts'
import { changeRoutes } from './change-routes.ts'
import { createChanges } from './changes.ts'
import { configurationRoutes } from './configuration.ts'
import { createEventTokens, type SignEventToken } from './event-tokens.ts'
import { streamUpdated } from './event-types.ts'
import { eventRoutes } from './events/event-routes.ts'
import { createSequencer, type Sequencer } from './events/sequencer.ts'
import { createFeedWaiters } from './events/waiters.ts'
import { createFeed, type Feed, type FeedSource } from './feed.ts'
import { forwardAuthRoutes } from './forward-auth.ts'
import { createSnapshots } from './log/snapshots.ts'
import { createPoll } from './poll.ts'
import { createProcessReceiver } from './process-receiver.ts'
import { createPusher } from './push.ts'
import { createPushSender } from './push-request.ts'
import { streamRoutes } from './routes.ts'
import { createStreams } from './streams.ts'

export interface SignalsOptions {
  config: Pick<Config, 'issuer' | 'audience'>
  store: Store
  execute: Execute
  limits: Limits
  keys: SecretKeys
  accessTokens: Pick<AccessTokens, 'verifyAccessToken'>
  listen: FeedSource['listen']
  sign: SignEventToken
  /** Resolves when `sign` no longer uses the withdrawn key. */
  onKeyWithdrawn(): Promise<void>
  /** The time from a commit of this process to the positions of its events. */
  onPositioned(seconds: number): void
  log: FastifyBaseLogger
}

export interface Signals {
  plugin: FastifyPluginAsync
  feed: Feed
  awaitRevocations: AwaitRevocations
  /** Gives events their positions. */
  sequencer: Pick<Sequencer, 'wake'>
  /** Answers held requests, lets other processes push, and gives up this process as a receiver. Requests are still served. */
  drain(): Promise<void>
  stop(): Promise<void>
}

/** The transmitter: delivers revocations to resource servers (OpenID Shared Signals Framework 1.0). */
export async function createSignals({
  config,
  store,
  execute,
  limits,
  keys,
  accessTokens,
  listen,
  sign,
  onKeyWithdrawn,
  onPositioned,
  log,
}: SignalsOptions): Promise<Signals> {
  const { issuer } = config
  const { receivers, revocations } = store.reading
  const onError = (error: unknown): void => log.warn({ err: error }, 'revocations could not be read or delivered')
  const [draining, ending] = [new AbortController(), new AbortController()]
  const feedWaiters = createFeedWaiters({ draining: draining.signal, ending: ending.signal })
  const source: FeedSource = {
    since: revocations.since,
    listen: ({ connected, ...notices }) =>
      listen({
        ...notices,
        events: feedWaiters.notify,
        connected() {
          connected()
          feedWaiters.notifyAll()
        },
      }),
  }
  const feed = await createFeed({ source, onError })
  const acks = createAckWriter({ store: revocations, onError })
  const streams = createStreams({ feed, receivers, acks, onError })
  const tokens = createEventTokens({ issuer, sign })
  feed.onNew((entries) => {
    // Kept event tokens were signed by the withdrawn key.
    if (entries.some(({ kind }) => kind === 'signing_key')) onKeyWithdrawn().then(tokens.forget, onError)
  })
  const poll = createPoll({ feed, streams, tokens, receivers, log, draining: draining.signal, ending: ending.signal })
  const snapshots = createSnapshots({ feed, streams, tokens, ending: ending.signal })
  const changes = createChanges({ feed, draining: draining.signal, ending: ending.signal })
  const sequencer = createSequencer({
    store,
    onLast: (last) => feedWaiters.notify(last, null),
    onPositioned,
    onError: (error) => log.warn({ err: error }, 'events could not be given their positions'),
  })
  const processReceiver = createProcessReceiver({ feed, receivers, acks, onError })
  const send = createPushSender({ local: isLocalHost(new URL(issuer).hostname) })
  const pause = (receiver: Receiver, reason: string) =>
    execute(pauseFailingStream, systemPrincipal, { id: receiver.id, reason, payload: { [streamUpdated]: { status: 'paused', reason } } })
  const pusher = createPusher({ feed, receivers, acks, tokens, keys, send, pause, log, onError })

  const plugin = async (app: FastifyInstance): Promise<void> => {
    // Answers the waiting requests, so that the server can close.
    app.addHook('preClose', async () => ending.abort())
    await app.register(configurationRoutes, { issuer })
    await app.register(streamRoutes, { issuer, audience: config.audience, store, execute, accessTokens, poll, snapshots, streams })
    await app.register(changeRoutes, { changes })
    await app.register(forwardAuthRoutes, { audience: config.audience, store, accessTokens, known: feed.log, isCurrent: processReceiver.isCurrent })
    await app.register(eventRoutes, { store, limits, waiters: feedWaiters })
  }

  return {
    plugin,
    feed,
    sequencer,
    awaitRevocations: createAckWaiter({ feed, store: revocations, draining: draining.signal, onError }),
    async drain() {
      draining.abort()
      await processReceiver.stop()
      await pusher.stop()
    },
    async stop() {
      ending.abort()
      streams.stop()
      snapshots.stop()
      await pusher.stop()
      await processReceiver.stop()
      await acks.stop()
      await sequencer.stop()
      await feed.stop()
    },
  }
}
