import { setTimeout as sleep } from 'node:timers/promises'
import type { LiveState } from '@muster/server/domain/model/live.ts'
import type { UserPrincipal } from '@muster/server/domain/model/principal.ts'
import type { Notices, RecordedRevocation } from '@muster/server/domain/model/revocation.ts'
import { type Changes, createChanges, WAITING_MOST } from '@muster/server/signals/changes.ts'
import { createFeed } from '@muster/server/signals/feed.ts'
import { type Human, type Muster, OPERATOR_TOKEN } from '@muster/testkit/muster.ts'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { anotherServer, severalServers } from './servers.ts'

// `GET /v1/me/changes`: a request that waits until a revocation concerns its caller.

describe('with two server processes on PostgreSQL', () => {
  let one: Muster
  let two: Muster
  let people: Record<string, Human>
  beforeAll(async () => {
    ;[one, two] = (await severalServers(2)) as [Muster, Muster]
    people = await one.organization({ ada: 'admin', bob: 'member', carol: 'member', dave: 'member', erin: 'member', frank: 'member' })
  })
  afterAll(async () => {
    await two.close()
    await one.close()
  })
  const human = (name: string) => people[name] as Human
  const asAdmin = (method: string, path: string, body?: unknown) => one.call(method, `/v1/organizations/ada${path}`, { token: human('ada').token, body })
  const waitAt = (at: Muster, token: string, seconds = 30) => at.call('GET', '/v1/me/changes', { token, headers: { prefer: `wait=${seconds}` } })
  /** Sleeps long enough for a request to be authenticated and to start waiting. */
  const untilItWaits = () => sleep(1_000)

  test.each<[string, string, () => Promise<unknown>]>([
    ['is deactivated', 'bob', () => asAdmin('POST', '/members/bob/deactivate')],
    ['is removed', 'carol', () => asAdmin('DELETE', '/members/carol')],
    ['becomes admin', 'dave', () => asAdmin('PATCH', '/members/dave', { role: 'admin' })],
    ['logs out', 'erin', () => one.call('DELETE', '/v1/me/sessions/current', { token: human('erin').token })],
    ['is in an organization that is suspended', 'frank', () => one.call('POST', '/v1/operator/organizations/ada/suspend', { token: OPERATOR_TOKEN, body: {} })],
  ])('a request at one server is answered when its member %s at the other', async (_, name, change) => {
    const { token } = human(name)
    const waiting = waitAt(two, token)
    await untilItWaits()
    const begun = performance.now()
    await change()
    const { status, body, headers } = await waiting
    expect([status, body]).toEqual([200, { changed: true }])
    expect(headers.get('preference-applied')).toBe('wait=30')
    expect(headers.get('cache-control')).toBe('no-store')
    expect(performance.now() - begun, 'not the end of its time').toBeLessThan(20_000)
  })

  test('a request without Prefer is answered at once, and a revoked caller is refused', async () => {
    const { gus } = (await one.organization({ gus: 'admin' })) as Record<'gus', Human>
    expect((await two.call('GET', '/v1/me/changes', { token: gus.token })).body).toEqual({ changed: false })
    expect(await two.call('GET', '/v1/me/changes', { token: human('erin').token, headers: { prefer: 'wait=30' } })).toMatchObject({
      status: 401,
      body: { code: 'token_revoked' },
    })
  })

  test('a waiting request costs no query of its own', async () => {
    const { hal } = (await one.organization({ hal: 'admin' })) as Record<'hal', Human>
    let queries = 0
    const executor = two.server.database.kysely.getExecutor()
    const executeQuery = executor.executeQuery.bind(executor)
    Object.assign(executor, {
      executeQuery(...given: Parameters<typeof executeQuery>) {
        queries += 1
        return executeQuery(...given)
      },
    })
    const queriesInThreeSeconds = async () => {
      queries = 0
      await sleep(3_000)
      return queries
    }
    const byItself = await queriesInThreeSeconds()
    const waiting = Array.from({ length: WAITING_MOST }, () => waitAt(two, hal.token, 7))
    await sleep(2_000)
    const whileTheyWait = await queriesInThreeSeconds()
    expect((await Promise.all(waiting)).map(({ body }) => body)).toEqual(Array.from({ length: WAITING_MOST }, () => ({ changed: false })))
    expect(byItself, 'the queries are counted').toBeGreaterThan(0)
    // One query of each request in each second would be twelve.
    expect(whileTheyWait).toBeLessThan(byItself + 2 * WAITING_MOST)
  }, 30_000)

  test('a server that shuts down answers the requests that wait', async () => {
    const { ivy } = (await one.organization({ ivy: 'admin' })) as Record<'ivy', Human>
    const three = await anotherServer(one)
    const waiting = waitAt(three, ivy.token)
    await untilItWaits()
    await three.close()
    expect((await waiting).body).toEqual({ changed: false })
  })
})

describe('in one process', () => {
  const now = new Date()
  const caller = (name: string, expiresIn = 3_600_000) => ({
    principal: { kind: 'user', userId: `usr_${name}`, sessionId: `ses_${name}`, token: null } as unknown as UserPrincipal,
    live: { now, session: { clientId: null, expiresAt: new Date(now.getTime() + expiresIn) }, organization: { id: 'org_1' } } as unknown as LiveState,
  })
  let announce: Notices['revocation']
  let changes: Changes
  let end: () => number
  let stop: () => void
  beforeAll(async () => {
    const feed = await createFeed({
      source: {
        since: async () => ({ watermark: 1n, revocations: [], next: null }),
        listen: async ({ revocation }) => {
          announce = revocation
          return async () => {}
        },
      },
      onError: (error) => {
        throw error
      },
    })
    const ending = new AbortController()
    changes = createChanges({ feed, draining: new AbortController().signal, ending: ending.signal })
    end = () => feed.log.end
    stop = () => ending.abort()
  })
  test('a wait begins behind the first read of the log, whose revocations are no news', async () => {
    const firstRead = Promise.withResolvers<void>()
    const old = { id: 7n, xid: 7n, kind: 'session', subject: 'ses_old', value: { reason: 'token_revoked' }, awaited: false } as const
    const feed = await createFeed({
      source: {
        since: async () => {
          await firstRead.promise
          return { watermark: 8n, revocations: [{ ...old, at: new Date(), expiresAt: new Date(Date.now() + 3_600_000) }], next: null }
        },
        listen: async () => async () => {},
      },
      onError: (error) => {
        throw error
      },
    })
    const beginning = createChanges({ feed, draining: new AbortController().signal, ending: new AbortController().signal }).begin(new AbortController().signal)
    expect(feed.log.end).toBe(0)
    firstRead.resolve()
    expect(await beginning).toBe(1)
    await feed.stop()
  })

  let id = 0n
  const revoke = (kind: 'session' | 'user', subject: string) =>
    announce({
      id: ++id,
      xid: id,
      kind,
      subject,
      value: kind === 'user' ? { belowEpoch: Number(id), reason: 'user_deactivated' } : { reason: 'token_revoked' },
      at: new Date(),
      expiresAt: new Date(Date.now() + 3_600_000),
      awaited: false,
    } satisfies RecordedRevocation)
  const waiting = (who: ReturnType<typeof caller>, { milliseconds = 30_000, from = end(), closed = new AbortController() } = {}) =>
    changes.wait(who, { from, milliseconds, closed: closed.signal })

  test('a fifth request of a session ends the oldest, and no other session', async () => {
    const ended: number[] = []
    const other = waiting(caller('other'))
    const all = Array.from({ length: WAITING_MOST + 1 }, (_, number) => waiting(caller('many')).then((changed) => ended.push(number) && changed))
    await expect.poll(() => ended).toEqual([0])
    revoke('session', 'ses_many')
    expect(await Promise.all(all)).toEqual([false, ...Array.from({ length: WAITING_MOST }, () => true)])
    revoke('session', 'ses_other')
    expect(await other).toBe(true)
  })

  test('a client that has disconnected no longer counts as waiting', async () => {
    const gone = new AbortController()
    const first = waiting(caller('leaving'), { closed: gone })
    const others = Array.from({ length: WAITING_MOST - 1 }, () => waiting(caller('leaving')))
    gone.abort()
    expect(await first).toBe(false)
    const last = waiting(caller('leaving'))
    revoke('user', 'usr_leaving')
    expect(await Promise.all([...others, last]), 'none was ended for another').toEqual(Array.from({ length: WAITING_MOST }, () => true))
  })

  test('a revocation between the arrival of a request and its wait is not missed', async () => {
    const from = end()
    revoke('user', 'usr_between')
    await sleep(10) // By then the feed has notified every waiting request.
    expect(await waiting(caller('between'), { from })).toBe(true)
  })

  test('a session that expires meanwhile is a change', async () => {
    expect(await waiting(caller('expiring', 50))).toBe(true)
    expect(await waiting(caller('patient'), { milliseconds: 50 })).toBe(false)
  })

  test('a server that shuts down answers waiting requests and lets no other wait', async () => {
    const before = waiting(caller('last'))
    stop()
    expect([await before, await waiting(caller('last'))]).toEqual([false, false])
  })
})
