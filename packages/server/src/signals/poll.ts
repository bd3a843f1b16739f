import { setImmediate as nextTurn } from 'node:timers/promises'
import { isClientRevoked } from '@muster/contract/revocation.ts'
import type { FastifyBaseLogger } from 'fastify'
import type { VerifiedToken } from '../domain/credentials/access-token.ts'
import { Problem } from '../domain/model/problem.ts'
import type { ReceiverStore } from '../domain/signals/store.ts'
import { type EventToken, type EventTokens, idsOfJti, type JtiKind, watermarkOfJti } from './event-tokens.ts'
import type { Feed } from './feed.ts'
import { deliveriesOf, PER_BATCH } from './log/deliveries.ts'
import type { LoadedStream, Part } from './log/loaded-stream.ts'
import { wantsBatches } from './stream-filter.ts'
import type { Streams } from './streams.ts'

export interface PollRequest {
  ack: readonly string[]
  setErrs: Readonly<Record<string, { err: string; description?: string | undefined }>>
  /** Undefined: no limit from the receiver. 0: the poll only acknowledges (RFC 8936 section 2.4). */
  maxEvents: number | undefined
  returnImmediately: boolean
}

export interface PollAnswer {
  sets: Record<string, string>
  moreAvailable: boolean
  /** Beyond the specification, for receivers with a lease. */
  muster: { status: string; lease_seconds: number; current: boolean }
}

/** The client's own token that the poll was sent with. */
export type PollingToken = Pick<VerifiedToken, 'clientId' | 'issuedAt'>

export type Poll = (streamId: string, token: PollingToken, request: PollRequest, closed: AbortSignal) => Promise<PollAnswer>

interface Options {
  feed: Feed
  streams: Streams
  tokens: EventTokens
  receivers: Pick<ReceiverStore, 'removeEvents'>
  log: Pick<FastifyBaseLogger, 'warn'>
  /** Aborted when the server begins to drain. Every waiting poll is answered, and later ones wait briefly. */
  draining: AbortSignal
  /** Aborted when the server shuts down. Every waiting poll is answered. */
  ending: AbortSignal
}

const TOKENS_MOST = 100
const BATCHES_MOST = 10
/** Larger responses would keep other requests waiting, and a receiver's process too. */
const PARTS_MOST = 8
const WAIT_MOST_SECONDS = 30
/** Not zero, because a receiver sends its next poll at once, and may reach this process again. */
export const DRAINING_WAIT_MILLISECONDS = 500
/** After this time without a read, the log may be incomplete, so a poll must not report that there is nothing new. */
const STALE_MILLISECONDS = 5_000

/** Poll-based delivery (RFC 8936), with long polling. */
export function createPoll({ feed, streams, tokens, receivers, log, draining, ending }: Options): Poll {
  return async (streamId, token, request, closed) => {
    const stream = await streams.load(streamId)
    if (!stream || stream.receiver.clientId !== token.clientId) throw new Problem('stream_not_found')
    await acknowledge(stream, request)
    if (stream.receiver.status === 'enabled') await streams.renew(stream)
    else await streams.note(stream)

    const answer: PollAnswer['sets'] = {}
    let more = false
    let held = false
    if (request.maxEvents !== 0) {
      const began = performance.now()
      const waitMost = Math.min(WAIT_MOST_SECONDS, stream.receiver.leaseSeconds / 3) * 1_000
      const turn = ++stream.turn
      stream.wake?.() // the receiver abandoned its previous poll, which ends empty
      while (true) {
        if (stream.receiver.status === 'enabled' && !stream.gone) {
          const made = await make(stream, request.maxEvents ?? TOKENS_MOST)
          for (const { jti, token } of made.tokens) answer[jti] = token
          more = made.more
          held = made.held
        }
        const left = began + (draining.aborted ? Math.min(waitMost, DRAINING_WAIT_MILLISECONDS) : waitMost) - performance.now()
        if (Object.keys(answer).length > 0 || request.returnImmediately || left <= 0 || stream.gone || closed.aborted || ending.aborted) break
        await sleepUntilWoken(stream, held ? Math.min(left, 1_000) : left, closed)
        if (stream.turn !== turn) {
          held = true // another poll took the new revocations
          break
        }
      }
    } else {
      more = streams.isBehind(stream)
    }
    if (stream.gone) throw new Problem('stream_not_found')
    await requireFresh()
    if (Object.keys(answer).length > 0) await requireRegistered(feed, token)
    // The read above may have added revocations that are not in this response.
    if (Object.keys(answer).length === 0) more ||= streams.isBehind(stream)
    const { status, leaseSeconds } = stream.receiver
    return {
      sets: answer,
      moreAvailable: more,
      muster: { status, lease_seconds: leaseSeconds, current: status === 'enabled' && !more && !held && !streams.hasUnread(stream) && !ending.aborted },
    }
  }

  async function acknowledge(stream: LoadedStream, { ack, setErrs }: PollRequest): Promise<void> {
    const named: Record<JtiKind, bigint[]> = { r: [], d: [], b: [], v: [] }
    const unread: bigint[] = []
    for (const jti of ack) {
      const watermark = watermarkOfJti(jti)
      if (watermark !== null) await streams.acknowledgeBefore(stream, watermark)
      if (streams.acknowledgePart(stream, jti)) continue
      const known = idsOfJti(jti)
      if (known) named[known.kind].push(...known.ids)
    }
    for (const jti of Object.keys(setErrs)) {
      const known = idsOfJti(jti)
      if (known) (known.kind === 'v' ? named.v : unread).push(...known.ids)
    }
    const faults = Object.entries(setErrs)
    if (faults.length > 0) {
      const [jti, { err, description }] = faults[0] as (typeof faults)[number]
      log.warn(
        { stream: stream.receiver.id, faults: faults.length, jti: jti.slice(0, 100), err: err.slice(0, 100), description: description?.slice(0, 300) },
        'a receiver could not read an event token',
      )
    }
    // Another process sent these before this process has read them.
    const kinds = ['r', 'd', 'b'] as const
    if ([...unread, ...kinds.flatMap((kind) => named[kind])].some((id) => !feed.log.has(id))) await feed.catchUp()
    for (const kind of kinds) streams.acknowledge(stream, named[kind], kind)
    streams.leaveUnread(stream, unread, Object.keys(setErrs))
    if (named.v.length > 0) {
      await receivers.removeEvents(stream.receiver.id, named.v)
      stream.events = stream.events.filter(({ id }) => !named.v.includes(id))
    }
  }

  async function make(stream: LoadedStream, maxEvents: number): Promise<{ tokens: EventToken[]; more: boolean; held: boolean }> {
    const { receiver } = stream
    const audience = receiver.clientId as string
    const own = stream.events.slice(0, maxEvents)
    const room = Math.min(TOKENS_MOST, maxEvents) - own.length
    const batches = wantsBatches(receiver)
    const made: Promise<EventToken>[] = own.map((event) => tokens.own(event, audience, receiver.id))
    const backlog = batches ? streams.takeParts(stream, Math.min(PARTS_MOST, room)) : null
    if (backlog && backlog.parts.length > 0) {
      for (const part of backlog.parts) {
        made.push(partToken(part, audience))
        await nextTurn() // others are served between two parts
      }
      void prepare(stream.next, audience)
      return { tokens: await Promise.all(made), more: backlog.more || stream.events.length > own.length, held: backlog.held }
    }
    let more = false
    let held = backlog?.held ?? false
    do {
      const taken = streams.take(stream, batches ? Math.min(BATCHES_MOST, room) * PER_BATCH : room)
      const { deliveries, unwanted } = deliveriesOf(tokens, receiver, taken.entries, stream.halves)
      streams.acknowledge(
        stream,
        unwanted.map(({ id }) => id),
        'b',
      )
      made.push(...deliveries.slice(0, room).map(({ token }) => token))
      more = taken.more || deliveries.length > room
      held ||= taken.held
    } while (more && room > 0 && made.length === 0)
    return { tokens: await Promise.all(made), more: more || stream.events.length > own.length, held }
  }

  /** Built once for all streams of the client that come to this part within a while. */
  function partToken(part: Part, audience: string): Promise<EventToken> {
    const token = tokens
      .part(part, audience, () => [...feed.log.from(part.start, { until: part.end })])
      .then((made) => {
        part.jti = made.jti
        return made
      })
    token.catch(() => {}) // awaited with the others
    return token
  }

  /** Builds the next parts while the receiver reads these. */
  async function prepare(from: number, audience: string): Promise<void> {
    let next = feed.log.part(from)
    for (let count = 0; next && count < PARTS_MOST && !ending.aborted; count++) {
      void partToken({ ...next, at: 0, jti: null }, audience)
      await nextTurn()
      next = feed.log.part(next.end)
    }
  }

  async function requireFresh(): Promise<void> {
    if (feed.age() >= STALE_MILLISECONDS) await readNow(feed)
  }

  function sleepUntilWoken(stream: LoadedStream, milliseconds: number, closed: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const end = (): void => {
        clearTimeout(timer)
        for (const signal of [closed, draining, ending]) signal.removeEventListener('abort', end)
        if (stream.wake === end) stream.wake = null
        resolve()
      }
      const timer = setTimeout(end, milliseconds)
      for (const signal of [closed, draining, ending]) signal.addEventListener('abort', end)
      stream.wake = end
    })
  }
}

async function readNow(feed: Feed): Promise<void> {
  try {
    await feed.catchUp()
  } catch (error) {
    throw new Problem('unavailable', 'The database cannot be read.', { extensions: { retry_after: 1 }, cause: error })
  }
}

/**
 * Only a registered client gets events (I7). One read serves all requests that are answered at the same time, which is the usual case after a
 * revocation.
 */
export async function requireRegistered(feed: Feed, { clientId, issuedAt }: PollingToken): Promise<void> {
  await readNow(feed)
  if (isClientRevoked(feed.log, { clientId, issuedAt })) throw new Problem('token_revoked', 'This client is no longer registered.')
}
