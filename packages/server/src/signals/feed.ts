import { setImmediate as nextTurn } from 'node:timers/promises'
import { currentMoment, type Moment, millisecondsSince } from '../domain/model/clock.ts'
import type { Notices, RecordedRevocation } from '../domain/model/revocation.ts'
import type { RevocationStore } from '../domain/signals/store.ts'
import { keepYoungGenerationSmall, letYoungGenerationGrow, withLittleHeapGrowth } from './log/young-generation.ts'
import { type Entry, RevocationLog } from './revocation-log.ts'

export interface FeedSource extends Pick<RevocationStore, 'since'> {
  listen(notices: Notices): Promise<() => Promise<void>>
}

export interface Feed {
  readonly log: RevocationLog
  /** Everything committed by transactions before this one is in the log. */
  readonly watermark: bigint
  /** Reads everything committed before this call. @throws when the database does not answer */
  catchUp(): Promise<void>
  /** The milliseconds since the last successful read began. Everything committed before that read is in the log. Infinite until the log is complete. */
  age(): number
  /** Resolves when the log is complete for the first time. Until then, nothing may be decided from it. */
  readonly complete: Promise<void>
  /** Sets how often the database is read. Null for the default. */
  readEvery(milliseconds: number | null): void
  /** Calls the listener once for all revocations that arrived together. */
  onNew(listener: (entries: readonly Entry[]) => void): () => void
  onStream(listener: (id: string) => void): () => void
  onAcknowledged(listener: (ids: readonly bigint[]) => void): () => void
  onHeard(listener: (streamId: string, ids: readonly bigint[]) => void): () => void
  stop(): Promise<void>
}

interface Options {
  source: FeedSource
  everyMilliseconds?: number | undefined
  onError(error: unknown): void
}

type Page = Awaited<ReturnType<FeedSource['since']>>

/** With so many revocations, memory is scarcer than time. */
const LONG = 100_000
/** An estimate may be wrong, and a quarter more is room for later ones. Room that is not used takes no memory. */
const RESERVED_MOST = 5_000_000
const TIDY_MILLISECONDS = 30_000
/** Dropping one takes a microsecond, and other requests wait meanwhile. */
const TIDY_AT_ONCE = 5_000

/**
 * The revocations that this process knows. It reads the database regularly from the snapshot watermark of the last read, because neither ids nor times are
 * in commit order. Notices arrive sooner, but can be lost. The first read may take seconds, so it is not awaited.
 */
export async function createFeed({ source, everyMilliseconds = 1_000, onError }: Options): Promise<Feed> {
  const log = new RevocationLog()
  const news = new Set<(entries: readonly Entry[]) => void>()
  const streams = new Set<(id: string) => void>()
  const elsewhere = new Set<(streamId: string, ids: readonly bigint[]) => void>()
  const acknowledged = new Set<(ids: readonly bigint[]) => void>()
  let watermark = 0n
  let readAt: Moment | null = null
  let running: Promise<void> | undefined
  let next: Promise<void> | undefined
  let fresh: Entry[] = []
  /** Notices that arrive during the first read. They are added after it, so that older revocations precede them in the log. Null once the log is complete. */
  let early: RecordedRevocation[] | null = []
  const completed = Promise.withResolvers<void>()
  let stopping = false

  const add = (revocations: readonly RecordedRevocation[]): void => {
    const before = fresh.length
    for (const revocation of revocations) {
      const entry = log.add(revocation)
      if (entry) fresh.push(entry)
    }
    if (before > 0 || fresh.length === 0) return
    // Revocations that arrive together are passed on together.
    setImmediate(() => {
      const entries = fresh
      fresh = []
      for (const listener of news) listener(entries)
    })
  }

  /** The first read is the past, and no news for anybody. */
  const take = (revocations: readonly RecordedRevocation[]): void => {
    if (early === null) add(revocations)
    else log.addAll(revocations)
  }

  const takePages = async (from: bigint, first: Page): Promise<void> => {
    let page = first
    while (page.next !== null) {
      // The database reads the next page while this process takes this one.
      const following = source.since(from, page.next)
      following.catch(() => {}) // awaited below
      take(page.revocations)
      await nextTurn() // others are served between two pages
      if (stopping) throw new Error('The server stops.')
      page = await following
    }
    take(page.revocations)
  }

  const read = async (): Promise<void> => {
    const startedAt = currentMoment()
    let from = watermark
    let page = await source.since(from)
    // The database was restored from a backup, or replaced by one with lower transaction ids.
    if (page.watermark < watermark) {
      from = 0n
      page = await source.since(from)
    }
    log.reserve(Math.min(Math.ceil((page.estimate ?? 0) * 1.25), RESERVED_MOST))
    // Transactions before the watermark of the first page had ended by then, so every page sees what they wrote.
    const reached = page.watermark
    if (page.next === null) take(page.revocations)
    else {
      keepYoungGenerationSmall('a long revocation log')
      const first = page
      await withLittleHeapGrowth(() => takePages(from, first))
    }
    if (log.size < LONG) letYoungGenerationGrow('a long revocation log')
    watermark = reached
    readAt = startedAt
    if (early !== null) {
      const waiting = early
      early = null
      add(waiting)
      completed.resolve()
    }
  }

  const catchUp = (): Promise<void> => {
    next ??= (running ?? Promise.resolve())
      .catch(() => {})
      .then(() => {
        next = undefined
        const reading = read().finally(() => {
          if (running === reading) running = undefined
        })
        running = reading
        return reading
      })
    return next
  }

  const again = (): void => void catchUp().catch((error: unknown) => stopping || onError(error))
  const stopListening = await source.listen({
    revocation: (revocation) => {
      if (early === null) add([revocation])
      else early.push(revocation)
    },
    stream: (id) => {
      for (const listener of streams) listener(id)
    },
    acknowledged: (ids) => {
      for (const listener of acknowledged) listener(ids)
    },
    acknowledgedElsewhere: (streamId, ids) => {
      for (const listener of elsewhere) listener(streamId, ids)
    },
    connected: again,
  })
  again()
  let timer: NodeJS.Timeout | undefined
  const readEvery = (milliseconds: number | null): void => {
    clearInterval(timer)
    timer = setInterval(() => {
      if (!running && !next) again()
    }, milliseconds ?? everyMilliseconds).unref()
  }
  readEvery(null)
  const tidy = (): void => {
    if (log.tidy(Date.now(), TIDY_AT_ONCE)) setImmediate(tidy).unref()
  }
  const tidying = setInterval(tidy, TIDY_MILLISECONDS).unref()
  const listeners =
    <T>(all: Set<T>) =>
    (listener: T): (() => void) => {
      all.add(listener)
      return () => void all.delete(listener)
    }

  return {
    log,
    get watermark() {
      return watermark
    },
    catchUp,
    readEvery,
    complete: completed.promise,
    age: () => (readAt ? millisecondsSince(readAt) : Number.POSITIVE_INFINITY),
    onNew: listeners(news),
    onStream: listeners(streams),
    onAcknowledged: listeners(acknowledged),
    onHeard: listeners(elsewhere),
    async stop() {
      stopping = true
      clearInterval(timer)
      clearInterval(tidying)
      await stopListening()
      await running?.catch(() => {})
    },
  }
}
