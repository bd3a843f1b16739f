import type { OrganizationId, SessionId } from '@muster/contract/ids.ts'
import { builtIn } from '@muster/server/domain/model/role.ts'
import { memberFilter } from '@muster/server/domain/organizations/directory.ts'
import { createLimits } from '@muster/server/store/command/limit-store.ts'
import { type Database, openDatabase } from '@muster/server/store/database.ts'
import { createStore } from '@muster/server/store/transaction.ts'
import { startPostgres } from '@muster/testkit/postgres.ts'
import { databaseWorkOf } from '@muster/testkit/statement-counter.ts'
import { aWorld, type Person } from '@muster/testkit/world.ts'
import { sql } from 'kysely'
import { expect, test } from 'vitest'

const NOTHING = new Uint8Array(32)

/** A database with one connection, because pg_prepared_statements lists those of the current connection only. */
async function oneConnection(prepared: boolean): Promise<Database> {
  return openDatabase({ databaseUrl: await (await startPostgres()).createDatabase(), poolSize: 1, prepared })
}
const named = async ({ kysely }: Database): Promise<number> => {
  const { rows } = await sql<{ count: bigint }>`select count(*) as count from pg_prepared_statements`.execute(kysely)
  return Number(rows[0]?.count)
}
const often = async (ask: () => Promise<unknown>): Promise<void> => {
  for (let time = 0; time < 60; time++) await ask()
}

test('a statement is prepared when its plan does not depend on how much there is', async () => {
  const database = await oneConnection(true)
  const { reading } = createStore(database, { send: async () => {} }, { passwords: true })
  await often(() => reading.resources.page('org_nowhere' as OrganizationId, {}, { limit: 50 }))
  await often(() =>
    reading.memberships.page('org_nowhere' as OrganizationId, {
      ...memberFilter({ ...builtIn('admin'), scope: null }, { q: 'ada', status: 'active' }),
      limit: 50,
    }),
  )
  expect(await named(database)).toBe(0)
  await often(() => reading.sessions.liveState('ses_nobody' as SessionId, null))
  expect(await named(database)).toBe(1)
  await often(() => reading.memberships.page('org_nowhere' as OrganizationId, { ...memberFilter({ ...builtIn('admin'), scope: null }, {}), limit: 50 }))
  expect(await named(database)).toBe(2)
  await database.close()
})

test('no statement is prepared when MUSTER_PREPARED is off', async () => {
  const database = await oneConnection(false)
  const { reading } = createStore(database, { send: async () => {} }, { passwords: true })
  const limits = createLimits(database)
  await often(() => reading.sessions.liveState('ses_nobody' as SessionId, null))
  await limits.spend('invitation token by address', '192.0.2.1')
  expect(await named(database)).toBe(0)
  await database.close()
})

test('a prepared statement still works after a newer version adds a column (I13)', async () => {
  const database = await oneConnection(true)
  const store = createStore(database, { send: async () => {} }, { passwords: true })
  const alone = () => store.reading.sessions.liveState('ses_nobody' as SessionId, null)
  const inside = () => store.transaction(async (tx) => [await tx.refreshTokens.present(NOTHING), await tx.apiKeys.live({ tokenHash: NOTHING })])
  await often(alone)
  await often(inside)
  for (const table of ['session', 'account', 'membership', 'refresh_token', 'api_key', 'service_account', 'organization']) {
    await sql`alter table ${sql.table(table)} add column of_tomorrow text`.execute(database.kysely)
    await expect(inside()).resolves.toEqual([null, null])
    await expect(alone()).resolves.toBeNull()
  }
  expect(await named(database)).toBe(3)
  await database.close()
})

test('requests that arrive together share a statement, and each gets its own row', async () => {
  const world = await aWorld('postgres')
  const { people } = await world.organization({ ada: 'admin', bob: 'member' })
  const sessions = [people['ada'], people['bob']].map((person) => (person as Person).principal.sessionId)
  const { reading } = world.store
  const found: (string | undefined)[] = []
  const { statements } = await databaseWorkOf(async () => {
    const asked = [...sessions, 'ses_nobody' as SessionId, sessions[0] as SessionId]
    found.push(...(await Promise.all(asked.map((id) => reading.sessions.liveState(id, null)))).map((live) => live?.session.id))
  })
  expect(found).toEqual([...sessions, undefined, sessions[0]])
  expect(statements).toHaveLength(1)
  await world.close()
})

test('a request that arrives after a statement has begun is read by the next one', async () => {
  const world = await aWorld('postgres')
  const { people } = await world.organization({ ada: 'admin' })
  const { sessionId } = (people['ada'] as Person).principal
  const { reading } = world.store
  const before = reading.sessions.liveState(sessionId, null)
  await new Promise((resolve) => setImmediate(resolve))
  await reading.sessions.end(sessionId, 'signed_out')
  const after = await reading.sessions.liveState(sessionId, null)
  await before
  expect(after?.session.endedAt).not.toBeNull()
  await world.close()
})
