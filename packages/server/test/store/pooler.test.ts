import { createPool, openDatabase, PoolerWithoutStatements } from '@muster/server/store/database.ts'
import { preparePoints } from '@muster/server/store/engine/prepared.ts'
import { startPostgres } from '@muster/testkit/postgres.ts'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startForgetfulPooler } from './forgetful-pooler.ts'

// Behind a pooler that loses named statements, some requests would fail at random. The server detects such a pooler when it starts.

let pooler: Awaited<ReturnType<typeof startForgetfulPooler>>
let direct: string
beforeAll(async () => {
  direct = await (await startPostgres()).createDatabase()
  pooler = await startForgetfulPooler(direct)
})
afterAll(() => pooler.stop())

test('opening the database is refused behind a pooler that loses named statements (O6)', async () => {
  const opening = openDatabase({ databaseUrl: pooler.url })
  await expect(opening).rejects.toBeInstanceOf(PoolerWithoutStatements)
  await expect(opening).rejects.toThrow('Set MUSTER_PREPARED=off')
})

test('the database opens behind such a pooler when MUSTER_PREPARED is off', async () => {
  const database = await openDatabase({ databaseUrl: pooler.url, prepared: false })
  await database.close()
})

test('an error names the pooler when a named statement is lost later', async () => {
  const pool = createPool({ url: pooler.url, size: 1, statementTimeoutSeconds: 30 })
  preparePoints(pool)
  const client = await pool.connect()
  const useTwice = async () => {
    for (let time = 0; time < 2; time++) await client.query('/* point */ select 1', [])
  }
  await expect(useTwice()).rejects.toBeInstanceOf(PoolerWithoutStatements)
  client.release(true)
  await pool.end()
})
