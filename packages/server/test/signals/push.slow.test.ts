import { setTimeout as sleep } from 'node:timers/promises'
import { answerOf } from '@muster/server/signals/push-answer.ts'
import { type Human, type Muster, startMuster } from '@muster/testkit/muster.ts'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { ACCOUNT_DISABLED, aResourceServer, aStream, type Set as Claims, type ResourceServer, SESSION_REVOKED } from './receiving.ts'
import { aSink, reject, type Sink } from './sink.ts'

const ACCOUNT_ENABLED = 'https://schemas.openid.net/secevent/risc/event-type/account-enabled'

let muster: Muster
let service: ResourceServer
let people: Record<string, Human>
beforeAll(async () => {
  muster = await startMuster()
  service = await aResourceServer(muster)
  people = await muster.organization({ ada: 'admin', bob: 'member', carol: 'member', dave: 'member', erin: 'member', frank: 'member' })
})
afterAll(() => muster.close())

const change = (name: string, to: 'deactivate' | 'reactivate', headers: Record<string, string> = {}) =>
  muster.call('POST', `/v1/organizations/ada/members/${name}/${to}`, { token: people['ada']?.token, headers })
const missing = ({ body }: { body: Record<string, any> }): string[] => body['revocation'].missing.map(({ id }: { id: string }) => id)
const tellsOf = (subject: string) => (set: Claims) => set['muster']?.subject === subject
const typeOf = (set: Claims): string => Object.keys(set['events'])[0] ?? ''

/** Runs `body` with a stream that is pushed to this receiver. */
async function pushed(sink: Sink, body: (stream: { id: string }) => Promise<void>): Promise<void> {
  const stream = await aStream(muster, service, { delivery: sink.delivery })
  try {
    await body(stream)
  } finally {
    await stream.remove()
    await sink.close()
  }
}

describe('a rejected push', () => {
  const endSession = async (of: Human) => {
    const { token: other } = await muster.login(of)
    return (seconds: number) => muster.call('DELETE', `/v1/me/sessions/${of.sessionId}`, { token: other, headers: { prefer: `wait=${seconds}` } })
  }

  test('a rejected event is not sent again or acknowledged, and later ones arrive', async () => {
    const carol = people['carol'] as Human
    const [first, second] = [await muster.login(carol), await muster.login(carol)]
    const sink = await aSink((set, response) => (tellsOf(first.sessionId)(set) ? reject(response) : response.writeHead(202).end()))
    await pushed(sink, async ({ id }) => {
      const endFirst = await endSession(first)
      expect(missing(await endFirst(2))).toEqual([id])
      expect(missing(await (await endSession(second))(20))).toEqual([])
      await sleep(2_500) // The stream is read several times, and stays behind while the rejected event is unexpired.
      expect(missing(await endFirst(0))).toEqual([id])
      for (const { sessionId } of [first, second]) expect(sink.received.filter(tellsOf(sessionId))).toHaveLength(1)
      expect((await muster.server.services.store.reading.receivers.find(id))?.pushFailures).toBe(0)
      expect(muster.log.filter((line) => line.includes('could not read') && line.includes(id))).toHaveLength(1)
    })
  })

  test.each([
    ['erin', SESSION_REVOKED],
    ['frank', ACCOUNT_DISABLED],
  ])('a revocation is not acknowledged when one of two events is rejected: %s, %s', async (name, rejected) => {
    const sink = await aSink((set, response) => (typeOf(set) === rejected ? reject(response) : response.writeHead(202).end()))
    await pushed(sink, async ({ id }) => {
      expect(missing(await change(name, 'deactivate', { prefer: 'wait=2' }))).toEqual([id])
      const told = sink.received.filter((set) => tellsOf(people[name]?.id as string)(set) && set['muster'].value.reason === 'user_deactivated')
      expect(told.map(typeOf)).toEqual([SESSION_REVOKED, ACCOUNT_DISABLED])
    })
  })

  test.each([
    [202, '', 'accepted'],
    [200, '{"err":"invalid_request"}', 'accepted'],
    [400, '{"err":"invalid_request","description":"no such event"}', 'unread'],
    [400, '{"err":"invalid_audience"}', 'unread'],
    [400, '{"err":"of a later specification"}', 'unread'],
    // These errors concern the sender, not the token.
    [400, '{"err":"authentication_failed"}', 'failed'],
    [400, '{"err":"access_denied"}', 'failed'],
    // These responses come from an intermediary.
    [400, '<html>Bad Request</html>', 'failed'],
    [400, 'null', 'failed'],
    [400, '{"err":7}', 'failed'],
    [302, '', 'failed'],
    [401, '{"err":"invalid_request"}', 'failed'],
    [403, '', 'failed'],
    [404, '', 'failed'],
    [429, '', 'failed'],
    [503, '', 'failed'],
  ] as const)('a push answered with %i %s is %s', (status, body, kind) => {
    expect(answerOf({ status, body }).kind).toBe(kind)
  })
})

test('a receiver that does not answer delays no other', async () => {
  const happened: string[] = []
  const silent = await aSink((_, response) => {
    happened.push('asked')
    response.on('close', () => happened.push('given up'))
  })
  const good = await aSink()
  await pushed(silent, () =>
    pushed(good, async () => {
      await expect.poll(() => happened.at(-1), { timeout: 60_000, interval: 20 }).toBe('asked')
      const before = happened.length
      const { sessionId, token } = await muster.login(people['carol'] as Human)
      await muster.call('DELETE', '/v1/me/sessions/current', { token })
      await expect.poll(() => good.received.filter(tellsOf(sessionId)), { timeout: 60_000, interval: 20 }).toHaveLength(1)
      expect(happened.slice(before)).not.toContain('given up')
    }),
  )
})

describe('pushes of one subject', () => {
  /** Answers disabling events late, and records events that arrive for a subject with an unanswered one. */
  const aSlowSink = async () => {
    const open = new Map<string, number>()
    const told = { atOnce: 0, overtaken: [] as string[] }
    const sink = await aSink(async (set, response) => {
      const subject = set['muster']?.subject
      if (open.has(subject)) told.overtaken.push(subject)
      open.set(subject, (open.get(subject) ?? 0) + 1)
      told.atOnce = Math.max(told.atOnce, open.size)
      await sleep(typeOf(set) === ACCOUNT_ENABLED ? 0 : 300)
      open.delete(subject)
      response.writeHead(202).end()
    })
    return { sink, told }
  }
  const eventsOf = ({ received }: Sink, name: string): string[] => received.filter(tellsOf(people[name]?.id as string)).map(typeOf)
  const inOrder = [SESSION_REVOKED, ACCOUNT_DISABLED, ACCOUNT_ENABLED]

  test('events of one subject in a backlog are pushed in order, beside others', async () => {
    for (const name of ['bob', 'carol', 'dave']) {
      await change(name, 'deactivate')
      await change(name, 'reactivate')
    }
    const { sink, told } = await aSlowSink()
    await pushed(sink, async () => {
      for (const name of ['bob', 'carol', 'dave']) await expect.poll(() => eventsOf(sink, name), { timeout: 60_000 }).toEqual(inOrder)
      expect(told.overtaken).toEqual([])
      expect(told.atOnce).toBeGreaterThanOrEqual(3)
    })
  })

  test('events of one subject are pushed in order as they happen', async () => {
    const { sink, told } = await aSlowSink()
    await pushed(sink, async () => {
      await expect.poll(() => eventsOf(sink, 'bob'), { timeout: 60_000 }).toEqual(inOrder)
      for (let round = 2; round <= 4; round++) {
        await change('bob', 'deactivate')
        await change('bob', 'reactivate')
        await expect.poll(() => eventsOf(sink, 'bob').slice(-3), { timeout: 60_000 }).toEqual(inOrder)
        await expect.poll(() => eventsOf(sink, 'bob'), { timeout: 60_000 }).toHaveLength(3 * round)
      }
      expect(told.overtaken).toEqual([])
    })
  })
})
