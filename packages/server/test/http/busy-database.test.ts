import { createPool } from '@muster/server/store/database.ts'
import { type Muster, startMuster } from '@muster/testkit/muster.ts'
import { afterAll, beforeAll, expect, test } from 'vitest'

let muster: Muster
beforeAll(async () => {
  muster = await startMuster({ engine: 'postgres' })
})
afterAll(() => muster?.close())

test('a request that loses its database connection gets a 503 with Retry-After', async () => {
  const { token } = await muster.person('ada')
  const pool = createPool({ url: muster.server.database.url as string, size: 2, statementTimeoutSeconds: 30 })
  const holder = await pool.connect()
  await holder.query('begin; lock table session in access exclusive mode')
  const request = muster.call('GET', '/v1/me', { token })
  // While its statement waits for the lock, the connection is terminated, as in a failover.
  await expect
    .poll(async () => {
      const { rowCount } = await pool.query(
        "select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock' and query like '%session%'",
      )
      return rowCount
    })
    .toBeGreaterThan(0)
  const { status, headers, body } = await request
  await holder.query('rollback')
  holder.release()
  await pool.end()
  expect([status, body.code]).toEqual([503, 'unavailable'])
  expect(Number(headers.get('retry-after'))).toBeGreaterThan(0)
  // Other statements may have waited for the same lock, so a second pooled connection may be gone too.
  await expect.poll(async () => (await muster.call('GET', '/v1/me', { token })).status).toBe(200)
})
