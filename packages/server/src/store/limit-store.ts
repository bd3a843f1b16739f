import { createHash } from 'node:crypto'
import { isIPv6 } from 'node:net'
import { sql } from 'kysely'
import { RateLimiterPostgres, RateLimiterRes } from 'rate-limiter-flexible'
import { type LimitName, type Limits, limits } from '../domain/limits.ts'
import { Problem } from '../domain/problem.ts'
import type { Database } from './database.ts'

/** Limits kept in the database, so that no process can be used to get round another. */
export function createLimits(database: Pick<Database, 'kysely' | 'pool' | 'pglite' | 'prepared'>): Limits {
  const { kysely } = database
  const client = clientOf(database)
  const limiters = Object.fromEntries(
    Object.entries(limits).map(([name, { points, seconds }]) => [
      name,
      new RateLimiterPostgres({
        storeClient: client,
        storeType: 'client',
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
        await limiters[name].consume(keyOf(key), points)
      } catch (refusal) {
        if (refusal instanceof RateLimiterRes) throw tooMany(refusal)
        throw refusal
      }
    },
    async check(name, key) {
      const spent = await limiters[name].get(keyOf(key))
      if (spent && spent.remainingPoints <= 0) throw tooMany(spent)
    },
    async clear(name, key) {
      await limiters[name].delete(keyOf(key))
    },
    async deleteExpired() {
      await sql`delete from attempt where expire < ${Date.now()}`.execute(kysely)
    },
  }
}

interface Statement {
  name?: string
  text: string
  values: unknown[]
}

/** What the limiter takes for a connection. It reckons with numbers where Muster reads int8 as bigint, and PGlite takes text and values apart and counts no rows. */
function clientOf({ pool, pglite, prepared }: Pick<Database, 'pool' | 'pglite' | 'prepared'>) {
  const ask = async ({ name, text, values }: Statement): Promise<{ rows: unknown[]; rowCount: number }> => {
    if (pool) {
      const { rows, rowCount } = await pool.query({ text, values, ...(prepared && name !== undefined && { name }) })
      return { rows, rowCount: rowCount ?? 0 }
    }
    const { rows, affectedRows = 0 } = await (pglite as NonNullable<typeof pglite>).query(text, values)
    return { rows, rowCount: Math.max(rows.length, affectedRows) }
  }
  return {
    async query(statement: Statement) {
      const { rows, rowCount } = await ask(statement)
      return {
        rowCount,
        rows: (rows as { points: number; expire: bigint | null }[]).map(({ points, expire }) => ({ points, expire: expire === null ? null : Number(expire) })),
      }
    },
  }
}

function tooMany({ msBeforeNext }: RateLimiterRes): Problem {
  const seconds = Math.max(1, Math.ceil(msBeforeNext / 1000))
  return new Problem('too_many_attempts', `Try again in ${seconds < 120 ? `${seconds} seconds` : `${Math.ceil(seconds / 60)} minutes`}.`, {
    extensions: { retry_after: seconds },
  })
}

/** An address of mail may be longer than the column that holds the key with its name. */
const keyOf = (key: string): string => (key.length > 150 ? createHash('sha256').update(key).digest('hex') : networkOf(key))

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
