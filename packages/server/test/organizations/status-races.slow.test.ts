import { performance } from 'node:perf_hooks'
import { type Human, type Muster, OPERATOR_TOKEN, SECRET, startMuster } from '@muster/testkit/muster.ts'
import { type ServerProcess, startTwinProcess } from '@muster/testkit/process.ts'
import { rounds } from '@muster/testkit/rounds.ts'
import { sql } from 'kysely'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { answerDevice, browserOf, DEVICE_GRANT, deviceLogin, SCOPE, startDevice } from '../oauth/conversation.ts'

// Two server processes share one PostgreSQL. One acknowledges the end of a person's access while the person keeps sending requests to both.
let muster: Muster
let twin: ServerProcess
beforeAll(async () => {
  muster = await startMuster({ engine: 'postgres' })
  twin = await startTwinProcess(muster.config, { MUSTER_SECRET: SECRET, MUSTER_OPERATOR_TOKEN: OPERATOR_TOKEN, MUSTER_SMTP_URL: muster.mail.url })
})
afterAll(async () => {
  await twin.stop()
  await muster.close()
})

const addresses = () => [muster.url, twin.url] as const
let count = 0

interface Answer {
  status: number
  body: Record<string, never>
  cookie: string | null
}
async function send(
  at: string,
  method: string,
  path: string,
  { headers = {}, body }: { headers?: Record<string, string>; body?: string | URLSearchParams } = {},
): Promise<Answer> {
  const response = await fetch(at + path, { method, headers, redirect: 'manual', ...(body !== undefined && { body }) })
  const text = await response.text()
  return { status: response.status, body: text.startsWith('{') ? JSON.parse(text) : {}, cookie: response.headers.get('set-cookie') }
}
const json = (token: string, body?: unknown) => ({
  headers: { authorization: `Bearer ${token}`, ...(body !== undefined && { 'content-type': 'application/json' }) },
  ...(body !== undefined && { body: JSON.stringify(body) }),
})
const form = (fields: Record<string, string>, headers: Record<string, string> = {}) => ({
  body: new URLSearchParams(fields),
  headers: { origin: muster.url, ...headers },
})

/** Every kind of credential, each with a request that succeeds while the credential is valid. */
async function holdings(person: Human, organization: string) {
  const login = await deviceLogin(muster, person, `${SCOPE} offline_access`)
  const { cookie } = await browserOf(muster, person)
  const key = (await muster.call('POST', '/v1/me/keys', { token: person.token, body: { description: 'CI', scope: 'all' } })).body.key as string
  const codes: string[] = []
  for (let made = 0; made < 10; made++) {
    const { body } = await startDevice(muster)
    await answerDevice(muster, person, body.user_code)
    codes.push(body.device_code)
  }
  const unanswered = (await startDevice(muster)).body.user_code as string
  /** Credentials obtained during the race, to be tried again afterwards. */
  const got = { tokens: [login.access_token], keys: [key], cookies: [cookie], refreshTokens: [login.refresh_token as string] }
  const uses: Record<string, (at: string) => Promise<Answer>> = {
    'access token': (at) => send(at, 'GET', `/v1/organizations/${organization}`, json(person.token)),
    key: (at) => send(at, 'GET', `/v1/organizations/${organization}/members`, json(key)),
    async 'refresh token'(at) {
      const answer = await send(
        at,
        'POST',
        '/oauth/token',
        form({ grant_type: 'refresh_token', refresh_token: login.refresh_token as string, client_id: 'muster-cli' }),
      )
      if (answer.status === 200) got.tokens.push(answer.body['access_token'] as unknown as string)
      return answer
    },
    async 'device code'(at) {
      const code = codes.shift()
      if (code === undefined) {
        await new Promise((resolve) => setTimeout(resolve, 20))
        return { status: 400, body: {}, cookie: null }
      }
      const answer = await send(at, 'POST', '/oauth/token', form({ grant_type: DEVICE_GRANT, device_code: code, client_id: 'muster-cli' }))
      if (answer.status === 200) got.tokens.push(answer.body['access_token'] as unknown as string)
      return answer
    },
    'browser session': (at) => send(at, 'GET', `/device?user_code=${unanswered}`, { headers: { cookie } }),
    async 'a new key'(at) {
      const answer = await send(at, 'POST', '/v1/me/keys', json(person.token, { description: 'made in haste', scope: 'all' }))
      if (answer.status === 201) got.keys.push(answer.body['key'] as unknown as string)
      return answer
    },
  }
  return { uses, got, codes }
}

interface Asked {
  what: string
  at: string
  started: number
  status: number
}

/** Sends requests to both processes without a pause until `stop` is called. */
function keepAsking(uses: Record<string, (at: string) => Promise<Answer>>) {
  const history: Asked[] = []
  let going = true
  const workers = Object.entries(uses).flatMap(([what, use]) =>
    addresses().map(async (at) => {
      while (going) {
        const started = performance.now()
        const { status } = await use(at)
        history.push({ what, at, started, status })
      }
    }),
  )
  const seen = (enough: () => boolean) => expect.poll(enough, { interval: 5 }).toBe(true)
  return {
    /** Waits until this many requests have succeeded. */
    letIn: (times: number) => seen(() => history.filter(({ status }) => status < 300).length >= times),
    /** Waits until both processes have answered every kind of request that started after this moment. */
    allAskedSince: (moment: number) =>
      seen(() => new Set(history.filter(({ started }) => started > moment).map(({ what, at }) => `${what} ${at}`)).size === workers.length),
    async stop(): Promise<Asked[]> {
      going = false
      await Promise.all(workers)
      return history
    },
  }
}

const endings = {
  async deactivate(at: string, admin: Human, person: Human, organization: string) {
    return send(at, 'POST', `/v1/organizations/${organization}/members/${person.name}/deactivate`, json(admin.token, { reason: 'a race' }))
  },
  async remove(at: string, admin: Human, person: Human, organization: string) {
    return send(at, 'DELETE', `/v1/organizations/${organization}/members/${person.name}`, json(admin.token))
  },
  async leave(at: string, _admin: Human, person: Human, organization: string) {
    return send(at, 'POST', `/v1/organizations/${organization}/leave`, json(person.token))
  },
  async 'suspend the person'(at: string, _admin: Human, person: Human) {
    return send(at, 'POST', `/v1/operator/users/${person.name}/suspend`, json(OPERATOR_TOKEN, {}))
  },
  async suspend(at: string, _admin: Human, _person: Human, organization: string) {
    return send(at, 'POST', `/v1/operator/organizations/${organization}/suspend`, json(OPERATOR_TOKEN, {}))
  },
}

describe.each(Object.entries(endings))('%s', (verb, end) => {
  test('no credential is accepted by either process after the acknowledgement (I7, E11)', async () => {
    const late: Asked[] = []
    for (const round of rounds(2)) {
      await sql`delete from attempt`.execute(muster.server.database.kysely)
      const [adminName, name] = [`ada_${++count}`, `bob_${count}`]
      const people = await muster.organization({ [adminName]: 'admin', [name]: 'admin' })
      const [admin, person] = [people[adminName] as Human, people[name] as Human]
      const { uses, got, codes } = await holdings(person, adminName)
      const kept = codes.splice(0, 4)
      const asking = keepAsking(uses)
      await asking.letIn(30)
      await new Promise((resolve) => setTimeout(resolve, round * 11))
      const answer = await end(addresses()[round % 2] as string, admin, person, adminName)
      const acknowledged = performance.now()
      expect(answer.status, JSON.stringify(answer.body)).toBe(200)
      await asking.allAskedSince(acknowledged)
      const history = await asking.stop()

      late.push(...history.filter(({ started, status }) => started > acknowledged && status < 300))
      expect(history.filter(({ status }) => status >= 500)).toEqual([])
      for (const at of addresses()) {
        for (const token of got.tokens) expect((await send(at, 'GET', '/v1/me', json(token))).status, 'a token got meanwhile').toBeGreaterThanOrEqual(400)
        for (const key of got.keys) expect((await send(at, 'GET', '/v1/me', json(key))).status, 'a key made meanwhile').toBeGreaterThanOrEqual(400)
        for (const cookie of got.cookies) expect((await send(at, 'GET', '/device', { headers: { cookie } })).status, 'a cookie').not.toBe(200)
        for (const token of got.refreshTokens) {
          const { status } = await send(at, 'POST', '/oauth/token', form({ grant_type: 'refresh_token', refresh_token: token, client_id: 'muster-cli' }))
          expect(status, 'a refresh token').toBeGreaterThanOrEqual(400)
        }
        for (const code of kept.splice(0, 2)) {
          const { status } = await send(at, 'POST', '/oauth/token', form({ grant_type: DEVICE_GRANT, device_code: code, client_id: 'muster-cli' }))
          expect(status, 'a code that was approved before').toBeGreaterThanOrEqual(400)
        }
      }
      if (verb === 'suspend') continue // a suspension revokes nothing (S32)
      const alive = await sql<{ keys: number; sessions: number }>`
        select (select count(*)::int from api_key k where k.user_id = a.id and k.ended_at is null and k.epoch = a.epoch) as keys,
               (select count(*)::int from session s where s.user_id = a.id and s.ended_at is null and s.epoch = a.epoch) as sessions
        from account a where a.id = ${person.id}`.execute(muster.server.database.kysely)
      // A member who leaves keeps the session that left (S32).
      expect(alive.rows[0]).toEqual({ keys: 0, sessions: verb === 'leave' ? 1 : 0 })
    }
    expect(late).toEqual([])
  })
})

test('a revoked key is refused by both processes after the acknowledgement (I7)', async () => {
  const person = await muster.person(`solo_${++count}`)
  for (const round of rounds(4)) {
    const { id, key } = (await muster.call('POST', '/v1/me/keys', { token: person.token, body: { description: 'CI', scope: 'all' } })).body
    const asking = keepAsking({ key: (at) => send(at, 'GET', `/v1/organizations/${person.name}`, json(key)) })
    await asking.letIn(4)
    expect((await send(addresses()[round % 2] as string, 'DELETE', `/v1/me/keys/${id}`, json(person.token))).body).toEqual({ ended: 1 })
    const acknowledged = performance.now()
    await asking.allAskedSince(acknowledged)
    const history = await asking.stop()
    expect(history.filter(({ started, status }) => started > acknowledged && status !== 401)).toEqual([])
  }
})

/** Organizations with members and no active admin (I2), and users with more than one current membership (I1). */
const broken = sql<{ what: string }>`
  select 'no admin in ' || organization_id as what from membership where status <> 'left' group by organization_id
    having count(*) filter (where role = 'admin' and status = 'active') = 0
  union all
  select 'two memberships of ' || user_id from membership where status <> 'left' group by user_id having count(*) > 1`

test('only one of two admins who deactivate each other at once succeeds (S31, I2)', async () => {
  for (const round of rounds(5)) {
    const [one, two, three] = [`one_${++count}`, `two_${count}`, `three_${count}`]
    const people = await muster.organization({ [one]: 'admin', [two]: 'admin', [three]: 'member' })
    const [ada, bob] = [people[one] as Human, people[two] as Human]
    const answers = await Promise.all([
      endings.deactivate(addresses()[round % 2] as string, ada, bob, one),
      endings.deactivate(addresses()[(round + 1) % 2] as string, bob, ada, one),
    ])
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 401])
    expect(answers.find(({ status }) => status === 401)?.body['code']).toBe('user_deactivated')
  }
  expect((await broken.execute(muster.server.database.kysely)).rows).toEqual([])
})

test('an active admin remains when three admins act on each other at once (S29, B04)', async () => {
  for (const round of rounds(5)) {
    const names = ['a', 'b', 'c', 'd'].map((letter) => `${letter}_${count}_${round}`)
    const people = await muster.organization(Object.fromEntries(names.map((name, at) => [name, at < 3 ? 'admin' : 'member'])))
    const [a, b, c] = names.map((name) => people[name] as Human) as [Human, Human, Human]
    const organization = names[0] as string
    const demote = (at: string, admin: Human, person: Human) =>
      send(at, 'PATCH', `/v1/organizations/${organization}/members/${person.name}`, json(admin.token, { role: 'member' }))
    const [here, there] = addresses()
    const answers = await Promise.all([
      endings.deactivate(here, a, b, organization),
      demote(there, b, c),
      endings.remove(here, c, a, organization),
      endings.leave(there, a, b, organization),
    ])
    expect(answers.some(({ status }) => status === 200)).toBe(true)
    for (const { status, body } of answers)
      if (status !== 200)
        expect(['user_deactivated', 'membership_left', 'forbidden', 'last_admin', 'move_blocked', 'membership_ended', 'token_revoked']).toContain(body['code'])
  }
  expect((await broken.execute(muster.server.database.kysely)).rows).toEqual([])
})

test('a suspension says when the other admin leaves at the same moment (O14, S29)', async () => {
  for (const round of rounds(5)) {
    const [one, two, three] = [`one_${++count}`, `two_${count}`, `three_${count}`]
    const people = await muster.organization({ [one]: 'admin', [two]: 'admin', [three]: 'member' })
    const [ada, bob] = [people[one] as Human, people[two] as Human]
    const [suspended, left] = await Promise.all([
      endings['suspend the person'](addresses()[round % 2] as string, bob, ada),
      endings.leave(addresses()[(round + 1) % 2] as string, ada, bob, one),
    ])
    const without = (suspended.body['organizations_without_admin'] as unknown as { name: string }[]).map(({ name }) => name)
    // Bob left first, or the suspension was first and Bob is the last active admin.
    expect(left.status === 200 ? { without } : { without, code: left.body['code'] }).toEqual(
      left.status === 200 ? { without: [one] } : { without: [], code: 'move_blocked' },
    )
  }
})

test('a person suspended while signing in and joining keeps no access (O14, I7)', async () => {
  for (const round of rounds(5)) {
    const [one, two] = [`one_${++count}`, `two_${count}`]
    const people = await muster.organization({ [one]: 'admin' })
    const guest = await muster.person(two)
    const { body: secret } = await muster.call('POST', `/v1/organizations/${one}/secrets`, { token: (people[one] as Human).token, body: {} })
    const [here, there] = round % 2 === 0 ? addresses() : ([...addresses()].reverse() as [string, string])
    const [joined, signedIn, suspended] = await Promise.all([
      send(here, 'POST', '/v1/invitations/accept', json(guest.token, { token: secret.secret })),
      send(there, 'POST', '/sign-in', form({ identifier: two, password: guest.password })),
      endings['suspend the person'](there, guest, guest),
    ])
    expect(suspended.status).toBe(200)
    expect(joined.status === 200 || joined.body['code'] === 'account_suspended', JSON.stringify(joined.body)).toBe(true)
    for (const at of addresses()) {
      if (joined.status === 200)
        expect((await send(at, 'GET', '/v1/me', json(joined.body['access_token'] as unknown as string))).body['code']).toBe('account_suspended')
      const cookie = /muster_session=[^;]+/.exec(signedIn.cookie ?? '')?.[0]
      if (cookie) expect((await send(at, 'GET', '/device', { headers: { cookie } })).status).toBe(403)
    }
    const alive = await sql<{ sessions: number }>`
      select count(*)::int as sessions from session s join account a on a.id = s.user_id where a.id = ${guest.id} and s.ended_at is null and s.epoch = a.epoch`.execute(
      muster.server.database.kysely,
    )
    expect(alive.rows).toEqual([{ sessions: 0 }])
  }
  expect((await broken.execute(muster.server.database.kysely)).rows).toEqual([])
})

test('concurrent deactivations and reactivations alternate in the audit log (I5, I6)', async () => {
  const [adminName, name] = [`ada_${++count}`, `bob_${count}`]
  const people = await muster.organization({ [adminName]: 'admin', [name]: 'member' })
  const [admin, person] = [people[adminName] as Human, people[name] as Human]
  const reactivate = (at: string) => send(at, 'POST', `/v1/organizations/${adminName}/members/${name}/reactivate`, json(admin.token))
  for (const _ of rounds(4)) {
    const answers = await Promise.all(
      Array.from({ length: 12 }, (_, at) =>
        at % 3 === 0 ? reactivate(addresses()[at % 2] as string) : endings.deactivate(addresses()[at % 2] as string, admin, person, adminName),
      ),
    )
    expect(answers.filter(({ status }) => status !== 200)).toEqual([])
  }
  const { kysely } = muster.server.database
  const { rows } = await sql<{ type: string }>`
    select type from audit_event where target = ${person.id} and type like 'membership.%activated' order by seq`.execute(kysely)
  const expected = rows.map((_, at) => (at % 2 === 0 ? 'membership.deactivated' : 'membership.reactivated'))
  expect(rows.map(({ type }) => type)).toEqual(expected)
  const membership = await kysely.selectFrom('membership').select('status').where('user_id', '=', person.id).where('status', '<>', 'left').executeTakeFirst()
  expect(membership?.status).toBe(expected.length % 2 === 1 ? 'deactivated' : 'active')
})
