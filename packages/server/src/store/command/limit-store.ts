import { createHash } from 'node:crypto'
import { type RawBuilder, sql } from 'kysely'
import { countOne, refusalsByLimit } from '../../domain/command/counts.ts'
import { type CountedSpending, limits as defaults, type LimitName, type Limits, type LimitTable, type Spending } from '../../domain/command/limits.ts'
import { subscriberOf } from '../../domain/model/network.ts'
import { Problem } from '../../domain/model/problem.ts'
import { type Database, point } from '../database.ts'
import { countInMemory } from './load-counts.ts'

interface Wanted {
  /** In the table. */
  key: string
  points: number
  /** Beyond this, the limit refuses. */
  most: number
  expire: number
}

interface Counted {
  key: string
  points: number
  expire: bigint
}

/** To a row that may exist and may have ended. */
const addedAt = (now: number) => sql`on conflict (key) do update set
  points = case when attempt.expire <= ${now} then excluded.points else attempt.points + excluded.points end,
  expire = case when attempt.expire <= ${now} then excluded.expire else attempt.expire end
  returning key, points, expire`

/**
 * Spends a point in the statement that acts, for requests that anyone may send without a credential: `counted` has the count, and `allowed` a row if the limit does not refuse. The statement commits
 * the count in both cases, and a refusal does not wait for the disk. It must read `refused`. Without a point to spend, it is allowed.
 */
export function spending(one: CountedSpending | undefined): RawBuilder<unknown> {
  if (!one) return sql`counted as (select 0 as points, 0::bigint as expire), refused as (select where false), allowed as (select)`
  const { key, points, most, expire } = wantedOf(one)
  return sql`counted as (insert into attempt (key, points, expire) values (${key}, ${points}::int, ${expire}::bigint) ${addedAt(Date.now())}),
    refused as (select set_config('synchronous_commit', 'off', true) from counted where points > ${most}::int),
    allowed as (select from counted where points <= ${most}::int)`
}

/** Rate limits. They are counted in the database, so that using several server processes does not raise them. */
export function createLimits({ kysely }: Pick<Database, 'kysely'>, table: LimitTable = defaults): Limits {
  const counted: Limits['counted'] = (name, key, points = 1) => {
    const limit = table[name]
    return limit ? { name, key, points, most: limit.points, seconds: limit.seconds } : undefined
  }
  /** Without the limits that are switched off. */
  const ofThose = (spendings: readonly Spending[]): CountedSpending[] => spendings.flatMap((spending) => counted(...spending) ?? [])
  const inMemory = countInMemory((wanted) => count(wanted, []))

  /** The rows are locked in the order of their keys, so no two statements can wait for each other. */
  async function count(wanted: readonly Wanted[], unlessRefused: readonly Wanted[]): Promise<Counted[]> {
    const columns = (rows: readonly Wanted[]) =>
      sql`unnest(${rows.map(({ key }) => key)}::text[], ${rows.map(({ points }) => points)}::int[], ${rows.map(({ most }) => most)}::int[], ${rows.map(({ expire }) => expire)}::bigint[]) as wanted (key, points, most, expire)`
    const added = addedAt(Date.now())
    // A crash of the database may lose the counts of its last moments, so a request does not wait until they are on disk.
    const { rows } = await sql<Counted>`${point} with
      quick as (select set_config('synchronous_commit', 'off', true)),
      wanted as (select * from ${columns(wanted)}),
      counted as (insert into attempt (key, points, expire) select key, points, expire from wanted order by key ${added}),
      refused as (select from counted join wanted using (key) where counted.points > wanted.most),
      more as (
        insert into attempt (key, points, expire) select key, points, expire from ${columns(unlessRefused)}
        where not exists (select from refused) order by key ${added})
      select t.* from quick, (select * from counted union all select * from more) t`.execute(kysely)
    return rows
  }

  const spendTogether: Limits['spendTogether'] = async (spendings, unlessRefused) => {
    const shared = ofThose(spendings.filter(([name]) => !isInMemory(name))).map(wantedOf)
    const last = ofThose(unlessRefused ? [unlessRefused] : []).map(wantedOf)
    const rows = shared.length > 0 || last.length > 0 ? await count(shared, last) : []
    const byKey = new Map<string, { points: number; expire: number }>(rows.map(({ key, points, expire }) => [key, { points, expire: Number(expire) }]))
    return [...spendings, ...(unlessRefused ? [unlessRefused] : [])].map((spending) => {
      const one = counted(...spending)
      if (!one) return null
      const wanted = wantedOf(one)
      const sum = isInMemory(one.name) ? inMemory.add(wanted) : byKey.get(wanted.key)
      return sum && sum.points > wanted.most ? tooMany(one.name, sum.expire) : null
    })
  }

  return {
    counted,
    spendTogether,
    async spend(...spending) {
      const [refusal] = await spendTogether([spending])
      if (refusal) throw refusal
    },
    async giveBack(...spendings) {
      const wanted = ofThose(spendings).map((one) => {
        const { key, points } = wantedOf(one)
        return { key, points: isInMemory(one.name) ? inMemory.remove({ key, points }) : points }
      })
      const shared = wanted.filter(({ points }) => points > 0)
      if (shared.length === 0) return
      // A window that has ended is not touched: the next one would start below zero.
      await sql`${point} with
        quick as (select set_config('synchronous_commit', 'off', true)),
        back as (select * from unnest(${shared.map(({ key }) => key)}::text[], ${shared.map(({ points }) => points)}::int[]) as back (key, points)),
        locked as (select key from attempt where key = any(${shared.map(({ key }) => key)}::text[]) order by key for update),
        returned as (
          update attempt set points = points - least(points, (select back.points from back where back.key = attempt.key))
          where key in (select key from locked) and points > 0 and expire > ${Date.now()})
        select from quick`.execute(kysely)
    },
    async isUsedUp(name, key) {
      const one = counted(name, key)
      if (!one) return false
      const { most, key: stored } = wantedOf(one)
      const { rows } = await sql<{ points: number }>`${point} select points from attempt where key = ${stored} and expire > ${Date.now()}`.execute(kysely)
      return rows[0] !== undefined && rows[0].points >= most
    },
    async deleteExpired() {
      await sql`delete from attempt where expire < ${Date.now()}`.execute(kysely)
    },
    stop: () => inMemory.stop(),
  }
}

const isInMemory = (name: LimitName): boolean => 'inMemory' in defaults[name]

function wantedOf({ name, key, points, most, seconds }: CountedSpending): Wanted {
  return { key: `${name.replaceAll(' ', '-')}:${keyOf(key)}`, points, most, expire: Date.now() + seconds * 1000 }
}

export function tooMany(name: LimitName, expire: number): Problem {
  countOne(refusalsByLimit, name)
  const seconds = Math.max(1, Math.ceil((expire - Date.now()) / 1000))
  return new Problem('too_many_attempts', `Try again in ${seconds < 120 ? `${seconds} seconds` : `${Math.ceil(seconds / 60)} minutes`}.`, {
    extensions: { retry_after: seconds },
  })
}

/** Hashes long keys, because an email address can be longer than the column. */
const keyOf = (key: string): string => (key.length > 150 ? createHash('sha256').update(key).digest('hex') : subscriberOf(key))
