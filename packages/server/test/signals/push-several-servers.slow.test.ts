import { type Human, type Muster, startMuster } from '@muster/testkit/muster.ts'
import { startPostgres } from '@muster/testkit/postgres.ts'
import { sql } from 'kysely'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { aResourceServer, aStream, type ResourceServer } from './receiving.ts'
import { anotherServer, aServerProcess, callerAt } from './servers.ts'
import { aSink, reject } from './sink.ts'

// Any of several server processes over one PostgreSQL may push, and another continues where one stops.

let one: Muster
let service: ResourceServer
beforeEach(async () => {
  one = await startMuster({ databaseUrl: await (await startPostgres()).createDatabase() })
  service = await aResourceServer(one)
})
const open: { close(): Promise<unknown> }[] = []
afterEach(async () => {
  for (const each of open.splice(0)) await each.close()
})

/** Starts and ends sessions, and returns their ids. */
async function endSessions(human: Human, count: number): Promise<string[]> {
  const ended: string[] = []
  for (let round = 0; round < count; round++) {
    const { sessionId, token } = await one.login(human)
    await one.call('DELETE', '/v1/me/sessions/current', { token })
    ended.push(sessionId)
  }
  return ended
}

test('no event is lost when a server is killed while it pushes', async () => {
  const ended = await endSessions(await one.person('ada'), 20)
  const third = await aServerProcess(one)
  open.push({ close: third.kill })
  await one.close()
  let killed = false
  let unanswered = 0
  const heard = new Set<string>()
  const sink = await aSink((set, response) => {
    // By then the sink has answered some events and left others unanswered.
    if (!killed && heard.size >= 5) {
      unanswered += 1
      return
    }
    heard.add(set['muster']?.subject)
    response.writeHead(202).end()
  })
  open.push(sink)
  const { id } = await aStream({ ...one, call: callerAt(third.url) } as Muster, service, { delivery: sink.delivery })
  await expect.poll(() => unanswered, { timeout: 60_000, interval: 20 }).toBeGreaterThan(0)
  await third.kill()
  killed = true
  expect(ended.every((subject) => heard.has(subject))).toBe(false)
  const two = await anotherServer(one)
  open.push(two)
  // While the killed process could still be pushing, no other may. The update makes that minute pass.
  await sql`update receiver set push_after = push_after - interval '1 minute' where id = ${id}`.execute(two.server.database.kysely)
  await expect.poll(() => ended.filter((subject) => !heard.has(subject)), { timeout: 60_000 }).toEqual([])
})

test('events behind a rejected one are not pushed again by every server', async () => {
  const ada = await one.person('ada')
  const two = await anotherServer(one)
  open.push(two, one)
  const [rejected = ''] = await endSessions(ada, 1)
  const sink = await aSink((set, response) => (set['muster']?.subject === rejected ? reject(response) : response.writeHead(202).end()))
  open.push(sink)
  const stream = await aStream(one, service, { delivery: sink.delivery })
  const times = (subject: string) => sink.received.filter(({ muster }) => muster?.subject === subject).length
  // Each server learns separately that this event is rejected.
  await expect.poll(() => times(rejected), { timeout: 60_000 }).toBe(2)
  const ended = await endSessions(ada, 20)
  await expect.poll(() => ended.filter((subject) => times(subject) === 0), { timeout: 60_000 }).toEqual([])
  await new Promise((resolve) => setTimeout(resolve, 5_000)) // Both servers have read the stream several times by then.
  expect(times(rejected)).toBe(2)
  // A notice may be late or lost, so an event is sometimes pushed twice.
  expect(ended.reduce((sum, subject) => sum + times(subject), 0)).toBeLessThanOrEqual(25)
  await stream.remove()
})
