import assert from 'node:assert/strict'
import { type Muster, startMuster } from '@muster/testkit/muster.ts'
import { sql } from 'kysely'
import { afterAll, afterEach, beforeAll, test } from 'vitest'
import { answerDevice, browserOf, pollDevice, startDevice } from './conversation.ts'

let muster: Muster
beforeAll(async () => {
  muster = await startMuster()
})
afterAll(() => muster.close())
afterEach(async () => {
  await rows(sql`delete from device_authorization`)
  await rows(sql`delete from attempt`)
  await muster.clock.restore()
})

const rows = async <Row>(statement: ReturnType<typeof sql<Row>>): Promise<Row[]> => (await statement.execute(muster.server.database.kysely)).rows

/** Inserts as many pending requests as an attacker with many networks could leave, in batches that fit the statement timeout. */
async function flood(count: number): Promise<void> {
  for (let first = 1; first <= count; first += 5_000)
    await rows(sql`
      insert into device_authorization (id, device_code_hash, user_code, client_id, scope, params, address, network, expires_at)
      select 'dev_flood_' || n, decode(md5(n::text), 'hex'), 'FLOOD' || n, 'muster-cli', 'api', '{}', '198.18.0.1', '198.18.0.0/24', muster_now() + interval '10 minutes'
      from generate_series(${first}::int, ${Math.min(first + 4_999, count)}::int) n`)
}

const LONG = /^[BCDFGHJKLMNPQRSTVWXZ]{5}-[BCDFGHJKLMNPQRSTVWXZ]{5}$/
const SHORT = /^[BCDFGHJKLMNPQRSTVWXZ]{4}-[BCDFGHJKLMNPQRSTVWXZ]{4}$/

test('a flood of pending requests leaves others their logins, with longer codes (D09)', async () => {
  const ada = await muster.person('ada')
  await flood(49_999)
  assert.match((await startDevice(muster)).body.user_code, SHORT)
  const { status, body } = await startDevice(muster)
  assert.equal(status, 200)
  assert.match(body.user_code, LONG)
  assert.equal(body.verification_uri_complete, `${muster.url}/device?user_code=${body.user_code}`)

  const { cookie } = await browserOf(muster, ada)
  const page = await fetch(body.verification_uri_complete, { headers: { cookie } })
  assert.ok((await page.text()).includes(`value="${body.user_code}"`))
  await answerDevice(muster, ada, ` ${body.user_code.toLowerCase().replace('-', ' ')}`)
  assert.equal((await pollDevice(muster, body.device_code)).status, 200)
})

test('a network holds at most twenty pending requests during a flood (D09)', async () => {
  await flood(50_000)
  const answers = await Promise.all(Array.from({ length: 40 }, () => startDevice(muster)))
  assert.equal(answers.filter(({ status }) => status === 200).length, 20)
  const refused = answers.find(({ status }) => status !== 200)
  assert.deepEqual([refused?.status, refused?.headers.get('retry-after'), refused?.body.code], [429, '60', 'too_many_attempts'])
  await muster.clock.advance(601)
  assert.match((await startDevice(muster)).body.user_code, SHORT)
})

test('an unclaimed device request is not in the audit log', async () => {
  const ida = await muster.person('ida')
  const { body } = await startDevice(muster)
  const types = async () => (await rows(sql<{ type: string }>`select type from audit_event where type like 'device_authorization.%'`)).map(({ type }) => type)
  const before = await types()
  assert.equal(before.includes('device_authorization.requested'), false)
  await answerDevice(muster, ida, body.user_code)
  assert.deepEqual((await types()).slice(before.length), ['device_authorization.claimed', 'device_authorization.approved'])
})

test('a completed login does not count against the limit of its address', async () => {
  const eli = await muster.person('eli')
  await muster.server.services.limits.spend('device authorization by address', '127.0.0.1', 119)
  for (let login = 0; login < 3; login++) {
    const { status, body } = await startDevice(muster)
    assert.equal(status, 200)
    await answerDevice(muster, eli, body.user_code)
    assert.equal((await pollDevice(muster, body.device_code)).status, 200)
  }
  assert.equal((await startDevice(muster)).status, 200)
  assert.equal((await startDevice(muster)).status, 429)
})

test('a request above the limit of its address is counted and not stored (D09)', async () => {
  const state = async () => {
    const [found] = await rows(
      sql<{ points: number; stored: number }>`select points, (select count(*)::int from device_authorization) as stored
        from attempt where key = 'device-authorization-by-address:127.0.0.1'`,
    )
    return found ?? { points: 0, stored: 0 }
  }
  assert.equal((await startDevice(muster)).status, 200) // counts the pending requests, so that the statement of the next one spends its point
  await muster.server.services.limits.spend('device authorization by address', '127.0.0.1', 119)
  const before = await state()
  const { status, body } = await startDevice(muster)
  assert.deepEqual([status, body.error, body.code], [429, 'temporarily_unavailable', 'too_many_attempts'])
  assert.ok(body.retry_after > 0)
  assert.deepEqual(await state(), { points: before.points + 1, stored: before.stored })
})
