import { isIPv6 } from 'node:net'
import { sql } from 'kysely'
import { RateLimiterPostgres, RateLimiterRes } from 'rate-limiter-flexible'
import { type LimitName, type Limits, limits } from '../domain/limits.ts'
import { Problem } from '../domain/problem.ts'
import type { Database } from './database.ts'

/** Limits kept in the database, so that no process can be used to get round another. */
export function createLimits(database: Pick<Database, 'kysely' | 'pool' | 'pglite'>): Limits {
  const { kysely, pool, pglite } = database
  // PGlite answers as pg does, but takes text and values apart.
  const client = pool ?? { query: async ({ text, values }: { text: string; values: unknown[] }) => (pglite as NonNullable<typeof pglite>).query(text, values) }
  const limiters = Object.fromEntries(
    Object.entries(limits).map(([name, { points, seconds }]) => [
      name,
      new RateLimiterPostgres({
        storeClient: client,
        storeType: pool ? 'pool' : 'client',
        tableName: 'attempt',
        tableCreated: true,
        clearExpiredByTimeout: false, // the expiry job does
        keyPrefix: name.replaceAll(' ', '-'),
        points,
        duration: seconds,
      }),
    ]),
  ) as Record<LimitName, RateLimiterPostgres>

  return {
    async spend(name, key, points = 1) {
      try {
        await limiters[name].consume(networkOf(key), points)
      } catch (refusal) {
        if (refusal instanceof RateLimiterRes) throw tooMany(refusal)
        throw refusal
      }
    },
    async check(name, key) {
      const spent = await limiters[name].get(networkOf(key))
      if (spent && spent.remainingPoints <= 0) throw tooMany(spent)
    },
    async clear(name, key) {
      await limiters[name].delete(networkOf(key))
    },
    async deleteExpired() {
      await sql`delete from attempt where expire < ${Date.now()}`.execute(kysely)
    },
  }
}

function tooMany({ msBeforeNext }: RateLimiterRes): Problem {
  const seconds = Math.max(1, Math.ceil(msBeforeNext / 1000))
  return new Problem('too_many_attempts', `Try again in ${seconds < 120 ? `${seconds} seconds` : `${Math.ceil(seconds / 60)} minutes`}.`, {
    extensions: { retry_after: seconds },
  })
}

/** One person's IPv6 network is 2^64 addresses: they are counted as one (C10). Other keys stay as they are. */
export function networkOf(key: string): string {
  if (!isIPv6(key)) return key
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(key)
  if (mapped?.[1]) return mapped[1]
  const [head = '', tail] = key.split('::')
  const left = head === '' ? [] : head.split(':')
  const right = tail === undefined || tail === '' ? [] : tail.split(':')
  const groups = tail === undefined ? left : [...left, ...Array(Math.max(0, 8 - left.length - right.length)).fill('0'), ...right]
  return `${groups
    .slice(0, 4)
    .map((group) => Number.parseInt(group, 16).toString(16))
    .join(':')}::/64`
}
