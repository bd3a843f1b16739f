import { setTimeout as sleep } from 'node:timers/promises'
import { type Human, type Muster, OPERATOR_TOKEN, startMuster } from '@muster/testkit/muster.ts'
import { startPostgres } from '@muster/testkit/postgres.ts'
import type { ServerProcess } from '@muster/testkit/process.ts'
import { sql } from 'kysely'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { aServerProcess, callerAt } from '../signals/servers.ts'

// Nothing is left out of the feed and nothing is out of order (P18, P20), while 20 writers change things and two of three processes are killed.

const WRITERS = 20
const CHANGES = 300

let muster: Muster
let processes: ServerProcess[]
let people: Human[]
let platform: string
beforeAll(async () => {
  muster = await startMuster({ databaseUrl: await (await startPostgres()).createDatabase() })
  people = await Promise.all(Array.from({ length: WRITERS }, (_, n) => muster.person(`writer${n}`)))
  platform = await platformToken()
  processes = await Promise.all([aServerProcess(muster), aServerProcess(muster), aServerProcess(muster)])
})
afterAll(async () => {
  for (const one of processes) if (one.isRunning()) await one.stop()
  await muster.close()
})

/** A platform's client, whose registrations have no limit. */
async function platformToken(): Promise<string> {
  const client = { name: 'Platform', grants: ['client_credentials'], scopes: ['resources:register'] }
  const { body } = await muster.call('POST', '/v1/operator/clients', { token: OPERATOR_TOKEN, body: client })
  const form = new URLSearchParams({ grant_type: 'client_credentials', client_id: body.id, client_secret: body.secret, scope: 'resources:register' })
  return ((await (await fetch(`${muster.url}/oauth/token`, { method: 'POST', body: form })).json()) as { access_token: string }).access_token
}

interface Written {
  request: string
  began: number
  ended: number
}

interface Seen {
  id: string
  position: number
  request_id: string
}

const running = (): ServerProcess => {
  const alive = processes.filter((one) => one.isRunning())
  return alive[Math.floor(Math.random() * alive.length)] as ServerProcess
}

/** Follows a feed as a consumer does: from its cursor, at any process, again after a failure. */
function follow(path: string, token: string): { seen: Seen[]; stop(): Promise<void> } {
  const seen: Seen[] = []
  let ending = false
  const run = async (): Promise<void> => {
    for (let after = 'start'; !ending; ) {
      try {
        const { status, body } = await callerAt(running().url)('GET', `${path}?after=${after}&wait=2&limit=50`, { token })
        if (status !== 200) throw new Error(JSON.stringify(body))
        seen.push(...body.items)
        after = body.next_after
      } catch {
        await sleep(20)
      }
    }
  }
  const following = run()
  return {
    seen,
    async stop() {
      ending = true
      await following
    },
  }
}

test('a consumer gets every event once, in order, when processes are killed (P18)', async () => {
  const installation = follow('/v1/operator/events', OPERATOR_TOKEN)
  const [first] = people as [Human]
  const organization = follow(`/v1/organizations/${first.name}/events`, first.token)
  const written: Written[] = []
  const writing = people.map(async ({ name }) => {
    for (let n = 0; written.length < CHANGES; n++) {
      const began = performance.now()
      try {
        const { status, headers } = await callerAt(running().url)('PUT', `/v1/organizations/${name}/resources/database/thing-${n}`, {
          token: platform,
          body: { owner: name },
        })
        if (status < 300) written.push({ request: headers.get('x-request-id') as string, began, ended: performance.now() })
      } catch {
        await sleep(20) // the process was killed
      }
    }
  })
  for (const [index, part] of [CHANGES / 3, (2 * CHANGES) / 3].entries()) {
    while (written.length < part) await sleep(10)
    await processes[index]?.kill()
  }
  await Promise.all(writing)

  const { kysely } = muster.server.database
  const count = async (): Promise<bigint | undefined> => (await sql<{ n: bigint }>`select count(*) as n from audit_event`.execute(kysely)).rows[0]?.n
  await expect
    .poll(async () => [BigInt(installation.seen.length), await sql`select from event_arrival`.execute(kysely).then(({ rows }) => rows.length)], {
      timeout: 30_000,
    })
    .toEqual([await count(), 0])
  await Promise.all([installation.stop(), organization.stop()])

  expect(installation.seen.map(({ position }) => position)).toEqual(installation.seen.map((_, index) => index + 1))
  expect(new Set(installation.seen.map(({ id }) => id)).size).toBe(installation.seen.length)
  const { rows } = await sql<{
    id: string
  }>`select e.id from audit_event e join organization o on o.id = e.organization_id where o.name = ${first.name}`.execute(kysely)
  expect(organization.seen.map(({ position }) => position)).toEqual(rows.map((_, index) => index + 1))

  // A change that was answered before another was requested stands before it, at whatever process.
  const places = new Map(installation.seen.map(({ request_id: request, position }) => [request, position]))
  const inOrder = written.toSorted((a, b) => (places.get(a.request) ?? 0) - (places.get(b.request) ?? 0))
  expect(inOrder.filter(({ request }) => !places.has(request))).toEqual([])
  let latest = Number.NEGATIVE_INFINITY
  for (const { began, ended } of inOrder) {
    expect(latest).toBeLessThanOrEqual(ended)
    latest = Math.max(latest, began)
  }
})

test('the embedded engine gives events their positions too (P18)', async () => {
  const embedded = await startMuster({ engine: 'pglite' })
  const { ada } = await embedded.organization({ ada: 'admin', bob: 'member' })
  const read = (after: string) => embedded.call('GET', `/v1/organizations/ada/events?after=${after}&wait=10`, { token: ada?.token })
  await expect.poll(async () => (await sql`select from event_arrival`.execute(embedded.server.database.kysely)).rows).toEqual([])
  const { items, next_after: place } = (await read('start')).body
  expect(items.map(({ position }: Seen) => position)).toEqual(items.map((_: Seen, index: number) => index + 1))
  const waiting = read(place)
  await embedded.call('POST', '/v1/me/keys', { token: ada?.token, body: { description: 'x', scope: 'all' } })
  expect((await waiting).body.items).toMatchObject([{ action: 'key.created', position: items.length + 1 }])
  await embedded.close()
})
