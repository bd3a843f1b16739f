import { AsyncResource } from 'node:async_hooks'
import type { Store } from '../../domain/store.ts'

export interface Sequencer {
  /** A transaction of this process has committed events. */
  wake(): void
  stop(): Promise<void>
}

interface Options {
  store: Pick<Store, 'reading'>
  /** Called after each look with the last position, so that a lost notice delays nothing for long. */
  onLast(last: bigint): void
  /** The time from a commit of this process to the positions of its events. */
  onPositioned(seconds: number): void
  onError(error: unknown): void
}

/** Commits within this time share a pass. */
const GATHER_MILLISECONDS = 20
/** From one pass to the next. Each pass is a commit too, for which the commits of a busy server wait at the disk. */
const APART_MILLISECONDS = 50
/** Another process holds the lock, for one pass. It may have begun before this commit, so this process asks again. */
const BUSY_MILLISECONDS = 10
/** Finds events of processes that were killed after a commit, and of servers of the version before. */
const LOOK_MILLISECONDS = 500
const THOROUGH_MILLISECONDS = 60_000

/**
 * Gives committed events their positions (P18). Every process runs one, and the lock of `event_sequencer` lets one at a time work. The commit itself waits for
 * nothing and sends no notice: notices make commits wait for each other.
 */
export function createSequencer({ store, onLast, onPositioned, onError }: Options): Sequencer {
  let commits: number[] = []
  let timer: NodeJS.Timeout | undefined
  let running: Promise<void> | undefined
  let thoroughAt = Number.NEGATIVE_INFINITY
  let passedAt = Number.NEGATIVE_INFINITY
  let stopping = false

  /** True if the lock was free, and every event committed before the call has its position. */
  const giveAll = async (): Promise<boolean> => {
    while (!stopping) {
      const began = performance.now()
      const thorough = began - thoroughAt >= THOROUGH_MILLISECONDS
      const given = await store.reading.eventPositions.give({ thorough })
      if (given === null) return false
      if (thorough) thoroughAt = began
      if (!given.hasMore) return true
    }
    return false
  }

  const work = async (): Promise<void> => {
    const waiting = commits
    commits = []
    let isDone = false
    try {
      isDone = await giveAll()
    } finally {
      if (isDone) for (const committed of waiting) onPositioned((performance.now() - committed) / 1000)
      else commits = [...waiting, ...commits]
    }
    passedAt = performance.now()
    if (!isDone) schedule(BUSY_MILLISECONDS)
    else if (commits.length > 0) scheduleNext()
  }

  const run = (task: () => Promise<void>): void => {
    if (running) return
    running = task()
      .catch((error: unknown) => stopping || onError(error))
      .then(() => {
        running = undefined
      })
  }

  const schedule = (milliseconds: number): void => {
    if (stopping || timer) return
    timer = setTimeout(() => {
      timer = undefined
      if (running) schedule(BUSY_MILLISECONDS)
      else run(work)
    }, milliseconds).unref()
  }

  const scheduleNext = (): void => schedule(Math.max(GATHER_MILLISECONDS, passedAt + APART_MILLISECONDS - performance.now()))

  const look = async (): Promise<void> => {
    const isDue = performance.now() - thoroughAt >= THOROUGH_MILLISECONDS
    const { last, areWaiting } = await store.reading.eventPositions.look()
    onLast(last)
    if (areWaiting || isDue || commits.length > 0) await work()
  }
  const looking = setInterval(() => run(look), LOOK_MILLISECONDS).unref()

  return {
    // Bound to this async context, so that a pass is no part of the request whose commit it follows.
    wake: AsyncResource.bind(() => {
      commits.push(performance.now())
      scheduleNext()
    }),
    async stop() {
      stopping = true
      clearInterval(looking)
      clearTimeout(timer)
      await running
    },
  }
}
