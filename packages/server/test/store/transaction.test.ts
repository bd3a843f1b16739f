import { together } from '@muster/server/domain/command/together.ts'
import { createPool, type Database } from '@muster/server/store/database.ts'
import { transactionsOfPool } from '@muster/server/store/engine/transaction.ts'
import { aDatabase } from '@muster/testkit/database.ts'
import { type Kysely, sql } from 'kysely'
import type pg from 'pg'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'

// A transaction whose statements do not wait for each other is committed as a whole, or not at all.

let database: Database
let pool: pg.Pool
beforeAll(async () => {
  database = await aDatabase()
  pool = createPool({ url: database.url as string, size: 1, statementTimeoutSeconds: 30 })
  await sql`create table note (text text primary key)`.execute(database.kysely)
})
afterAll(async () => {
  await pool.end()
  await database.close()
})
beforeEach(async () => void (await sql`delete from note`.execute(database.kysely)))

const note = (db: Kysely<any>, text: string) => sql`insert into note values (${text})`.execute(db)
const notes = async () => (await sql<{ text: string }>`select text from note order by text`.execute(database.kysely)).rows.map(({ text }) => text)
const nothing = async () => {}

test('statements that are asked for together are executed in their order', async () => {
  const seen = await transactionsOfPool(pool)(async (trx) => {
    const count = () => sql<{ count: number }>`select count(*)::int as count from note`.execute(trx)
    const [before, , after] = await together(count(), note(trx, 'one'), count())
    return [before, after].map(({ rows }) => rows[0]?.count)
  }, nothing)
  expect(seen).toEqual([0, 1])
})

test('a transaction changes nothing when one of its statements fails', async () => {
  const transaction = transactionsOfPool(pool)
  const work = (trx: Kysely<any>) => together(note(trx, 'one'), note(trx, 'one'), note(trx, 'two'))
  await expect(transaction(work, nothing)).rejects.toMatchObject({ code: '23505' })
  const ignoring = (trx: Kysely<any>) => work(trx).catch(() => 'ignored')
  await expect(transaction(ignoring, nothing)).rejects.toThrow('rolled back')
  expect(await notes()).toEqual([])
})

test('statements behind a failed one fail with its error', async () => {
  const work = async (trx: Kysely<any>) => {
    const both = async () => {
      await note(trx, 'two')
      await note(trx, 'three')
    }
    await together(both(), note(trx, 'one'), note(trx, 'one'))
  }
  await expect(transactionsOfPool(pool)(work, nothing)).rejects.toMatchObject({ code: '23505' })
})

test('a transaction changes nothing when its last statement fails', async () => {
  const twice = async (trx: Kysely<any>) => void (await note(trx, 'one'))
  await expect(transactionsOfPool(pool)((trx) => note(trx, 'one'), twice)).rejects.toMatchObject({ code: '23505' })
  const late = async (trx: Kysely<any>) => {
    await new Promise(setImmediate)
    await note(trx, 'one')
  }
  await expect(transactionsOfPool(pool)((trx) => note(trx, 'one'), late)).rejects.toMatchObject({ code: '23505' })
  expect(await notes()).toEqual([])
})

test('a transaction that cannot begin changes nothing', async () => {
  const broken = {
    async connect() {
      const client = await pool.connect()
      const ask = client.query.bind(client) as (text: string, values?: unknown[]) => Promise<unknown>
      const query = (text: string, values?: unknown[]) => ask(text === 'begin' ? 'no such command' : text, values)
      return { query, release: (destroy: boolean) => client.release(destroy) }
    },
  } as unknown as pg.Pool
  const reading = (trx: Kysely<any>) => together(sql`select 1`.execute(trx), note(trx, 'one'))
  await expect(transactionsOfPool(broken)(reading, nothing)).rejects.toMatchObject({ code: '42601' })
  await expect(transactionsOfPool(broken)((trx) => note(trx, 'one'), nothing)).rejects.toMatchObject({ code: '42601' })
  expect(await notes()).toEqual([])
  expect(pool.totalCount).toBe(0)
})

test('a statement is refused after the end of its transaction', async () => {
  const trx = await transactionsOfPool(pool)(async (trx) => trx, nothing)
  await expect(note(trx, 'one')).rejects.toThrow('had ended')
  expect(await notes()).toEqual([])
})
