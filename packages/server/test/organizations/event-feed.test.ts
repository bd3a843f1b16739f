import { setTimeout as sleep } from 'node:timers/promises'
import { WAITING_MOST } from '@muster/server/signals/events/waiters.ts'
import { type Answer, type Human, type Muster, OPERATOR_TOKEN, startMuster } from '@muster/testkit/muster.ts'
import { sql } from 'kysely'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'

// The audit log as a feed (P20): who reads it, from where, and how a request waits for the next event.

interface FeedEvent {
  id: string
  position: number
  cursor: string
  action: string
  target: { id: string; name: string | null }
  organization_id?: string | null
}

let muster: Muster
let people: Record<string, Human>
let eve: Human
beforeAll(async () => {
  muster = await startMuster()
  people = await muster.organization({ ada: 'admin', bob: 'member', carol: 'admin' })
  eve = (await muster.organization({ eve: 'admin' }))['eve'] as Human
})
afterAll(() => muster.close())

const ada = () => people['ada'] as Human
const read = (query = '', token: string | undefined = ada().token, of = 'ada'): Promise<Answer> =>
  muster.call('GET', `/v1/organizations/${of}/events?${query}`, { token })
const readAsOperator = (query = '', token: string | undefined = OPERATOR_TOKEN): Promise<Answer> =>
  muster.call('GET', `/v1/operator/events?${query}`, { token })

/** Waits until every event has its position. */
const settled = () =>
  expect.poll(async () => (await sql<{ n: bigint }>`select count(*) as n from event_arrival`.execute(muster.server.database.kysely)).rows[0]?.n).toBe(0n)

type Reading = (query?: string, token?: string) => Promise<Answer>

/** Waits for the next event with this credential, makes the change meanwhile, and returns the answer. */
async function waitDuring(reading: Reading, token: string | undefined, change: () => Promise<unknown>): Promise<Answer> {
  await settled()
  const place = (await reading('after=now', token)).body.next_after
  const waiting = reading(`after=${place}&wait=10`, token)
  await sleep(200) // it waits by now
  await change()
  return waiting
}

let changes = 0
/** Records an event of ada's organization. */
const change = (): Promise<Answer> => muster.call('POST', '/v1/me/keys', { token: ada().token, body: { description: `key ${++changes}`, scope: 'all' } })
const operate = (method: string, path: string, body?: unknown): Promise<Answer> => muster.call(method, `/v1/operator${path}`, { token: OPERATOR_TOKEN, body })

async function client(scopes: string[]): Promise<{ id: string; token: string }> {
  const { body } = await operate('POST', '/clients', { name: 'A mirror', grants: ['client_credentials'], scopes })
  const form = new URLSearchParams({ grant_type: 'client_credentials', client_id: body.id, client_secret: body.secret, scope: scopes.join(' ') })
  const answer = await fetch(`${muster.url}/oauth/token`, { method: 'POST', body: form })
  return { id: body.id, token: ((await answer.json()) as { access_token: string }).access_token }
}

describe('the feed of an organization (P20)', () => {
  test('an admin reads the events of the audit log in order, from the first one', async () => {
    await settled()
    const { status, body } = await read('limit=500')
    expect(status).toBe(200)
    const items = body.items as FeedEvent[]
    expect(items.map(({ position }) => position)).toEqual(items.map((_, index) => index + 1))
    const log = (await muster.call('GET', '/v1/organizations/ada/audit-events?limit=100', { token: ada().token })).body.items.toReversed()
    expect(items.map(({ position: _, cursor: __, ...event }) => event)).toEqual(log)
    expect(body.next_after).toBe(items.at(-1)?.cursor)
  })

  test('a reader continues after the cursor of any event', async () => {
    const all = (await read('limit=500')).body.items as FeedEvent[]
    const pages: FeedEvent[] = []
    for (let after = 'start'; ; ) {
      const { body } = await read(`limit=2&after=${after}`)
      if (body.items.length === 0) break
      pages.push(...body.items)
      after = body.next_after
    }
    expect(pages).toEqual(all)
    expect((await read(`after=${all[2]?.cursor}&limit=1`)).body.items[0]).toEqual(all[3])
  })

  test('a request that waits gets the next event at once', async () => {
    await settled()
    const { body } = await read('after=now')
    expect(body.items).toEqual([])
    const began = performance.now()
    const waiting = read(`after=${body.next_after}&wait=20`)
    await change()
    expect((await waiting).body.items).toMatchObject([{ action: 'key.created' }])
    expect(performance.now() - began).toBeLessThan(5_000)
  })

  test('a request that waits in vain ends with the same place', async () => {
    await settled()
    const place = (await read('after=now')).body.next_after
    expect((await read(`after=${place}&wait=1`)).body).toEqual({ items: [], next_after: place })
  })

  test('an event of another organization ends no wait', async () => {
    await settled()
    const place = (await read('after=now')).body.next_after
    const began = performance.now()
    const waiting = read(`after=${place}&wait=2`)
    await muster.call('POST', '/v1/me/keys', { token: eve.token, body: { description: 'x', scope: 'all' } })
    expect((await waiting).body.items).toEqual([])
    expect(performance.now() - began).toBeGreaterThan(1_900)
  })

  test('a waiting request looks again when notices may have been lost', async () => {
    await settled()
    const place = (await read('after=now')).body.next_after
    await sleep(600) // the sequencer has looked since the last event
    const began = performance.now()
    const waiting = read(`after=${place}&wait=20`)
    await sleep(200) // it waits by now
    const { kysely } = muster.server.database
    await sql`select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and application_name = 'muster-notices'`.execute(kysely)
    expect((await waiting).body).toEqual({ items: [], next_after: place })
    expect(performance.now() - began).toBeLessThan(10_000)
  })

  test('a fifth waiting request of a credential ends the oldest', async () => {
    await settled()
    const place = (await read('after=now')).body.next_after
    const answered: Answer[] = []
    const waiting = Array.from({ length: WAITING_MOST }, () => read(`after=${place}&wait=20`).then((answer) => void answered.push(answer)))
    await sleep(300)
    const fifth = read(`after=${place}&wait=1`)
    await expect.poll(() => answered.length, { timeout: 10_000 }).toBe(1) // less than they wait
    expect(answered[0]).toMatchObject({ status: 429, body: { code: 'too_many_attempts' } })
    expect(Number(answered[0]?.headers.get('retry-after'))).toBeGreaterThanOrEqual(3) // so that it does not ask at once, and end the next one
    expect((await fifth).status).toBe(200)
    await change()
    await Promise.all(waiting)
    expect(answered.slice(1).map(({ status, body }) => [status, body.items.length])).toEqual(Array(WAITING_MOST - 1).fill([200, 1]))
  })

  test('a caller with the wrong role, organization or credential is refused (E72)', async () => {
    const answers = await Promise.all([read('', people['bob']?.token), read('', eve.token), read('', ''), read('', OPERATOR_TOKEN)])
    expect(answers.map(({ body }) => body.code)).toEqual(['forbidden', 'organization_not_found', 'invalid_token', 'invalid_token'])
  })

  test('a cursor that this feed has not returned is refused, and so is other text (E72)', async () => {
    const [event] = (await read('limit=1')).body.items as [FeedEvent]
    const installation = (await readAsOperator('limit=500')).body.items as FeedEvent[]
    const foreign = installation.find(({ organization_id: id }) => id !== null && id !== installation.find(({ id }) => id === event.id)?.organization_id)
    const unknown = [`2-${event.id}`, `999999-${event.id}`, foreign?.cursor, `1-${foreign?.id}`]
    for (const after of unknown) expect([(await read(`after=${after}`)).status, (await read(`after=${after}`)).body.code]).toEqual([410, 'cursor_gone'])
    for (const after of ['0', '-1', 'x', `0-${event.id}`, `1-${event.id.replace('evt', 'key')}`])
      expect((await read(`after=${after}`)).body.code).toBe('invalid_request')
  })
})

describe('a request that waits when its access ends (E73)', () => {
  test('a demoted admin gets no event', async () => {
    const answer = await waitDuring(read, people['carol']?.token, () =>
      muster.call('PATCH', '/v1/organizations/ada/members/carol', { token: ada().token, body: { role: 'member' } }),
    )
    expect(answer.body).toMatchObject({ status: 403, code: 'forbidden' })
  })

  test('a revoked key gets no event', async () => {
    const { body: key } = await change()
    const answer = await waitDuring(read, key.key, () => muster.call('DELETE', `/v1/me/keys/${key.id}`, { token: ada().token }))
    expect(answer.body).toMatchObject({ status: 401, code: 'token_revoked' })
  })

  test('a removed client gets no event', async () => {
    const { id, token } = await client(['platform:events:read'])
    const answer = await waitDuring(readAsOperator, token, () => operate('DELETE', `/clients/${id}`))
    expect(answer.body).toMatchObject({ status: 401, code: 'token_revoked' })
  })

  test('a revoked operator token gets no event', async () => {
    const { body: named } = await operate('POST', '/tokens', { name: 'mirror' })
    const answer = await waitDuring(readAsOperator, named.token, () => operate('DELETE', '/tokens/mirror'))
    expect(answer.body).toMatchObject({ status: 401, code: 'operator_required' })
  })
})

describe('the feed of the installation (P20)', () => {
  test('a client with the scope reads the events of all organizations', async () => {
    const { token } = await client(['platform:events:read'])
    await settled()
    const { status, body } = await readAsOperator('limit=500', token)
    expect(status).toBe(200)
    const items = body.items as FeedEvent[]
    expect(items.map(({ position }) => position)).toEqual(items.map((_, index) => index + 1))
    expect(new Set(items.map(({ organization_id: id }) => id)).size).toBeGreaterThan(2)
    expect(body.items).toEqual((await readAsOperator(`limit=${items.length}`)).body.items)
  })

  test('a client gets invited addresses only with the right to read users (P15, E75)', async () => {
    await muster.call('POST', '/v1/organizations/ada/invitations', { token: ada().token, body: { email: 'guest@example.com' } })
    await settled()
    const [mirror, reader] = await Promise.all([client(['platform:events:read']), client(['platform:events:read', 'platform:users:read'])])
    const names = async (token?: string) =>
      ((await readAsOperator('limit=500', token)).body.items as FeedEvent[])
        .filter(({ target }) => target.id.startsWith('inv_'))
        .map(({ target }) => target.name)
    const uses = async () =>
      (await sql<{ target: string }>`select target from audit_event where type = 'client.addresses_read'`.execute(muster.server.database.kysely)).rows
    expect(new Set(await names(mirror.token))).toEqual(new Set([null]))
    expect(JSON.stringify((await readAsOperator('limit=500', mirror.token)).body)).not.toContain('@example.com')
    expect(await uses()).toEqual([])
    for (const token of [reader.token, reader.token, undefined]) expect(await names(token)).toContain('guest@example.com')
    expect(await uses()).toEqual([{ target: reader.id }])
  })

  test('a caller without the scope, a person and a key are refused (E72)', async () => {
    const other = await client(['hosts:read'])
    const { body: key } = await change()
    const answers = await Promise.all([other.token, ada().token, key.key, 'nonsense', 'eyJnonsense'].map((token) => readAsOperator('', token)))
    expect(answers.map(({ body }) => body.code)).toEqual([
      'insufficient_scope',
      'operator_required',
      'operator_required',
      'operator_required',
      'operator_required',
    ])
  })

  test('a reader of an empty feed starts at its beginning', async () => {
    const empty = await startMuster()
    await sql`select 1`.execute(empty.server.database.kysely)
    const { body } = await empty.call('GET', '/v1/operator/events?after=now', { token: OPERATOR_TOKEN })
    expect(body.items).toEqual([])
    expect(body.next_after).toMatch(/^(start|\d+-evt_\w+)$/)
    await empty.close()
  })

  test('a drain answers the requests that wait', async () => {
    const other = await startMuster()
    const place = (await other.call('GET', '/v1/operator/events?after=now', { token: OPERATOR_TOKEN })).body.next_after
    const began = performance.now()
    const waiting = other.call('GET', `/v1/operator/events?after=${place}&wait=30`, { token: OPERATOR_TOKEN })
    await sleep(200)
    await other.server.drain()
    expect((await waiting).status).toBe(200)
    expect(performance.now() - began).toBeLessThan(10_000)
    await other.close()
  })
})
