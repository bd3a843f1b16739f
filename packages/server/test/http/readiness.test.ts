import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { text } from 'node:stream/consumers'
import { moveDatabaseClock } from '@muster/testkit/clock.ts'
import { type Muster, startMuster } from '@muster/testkit/muster.ts'
import { afterAll, beforeAll, expect, test } from 'vitest'

// On PostgreSQL, because the embedded database uses this process's clock.
let muster: Muster
beforeAll(async () => {
  muster = await startMuster({ engine: 'postgres' })
})
afterAll(() => muster.close())

const databaseAhead = (seconds: number) => moveDatabaseClock(muster.server.database.kysely, seconds)

test('a process is ready only while its clock is right within two seconds (S54, I14)', async () => {
  for (const [seconds, status] of [
    [0, 200],
    [1, 200],
    [3, 503],
    [-1, 200],
    [-3, 503],
    [0, 200],
  ] as const) {
    await databaseAhead(seconds)
    expect([seconds, (await muster.call('GET', '/readyz')).status]).toEqual([seconds, status])
  }
  expect(muster.log.some((line) => line.includes("ms from the database's"))).toBe(true)
})

test("times in responses come from the database's clock (S54, S60)", async () => {
  await databaseAhead(600)
  const person = await muster.person('late')
  const { body } = await muster.call('GET', '/v1/me/sessions', { token: person.token })
  expect(new Date(body.items[0].created_at).getTime() - Date.now()).toBeGreaterThan(590_000)
  await databaseAhead(0)
})

test.each(['/v1/me', '/v1/forward-auth'])('a server that closes answers a request to %s that is under way (O5)', async (path) => {
  const other = await startMuster({ databaseUrl: muster.server.database.url as string })
  const { token } = await other.person(path.endsWith('me') ? 'early' : 'prompt')
  const { host, port } = new URL(other.url)
  const { server } = other.server.app
  const received = once(server, 'connection').then(([connection]) => once(connection as Socket, 'data'))
  const socket = connect(Number(port), '127.0.0.1')
  socket.write(`GET ${path} HTTP/1.1\r\nHost: ${host}\r\n`)
  await received
  const closed = other.close()
  await expect.poll(() => server.listening).toBe(false)
  socket.write(`Authorization: Bearer ${token}\r\n\r\n`)
  const answer = await text(socket)
  expect(answer).toMatch(/^HTTP\/1\.1 200 /)
  expect(answer.toLowerCase()).toContain('connection: close')
  await closed
})
