import { createHash } from 'node:crypto'
import { sql } from 'kysely'
import { RateLimiterPostgres, RateLimiterRes } from 'rate-limiter-flexible'
import { type LimitName, type Limits, limits } from '../../domain/command/limits.ts'
import { subscriberOf } from '../../domain/model/network.ts'
import { Problem } from '../../domain/model/problem.ts'
import type { Database } from '../database.ts'

/** Rate limits. They are stored in the database, so that using several server processes does not raise them. */
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
    async giveBack(name, key) {
      // Not with the limiter's own `reward`, which would start the next window below zero if this one has ended.
      await sql`
        update attempt set points = points - 1
        where key = ${limiters[name].getKey(keyOf(key))} and points > 0 and expire > ${Date.now()}`.execute(kysely)
    },
    async isUsedUp(name, key) {
      const spent = await limiters[name].get(keyOf(key))
      return spent !== null && spent.remainingPoints <= 0
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

/** Adapts the database for the limiter, which expects int8 as numbers and pg's interface. PGlite takes text and values separately and does not count rows. */
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

/** Hashes long keys, because an email address can be longer than the column. */
const keyOf = (key: string): string => (key.length > 150 ? createHash('sha256').update(key).digest('hex') : subscriberOf(key))
