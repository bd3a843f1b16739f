import { asProblem } from '@muster/server/http/problem.ts'
import { openDatabase } from '@muster/server/store/database.ts'
import { startMuster } from '@muster/testkit/muster.ts'
import { startPostgres } from '@muster/testkit/postgres.ts'
import { sql } from 'kysely'
import { describe, expect, onTestFinished, test } from 'vitest'

async function twoConnections() {
  const databaseUrl = await (await startPostgres()).createDatabase()
  const [database, other] = await Promise.all([openDatabase({ databaseUrl }), openDatabase({ databaseUrl })])
  onTestFinished(async () => void (await Promise.all([database.close(), other.close()])))
  const terminate = async (pid: number | undefined): Promise<void> => {
    await sql`select pg_terminate_backend(${pid}::int)`.execute(other.kysely)
    await new Promise((resolve) => setTimeout(resolve, 200))
  }
  return { database, terminate }
}

test('a connection lost during a transaction fails the transaction and not the process', async () => {
  const { database, terminate } = await twoConnections()
  const lost = database.kysely.transaction().execute(async (trx) => {
    const { rows } = await sql<{ pid: number }>`select pg_backend_pid() as pid`.execute(trx)
    await terminate(rows[0]?.pid)
    await sql`select 1`.execute(trx)
  })
  await expect(lost).rejects.toThrow()
  expect((await sql<{ one: number }>`select 1 as one`.execute(database.kysely)).rows).toEqual([{ one: 1 }])
})

describe('a request gets 503 with Retry-After when its connection to the database', () => {
  const unavailable = { code: 'unavailable', extensions: { retry_after: 2 } }

  test('is lost inside a transaction', async () => {
    const { database, terminate } = await twoConnections()
    const error = await database.kysely
      .transaction()
      .execute(async (trx) => {
        const { rows } = await sql<{ pid: number }>`select pg_backend_pid() as pid`.execute(trx)
        await terminate(rows[0]?.pid)
        await sql`select 1`.execute(trx)
      })
      .catch((thrown: Error) => thrown)
    expect(asProblem(error as Error), String(error)).toMatchObject(unavailable)
  })

  test('was lost before its next statement', async () => {
    const { database, terminate } = await twoConnections()
    const client = await database.pool?.connect()
    const { rows } = (await client?.query('select pg_backend_pid() as pid')) ?? { rows: [] }
    await terminate(rows[0]?.pid)
    const error = await client?.query('select 1').catch((thrown: Error) => thrown)
    client?.release(true)
    expect(String(error)).toContain('not queryable')
    expect(asProblem(error as Error)).toMatchObject(unavailable)
  })

  test('is terminated repeatedly while requests run', async () => {
    const muster = await startMuster({ engine: 'postgres' })
    onTestFinished(() => muster.close())
    const { token } = await muster.person('ada')
    const other = await openDatabase({ databaseUrl: muster.config.databaseUrl as string })
    onTestFinished(() => other.close())
    let running = true
    const killing = (async () => {
      while (running) {
        await sql`select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()`.execute(other.kysely)
        await new Promise((resolve) => setTimeout(resolve, 10))
      }
    })()
    const answers: [status: number, retryAfter: string | null][] = []
    const worker = async (): Promise<void> => {
      for (let n = 0; n < 8; n++) {
        const { status, headers } = await muster.call('PATCH', '/v1/me', { token, body: { given_name: `Ada ${n}` } })
        answers.push([status, status === 503 ? headers.get('retry-after') : '2'])
      }
    }
    await Promise.all(Array.from({ length: 8 }, worker))
    running = false
    await killing
    // Closing the server uses the pool, so the pool must first notice its lost connections.
    const healthy = async () => {
      const asked = Array.from({ length: 10 }, () => sql`select 1`.execute(muster.server.database.kysely))
      return (await Promise.allSettled(asked)).every(({ status }) => status === 'fulfilled')
    }
    await expect.poll(healthy).toBe(true)
    expect(new Set(answers.map(([status]) => status)).has(503)).toBe(true)
    expect(answers.filter(([status, retryAfter]) => ![200, 503].includes(status) || retryAfter !== '2')).toEqual([])
  })
})

test('each connection ends a transaction that is idle for 15 seconds', async () => {
  const database = await openDatabase({ databaseUrl: await (await startPostgres()).createDatabase(), poolSize: 2 })
  const settings = await Promise.all(
    [1, 2].map(() => sql<{ idle: string }>`select current_setting('idle_in_transaction_session_timeout') as idle`.execute(database.kysely)),
  )
  expect(settings.map(({ rows }) => rows[0]?.idle)).toEqual(['15s', '15s'])
  await database.close()
})
