import { addAbortSignal, Readable } from 'node:stream'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { Problem } from '../../domain/model/problem.ts'
import type { EventTokens } from '../event-tokens.ts'
import type { Feed } from '../feed.ts'
import { type PollingToken, requireRegistered } from '../poll.ts'
import { wantsBatches } from '../stream-filter.ts'
import type { Streams } from '../streams.ts'
import { type SnapshotBody, SnapshotWriter } from './snapshot-writer.ts'

/** The revocations of the log at one moment. */
export interface Snapshot extends SnapshotBody {
  /** Everything committed by transactions before this one is in it. */
  watermark: bigint
}

export interface SnapshotAnswer {
  bytes: number
  stream: Readable
}

export interface Snapshots {
  /** @throws Problem stream_not_found for a stream of another client, or one that gets no lists */
  answer(streamId: string, token: PollingToken): Promise<SnapshotAnswer>
  stop(): void
}

interface Options {
  feed: Feed
  streams: Pick<Streams, 'load'>
  tokens: Pick<EventTokens, 'snapshot'>
  /** Aborted when the server shuts down. */
  ending: AbortSignal
}

/** Revocations that are written between two turns of other requests: about a millisecond. */
const PER_TURN = 2_000
/** A snapshot is sent again while no more revocations have come than a poll or two deliver. */
const BEHIND_MOST = 5_000
/** However many revocations come, the next snapshot is built so much later. A slow receiver holds its snapshot in memory, so this bounds their number. */
const YOUNG_MILLISECONDS = 10_000
const SEND_MILLISECONDS = 120_000
/** Verifiers that start together share a snapshot. Afterwards its memory is given back. */
const KEPT_MILLISECONDS = 30_000

/** Snapshots of the log for new streams. Each is built once, in slices, and shared by all clients: only the token in front of it names a client. */
export function createSnapshots({ feed, streams, tokens, ending }: Options): Snapshots {
  let latest: (Snapshot & { end: number; builtAt: number }) | null = null
  let building: Promise<Snapshot> | null = null
  let forgetting: NodeJS.Timeout | undefined

  const build = async (): Promise<Snapshot> => {
    latest = null
    // Read first: later revocations may be missing in the snapshot, and the polls deliver them.
    const { watermark } = feed
    const writer = new SnapshotWriter()
    let end = feed.log.write(writer, 0, PER_TURN)
    while (end < feed.log.end) {
      await nextTurn() // others are served between two slices
      end = feed.log.write(writer, end, PER_TURN)
    }
    latest = { ...writer.end(), watermark, end, builtAt: performance.now() }
    return latest
  }

  const isRecent = ({ watermark, end, builtAt }: NonNullable<typeof latest>): boolean =>
    // After a restore from a backup, transactions count from a lower number again.
    watermark <= feed.watermark && (feed.log.end - end <= BEHIND_MOST || performance.now() - builtAt < YOUNG_MILLISECONDS)

  const current = async (): Promise<Snapshot> => {
    if (latest && isRecent(latest)) return latest
    building ??= build().finally(() => {
      building = null
    })
    return building
  }

  const keepForAWhile = (): void => {
    clearTimeout(forgetting)
    forgetting = setTimeout(() => {
      latest = null
    }, KEPT_MILLISECONDS).unref()
  }

  return {
    async answer(streamId, token) {
      const stream = await streams.load(streamId)
      const isServed = stream?.receiver.clientId === token.clientId && stream.receiver.status === 'enabled' && wantsBatches(stream.receiver)
      if (!isServed) throw new Problem('stream_not_found')
      const snapshot = await current()
      keepForAWhile()
      const head = headOf((await tokens.snapshot(snapshot, token.clientId)).token)
      await requireRegistered(feed, token)
      const body = Readable.from([head, ...snapshot.chunks], { objectMode: false })
      return { bytes: head.length + snapshot.bytes, stream: addAbortSignal(AbortSignal.any([ending, AbortSignal.timeout(SEND_MILLISECONDS)]), body) }
    },
    stop() {
      clearTimeout(forgetting)
      latest = null
    },
  }
}

/** The token, with its length before it. */
function headOf(token: string): Buffer {
  const head = Buffer.alloc(4 + token.length)
  head.writeUInt32LE(token.length)
  head.write(token, 4, 'latin1')
  return head
}
