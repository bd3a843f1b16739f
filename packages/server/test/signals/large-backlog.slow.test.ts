import { type Muster, startMuster } from '@muster/testkit/muster.ts'
import { sql } from 'kysely'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { aResourceServer, aStream, BATCH, rowsOf } from './receiving.ts'

let muster: Muster
beforeAll(async () => {
  muster = await startMuster()
})
afterAll(() => muster.close())

test('a backlog of 100,000 revocations reaches a new receiver, each once', async () => {
  const service = await aResourceServer(muster)
  await sql`insert into revocation (kind, subject, value, expires_at)
    select 'session', 'ses_' || n, '{"reason":"token_revoked"}', now() + interval '1 day' from generate_series(1, 100000) n`.execute(
    muster.server.database.kysely,
  )
  const rows = rowsOf(await (await aStream(muster, service, { events_requested: [BATCH] })).drain()).filter(({ kind }) => kind === 'session')
  expect(rows).toHaveLength(100_000)
  expect(new Set(rows.map(({ subject }) => subject)).size).toBe(100_000)
})
