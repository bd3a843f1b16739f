import { AsyncLocalStorage } from 'node:async_hooks'

const EVERY_MILLISECONDS = 1_000
/** Above this number of keys, those far from their limit are read from the database again when they are next used. */
const KEYS_AT_MOST = 50_000

interface Added {
  key: string
  points: number
  most: number
  expire: number
}

interface Count {
  key: string
  /** The points of this process and, since the last flush, those of all processes. */
  points: number
  /** Points that are not in the database yet. */
  unsent: number
  most: number
  expire: number
}

export interface LoadCounts {
  add(added: Added): { points: number; expire: number }
  /** Removes points. Returns the number that the database has already. */
  remove(removed: Pick<Added, 'key' | 'points'>): number
  stop(): Promise<void>
}

/**
 * Counts of limits that only bound the load. Each process counts in memory. Once a second it adds its counts to the database and reads the sums of all processes,
 * so these together exceed a limit at most by what each other process admits within that second (0053).
 */
export function countInMemory(addUp: (added: readonly Added[]) => Promise<{ key: string; points: number; expire: bigint }[]>): LoadCounts {
  const counts = new Map<string, Count>()
  // A flush is not part of the request that started its timer.
  const outside = AsyncLocalStorage.snapshot()
  let timer: NodeJS.Timeout | undefined
  let running = Promise.resolve()

  async function flush(): Promise<void> {
    const now = Date.now()
    const sent: (Added & { count: Count })[] = []
    for (const count of counts.values()) {
      if (count.expire <= now) counts.delete(count.key)
      else if (count.unsent > 0) {
        sent.push({ key: count.key, points: count.unsent, most: count.most, expire: count.expire, count })
        count.unsent = 0
      }
    }
    if (sent.length === 0) return
    try {
      const sums = new Map((await addUp(sent)).map((row) => [row.key, row]))
      for (const { key, count } of sent) {
        const sum = sums.get(key)
        if (!sum) continue
        count.points = sum.points + count.unsent
        count.expire = Number(sum.expire)
        if (counts.size > KEYS_AT_MOST && count.points < count.most / 2) counts.delete(key)
      }
    } catch {
      // The database is unavailable, and requests fail for that reason. The points are sent with the next ones.
      for (const { points, count } of sent) count.unsent += points
    }
  }

  function schedule(): void {
    timer ??= outside(() =>
      setTimeout(() => {
        timer = undefined
        running = running.then(flush)
      }, EVERY_MILLISECONDS).unref(),
    )
  }

  return {
    add({ key, points, most, expire }) {
      let count = counts.get(key)
      if (!count || count.expire <= Date.now()) {
        count = { key, points: 0, unsent: 0, most, expire }
        counts.set(key, count)
      }
      count.points += points
      count.unsent += points
      schedule()
      return count
    },
    remove({ key, points }) {
      const count = counts.get(key)
      const unsent = Math.min(points, count?.unsent ?? 0)
      if (count) {
        count.points = Math.max(0, count.points - points)
        count.unsent -= unsent
      }
      return points - unsent
    },
    async stop() {
      clearTimeout(timer)
      timer = undefined
      running = running.then(flush)
      await running
    },
  }
}
