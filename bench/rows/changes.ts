import { muster, type Server } from '../harness/bench.ts'
import { bearer, form, json, type Step, startLoad } from '../harness/load.ts'
import type { Row, Subject } from '../harness/measure.ts'
import { type Ask, type RequestRow, requestRow } from './requests.ts'

// What changes state. A database of their own, because these rows end the sessions that the others use.

const changeRow = (row: Omit<RequestRow, 'use'>): Row => requestRow({ ...row, use: 'changes' })
const asAda = ({ seed }: Server): Record<string, string> => bearer(seed.ada.token)
const organization = ({ seed }: Server): string => `/v1/organizations/${seed.organization}`
const names = ({ seed }: Server): string[] => seed.members.map(({ name }) => name)

/** A JSON request of the admin. */
const step = (server: Server, method: Step['method'], path: string, body: unknown, more: Partial<Step> = {}): Step => ({
  ...json(body),
  method,
  path,
  headers: { ...json(body).headers, ...asAda(server) },
  ...more,
})

const ownHeaders = { 'content-type': 'application/json', authorization: 'Bearer {token}' }

const floorChange = { name: 'floor', file: 'floor.ts', ask: (): Ask => ({ steps: [{ path: '/invite', ...form({}) }] }) } as const

const signIn = (server: Server): Ask => ({
  steps: [
    {
      path: '/sign-in',
      ...form({ identifier: '{email}', password: server.seed.password }),
      headers: { ...form({}).headers, origin: `http://localhost:${new URL(server.origin).port}` },
      status: 303,
    },
  ],
  lists: { email: server.seed.members.map(({ email }) => email) },
  connections: 4,
})

export const changeRows: Row[] = [
  changeRow({
    id: 'key',
    title: 'create an API key',
    limited: true,
    connections: 16,
    ask: (server) => ({
      steps: [
        { ...step(server, 'POST', '/v1/me/keys', { description: 'bench', scope: 'all' }, { status: 201, keep: { id: 'id' } }), headers: ownHeaders },
        { path: '/v1/me/keys/{id}', method: 'DELETE', headers: { authorization: 'Bearer {token}' }, counted: false },
      ],
      lists: { token: server.seed.members.map(({ token }) => token) },
    }),
    others: [floorChange],
  }),
  changeRow({
    id: 'invitation',
    title: 'create an invitation',
    must: { ofFloor: 0.3, ofBetterAuth: 4 },
    limited: true,
    ask: (server) => ({
      steps: [step(server, 'POST', `${organization(server)}/invitations`, { email: 'person{n}@bench.example', role: 'member' }, { status: 201 })],
    }),
    others: [
      floorChange,
      {
        name: 'better-auth',
        file: 'better-auth.ts',
        ask: ({ token, organizationId }) => ({
          steps: [
            {
              path: '/api/auth/organization/invite-member',
              ...json({ email: 'person{n}@bench.example', role: 'member', organizationId }),
              headers: { ...json({}).headers, ...bearer(token) },
            },
          ],
        }),
      },
    ],
  }),
  changeRow({
    id: 'sign-in',
    title: 'sign-in with a password',
    must: { ofFloor: 0.85 },
    limited: true,
    ask: signIn,
    others: [
      { name: 'floor', file: 'floor.ts', ask: () => ({ steps: [{ path: '/sign-in', ...form({}) }], connections: 1 }) },
      {
        name: 'better-auth',
        file: 'better-auth.ts',
        ask: () => ({
          steps: [{ path: '/api/auth/sign-in/email', ...json({ email: 'm{c}@example.com', password: 'correct horse battery staple' }) }],
          connections: 4,
        }),
      },
    ],
  }),
  {
    id: 'sign-in-others',
    title: '`GET /v1/me` while people sign in, p99',
    group: 'requests postgres changes',
    unit: 'ms',
    must: { atMost: 20 },
    async subjects(bench) {
      const second = await bench.once(
        'a second load process',
        async () => startLoad(),
        ({ child }) => child.kill(),
      )
      const subjects: Subject[] = []
      for (const version of bench.versions) {
        const server = await muster(bench, version, 'postgres', 'changes')
        subjects.push({
          name: version.name,
          async measure(seconds) {
            const forget = setInterval(() => void server.pool?.query('delete from attempt').catch(() => {}), 100)
            const signingIn = second.run({ origin: server.origin, seconds, connections: 4, ...signIn(server) })
            const me: Step = { path: '/v1/me', headers: asAda(server) }
            const { p99 } = await bench.load.run({ origin: server.origin, seconds, connections: 2, steps: [me] })
            await signingIn
            clearInterval(forget)
            return p99
          },
        })
      }
      return subjects
    },
  },
  changeRow({
    id: 'role',
    title: 'change a role',
    limited: true,
    connections: 16,
    ask: (server) => ({
      steps: ['admin', 'member'].map((role) => step(server, 'PATCH', `${organization(server)}/members/{name}`, { role })),
      lists: { name: names(server) },
    }),
    others: [
      floorChange,
      {
        name: 'better-auth',
        file: 'better-auth.ts',
        ask: ({ token, organizationId, memberIds }) => ({
          steps: ['admin', 'member'].map((role) => ({
            path: '/api/auth/organization/update-member-role',
            ...json({ memberId: '{member}', role, organizationId }),
            headers: { ...json({}).headers, ...bearer(token) },
          })),
          lists: { member: memberIds },
        }),
      },
    ],
  }),
  changeRow({
    id: 'join',
    title: 'join an organization with a secret',
    limited: true,
    connections: 8,
    ask: (server) => ({
      steps: [
        step(server, 'POST', `${organization(server)}/secrets`, {}, { status: 201, keep: { secret: 'secret' }, counted: false }),
        {
          ...step(
            server,
            'POST',
            '/v1/organizations/join',
            { organization: server.seed.organization, secret: '{secret}' },
            { keep: { token: 'access_token' } },
          ),
          headers: ownHeaders,
        },
        { ...step(server, 'POST', `${organization(server)}/leave`, {}, { keep: { token: 'access_token' }, counted: false }), headers: ownHeaders },
      ],
      lists: { token: server.seed.loners.map(({ token }) => token) },
      goesOn: true,
    }),
    others: [floorChange],
  }),
  changeRow({
    id: 'deactivate',
    title: 'deactivate and reactivate a member',
    limited: true,
    connections: 16,
    ask: (server) => ({
      steps: ['deactivate', 'reactivate'].map((action) => step(server, 'POST', `${organization(server)}/members/{name}/${action}`, {})),
      lists: { name: names(server) },
    }),
    others: [floorChange],
  }),
  {
    id: 'event-feed',
    title: 'a waiting reader gets an event, p99, with 20 writers and a long transaction',
    group: 'requests postgres changes',
    unit: 'ms',
    must: { atMost: 100 },
    async subjects(bench) {
      const subjects: Subject[] = []
      for (const version of bench.versions) {
        const server = await muster(bench, version, 'postgres', 'changes')
        const { ok } = await fetch(`${server.origin}${organization(server)}/events?after=now`, { headers: asAda(server) })
        if (ok) subjects.push({ name: version.name, measure: (seconds) => feedDelay(server, seconds) })
      }
      return subjects
    },
  },
]

const WRITERS = 20

/**
 * From the answer to a change, which follows its commit, to the answer of the request that waited for its event: the 99th percentile in milliseconds. Each writer
 * changes a member of its own, so the events of a member are in the order of the answers.
 */
async function feedDelay(server: Server, seconds: number): Promise<number> {
  const answered = new Map<string, number[]>()
  const seen = new Map<string, number[]>()
  const note = (times: Map<string, number[]>, member: string): void => void times.set(member, [...(times.get(member) ?? []), performance.now()])
  const call = (path: string, options?: RequestInit): Promise<Response> =>
    fetch(`${server.origin}${organization(server)}${path}`, { ...options, headers: { ...asAda(server), 'content-type': 'application/json' } })
  const read = async (query: string): Promise<{ items: { action: string; target: { id: string } }[]; next_after: string }> =>
    (await call(`/events?${query}`)).json() as never
  const count = (times: Map<string, number[]>): number => [...times.values()].reduce((sum, { length }) => sum + length, 0)

  const giveRole = async (id: string, role: string): Promise<void> => {
    const { status } = await call(`/members/${id}`, { method: 'PATCH', body: JSON.stringify({ role }) })
    if (status !== 200) throw new Error(`A change of a role was answered with ${status}.`)
  }
  const writers = server.seed.members.slice(0, WRITERS)
  // What they have already would be no change, and no event.
  for (const { id } of writers) await giveRole(id, 'member')
  const until = performance.now() + seconds * 1_000
  let writing = writers.length
  const write = async ({ id }: { id: string }): Promise<void> => {
    for (let role = 'admin'; performance.now() < until; role = role === 'admin' ? 'member' : 'admin') {
      await giveRole(id, role)
      note(answered, id)
    }
    writing -= 1
  }
  const follow = async (after: string): Promise<void> => {
    while (writing > 0 || count(seen) < count(answered)) {
      const { items, next_after: next } = await read(`after=${after}&wait=1&limit=500`)
      for (const { action, target } of items) if (action === 'membership.role_changed') note(seen, target.id)
      after = next
    }
  }
  // The feed must not wait for a transaction that has begun before the changes.
  const long = await server.pool?.connect()
  await long?.query('begin; select pg_current_xact_id()')
  const { next_after: now } = await read('after=now')
  await Promise.all([follow(now), ...writers.map(write)])
  await long?.query('rollback')
  long?.release()
  const delays = [...answered].flatMap(([id, times]) => times.map((time, at) => (seen.get(id)?.[at] ?? Number.NaN) - time))
  return delays.sort((a, b) => a - b)[Math.floor(delays.length * 0.99)] ?? Number.NaN
}
