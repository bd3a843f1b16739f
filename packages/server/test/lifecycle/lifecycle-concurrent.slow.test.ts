import { type Muster, OPERATOR_TOKEN, SECRET, startMuster } from '@muster/testkit/muster.ts'
import { type ServerProcess, startTwinProcess } from '@muster/testkit/process.ts'
import fc from 'fast-check'
import { sql } from 'kysely'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { breaches, invariants } from './invariants.ts'
import { type Known, leftOut, OverHttp, type Told } from './over-http.ts'
import { comparable, recorded, stored } from './replayed.ts'
import { stepsOf } from './steps.ts'

// Sixteen people send random requests to two server processes over one PostgreSQL, all at once. The answers cannot be predicted, but the
// invariants must hold afterwards. MUSTER_RUNS sets the number of steps. MUSTER_SEED sets other steps: `random`, or a number that a failure printed.

const PEOPLE = 16
const { MUSTER_RUNS = '30', MUSTER_SEED = '1' } = process.env
const SEED = MUSTER_SEED === 'random' ? Date.now() % 1_000_000 : Number(MUSTER_SEED)
const STEPS = Number(MUSTER_RUNS) * 10

let muster: Muster
let twins: ServerProcess[]
let known: Known
const rows = async <Row>(statement: string): Promise<Row[]> => (await sql.raw<Row>(statement).execute(muster.server.database.kysely)).rows

beforeAll(async () => {
  muster = await startMuster({ engine: 'postgres' })
  const env = { MUSTER_SECRET: SECRET, MUSTER_OPERATOR_TOKEN: OPERATOR_TOKEN, MUSTER_SMTP_URL: muster.mail.url }
  twins = await Promise.all([startTwinProcess(muster.config, env), startTwinProcess(muster.config, env)])
  known = { history: [], people: [], servers: twins.map(({ url }) => url), issuer: muster.config.issuer, tokens: [], invitations: [], keys: [] }
  for (let team = 0; team < PEOPLE; team += 4) {
    const names = [0, 1, 2].map((place) => `p${team + place}_here`)
    const people = await muster.organization({ [names[0] as string]: 'admin', [names[1] as string]: 'admin', [names[2] as string]: 'member' })
    known.people.push(...Object.values(people), await muster.newcomer(`p${team + 3}_here`))
  }
})
afterAll(async () => {
  await Promise.all(twins.map((twin) => twin.stop()))
  await muster.close()
})

const done = (told: Told): boolean => told.status >= 200 && told.status < 300 && !told.request.startsWith('GET')

test('concurrent requests of 16 people at two servers never get 500, 503 or 429', { timeout: 900_000 }, async () => {
  const steps = fc.sample(stepsOf(PEOPLE, { leaveOut: leftOut }), { numRuns: STEPS, seed: SEED })
  // Rate limits are not under test here, so the attempts that they count are deleted.
  const forgetting = setInterval(() => void rows('delete from attempt').catch(() => {}), 200)
  try {
    await Promise.all(known.people.map((_, who) => new OverHttp(known, who).live(steps.filter((step) => step.who === who))))
  } finally {
    clearInterval(forgetting)
  }
  const told = (status: number): string[] =>
    known.history.filter((one) => one.status === status).map(({ request, body }) => `${request}: ${JSON.stringify(body)}`)
  expect({ seed: SEED, errors: [...told(500), ...told(503)], limited: told(429) }).toEqual({ seed: SEED, errors: [], limited: [] })
  // If nearly every step were refused, the other tests would prove nothing.
  if (process.env['MUSTER_TELL']) tell()
  expect(known.history.filter(done).length, `done with the seed ${SEED}`).toBeGreaterThan(STEPS / 4)
})

function tell(): void {
  const sums = new Map<string, number>()
  for (const { step, request, status, code } of known.history)
    if (!request.startsWith('GET')) sums.set(`${step.ask}: ${status} ${code ?? ''}`, (sums.get(`${step.ask}: ${status} ${code ?? ''}`) ?? 0) + 1)
  console.log(
    [...sums]
      .sort()
      .map(([what, count]) => `${count}\t${what}`)
      .join('\n'),
  )
}

test.each(Object.entries(invariants))('%s', async (_, query) => {
  expect(await rows(query), `with the seed ${SEED}`).toEqual([])
})

describe('a planted breach is detected', () => {
  test.each(Object.entries(breaches))('%s', async (invariant, breach) => {
    const rolledBack = muster.server.database.kysely.transaction().execute(async (trx) => {
      const { numAffectedRows } = await sql.raw(breach).execute(trx)
      const { rows: found } = await sql.raw(invariants[invariant] ?? '').execute(trx)
      throw Object.assign(new Error('rolled back'), { broken: Number(numAffectedRows), found: found.length })
    })
    const { broken, found } = await rolledBack.catch((error: Error & { broken?: number; found?: number }) => error)
    expect(broken).toBeGreaterThan(0)
    expect(found).toBeGreaterThan(0)
  })
})

test('the audit log replayed from empty matches the tables (I5, I6, S57)', async () => {
  expect(comparable(await recorded(muster.server.services))).toEqual(await stored({ rows }))
})

/** The types of the audit events of each request, without refusals. */
async function eventsByRequest(): Promise<Map<string, string[]>> {
  const found = await rows<{ id: string; types: string[] }>(
    `select request_id as id, array_agg(type order by seq) as types from audit_event where outcome = 'done' group by request_id`,
  )
  return new Map(found.map(({ id, types }) => [id, types]))
}

/**
 * After a change of organization, the caller gets a new token (S56), for which their status is checked again (S53). If another request has suspended the organization
 * since the commit, the answer says so.
 */
const endedBeforeTheNewToken = ({ request, code }: { request: string; code: string | null }): boolean =>
  /^POST .*\/(accept|join|leave|registration)$/.test(request) && code === 'organization_suspended'

test('an acknowledged request has its effect, and a refused one has none (I4, I5)', async () => {
  const events = await eventsByRequest()
  const refused = known.history.filter((one) => one.status >= 400 && events.has(one.requestId) && !endedBeforeTheNewToken(one))
  expect(refused.map(({ request, code, requestId }) => [request, code, events.get(requestId)])).toEqual([])
  // A request that creates an object answers 201. Of two requests with one Idempotency-Key only one has events, so these are left out.
  const lost = known.history.filter(({ status, idempotencyKey, requestId }) => status === 201 && idempotencyKey === null && !events.has(requestId))
  expect(lost.map(({ request, body }) => [request, body])).toEqual([])
  const made = known.history.filter(({ status, body }) => status === 201 && typeof body.id === 'string').map(({ body }) => body.id as string)
  const there = await rows<{ id: string }>(
    'select id from invitation union all select id from api_key union all select id from service_account union all select id from resource',
  )
  const ids = new Set(there.map(({ id }) => id))
  expect(made.filter((id) => !ids.has(id))).toEqual([])
})

test('two concurrent requests with one Idempotency-Key have one effect (I11)', async () => {
  const events = await eventsByRequest()
  const pairs = Map.groupBy(
    known.history.filter(({ idempotencyKey }) => idempotencyKey !== null),
    ({ idempotencyKey }) => idempotencyKey as string,
  )
  let good = 0
  for (const [key, pair] of pairs) {
    const answered = pair.filter(done)
    if (answered.length < 2) continue // At least one was refused, or its caller lost the permission in between.
    good += 1
    expect(
      new Set(answered.map(({ body }) => JSON.stringify(body))).size,
      `${pair[0]?.request} with ${key}: ${JSON.stringify(answered.map(({ body }) => body))}`,
    ).toBe(1)
    expect(answered.filter(({ requestId }) => events.has(requestId)).length, `${pair[0]?.request} with ${key}`).toBeLessThanOrEqual(1)
  }
  expect(good).toBeGreaterThan(STEPS / 60)
})

test('an invitation token is accepted by at most one person (I3)', () => {
  const taken = known.history.filter(({ request, status }) => request === 'POST /v1/invitations/accept' && status === 200)
  const byToken = Map.groupBy(taken, ({ token }) => token)
  expect([...byToken].filter(([, accepts]) => new Set(accepts.map(({ step }) => step.who)).size > 1)).toEqual([])
  expect(byToken.size).toBeGreaterThan(1)
})
