import { OPERATOR_TOKEN } from '@muster/testkit/muster.ts'
import pg from 'pg'
import { type Bench, muster, other, type Server } from '../harness/bench.ts'
import { loadBetterAuth, loadLarge, loadSessions } from '../harness/data.ts'
import { bearer, type Step } from '../harness/load.ts'
import type { Must, Row, Subject } from '../harness/measure.ts'
import { walk } from '../harness/walk.ts'

// One large organization: pages, searches, the record, and somebody with many sessions. One request at a time, so that a row shows how long a person waits.

const group = 'large organization'

/** A server whose organization is filled before the first row. */
async function large(bench: Bench, version: Bench['versions'][number]): Promise<Server> {
  const server = await muster(bench, version, 'postgres', 'large')
  await bench.once(
    `data for ${version.name}: ${bench.options.scale.members} members, ${bench.options.scale.events} events`,
    async () => {
      const { pool, seed } = server
      if (!pool) throw new Error('The large organization needs PostgreSQL.')
      await loadLarge(pool, seed, bench.options.scale)
    },
    () => {},
  )
  return server
}

async function betterAuthLarge(bench: Bench): Promise<{ origin: string; token: string; organizationId: string }> {
  const started = await other(bench, 'better-auth.ts')
  await bench.once(
    'data for better-auth',
    async () => {
      const pool = new pg.Pool({ connectionString: started.databaseUrl, max: 1 })
      try {
        await loadBetterAuth(pool, started.organizationId, bench.options.scale.members)
      } finally {
        await pool.end()
      }
    },
    () => {},
  )
  return started
}

interface PageRow {
  id: string
  title: string
  must?: Must
  /** Of a server with large data. */
  path(server: Server, bench: Bench): Promise<string>
  /** By default, the admin of the organization. */
  token?(server: Server): string | Promise<string>
  /** The version before has no such list. */
  isNew?: boolean
  peer?: (started: { organizationId: string }, bench: Bench) => string
}

const pageRow = ({ id, title, must, path, token = ({ seed }) => seed.ada.token, isNew, peer }: PageRow): Row => ({
  id,
  title,
  group,
  unit: 'ms',
  ...(must && { must }),
  isLarge: true,
  operation: async (server, bench) => ({ steps: [{ path: await path(server, bench), headers: bearer(await token(server)) }] }),
  async subjects(bench) {
    const one = (name: Subject['name'], origin: string, step: Step): Subject => ({
      name,
      measure: async (seconds) => (await bench.load.run({ origin, seconds, connections: 1, steps: [step] })).p50,
    })
    const subjects: Subject[] = []
    for (const version of isNew ? bench.versions.slice(-1) : bench.versions) {
      const server = await large(bench, version)
      subjects.push(one(version.name, server.origin, { path: await path(server, bench), headers: bearer(await token(server)) }))
    }
    if (peer) {
      const started = await betterAuthLarge(bench)
      subjects.push(one('better-auth', started.origin, { path: peer(started, bench), headers: bearer(started.token) }))
    }
    return subjects
  },
})

const members = ({ seed }: Server, query: string): string => `/v1/organizations/${seed.organization}/members?limit=50&${query}`
const events = ({ seed }: Server, query: string): string => `/v1/organizations/${seed.organization}/audit-events?limit=50&${query}`

/** The 10,000th page, or the one half-way through a smaller organization. */
const deep = ({ options }: Bench): number => Math.min(500_000, options.scale.members / 2)

const users = (query: string): string => `/v1/operator/users?limit=50&${query}`

/** The operator's lists answer from all accounts, and must be as quick as the members of one organization. */
const userRow = (row: Pick<PageRow, 'id' | 'title' | 'must' | 'path'>): Row => pageRow({ ...row, token: () => OPERATOR_TOKEN, isNew: true })

/** The same for a backend with its own token, which also records that it reads addresses. */
const backendRow = (row: Pick<PageRow, 'id' | 'title' | 'must' | 'path'>): Row => pageRow({ ...row, token: backendToken, isNew: true })

async function backendToken({ origin }: Server): Promise<string> {
  const scopes = ['platform:users:read', 'platform:members:read']
  const registered = await fetch(`${origin}/v1/operator/clients`, {
    method: 'POST',
    headers: { ...bearer(OPERATOR_TOKEN), 'content-type': 'application/json' },
    body: JSON.stringify({ name: 'Backend', grants: ['client_credentials'], scopes }),
  })
  const { id, secret } = (await registered.json()) as { id: string; secret: string }
  const form = { grant_type: 'client_credentials', client_id: id, client_secret: secret, scope: scopes.join(' ') }
  const answer = await fetch(`${origin}/oauth/token`, { method: 'POST', body: new URLSearchParams(form) })
  return ((await answer.json()) as { access_token: string }).access_token
}

const listMembers = (query: string) => `/api/auth/organization/list-members?limit=50&${query}`

export const directoryRows: Row[] = [
  pageRow({
    id: 'members-first',
    title: 'members: first page',
    must: { atMost: 1.5 },
    path: async (server) => members(server, ''),
    peer: ({ organizationId }) => listMembers(`organizationId=${organizationId}`),
  }),
  pageRow({
    id: 'members-deep',
    title: 'members: 10,000th page (or half-way)',
    must: { atMost: 1.5 },
    path: async (server, bench) => {
      const { origin, seed } = server
      return members(server, `cursor=${await walk(origin, `/v1/organizations/${seed.organization}/members`, seed.ada.token, deep(bench))}`)
    },
    peer: ({ organizationId }, bench) => listMembers(`organizationId=${organizationId}&offset=${deep(bench)}`),
  }),
  pageRow({
    id: 'members-rare',
    title: 'members: search with 5 hits',
    must: { atMost: 2.5 },
    path: async (server) => members(server, 'q=quixote'),
    peer: () => '/api/auth/admin/list-users?limit=50&searchField=email&searchValue=quixote',
  }),
  pageRow({
    id: 'members-common',
    title: 'members: search with a hit in 20',
    must: { atMost: 20 },
    path: async (server) => members(server, 'q=maria'),
    peer: () => '/api/auth/admin/list-users?limit=50&searchField=email&searchValue=maria',
  }),
  userRow({ id: 'users-first', title: 'operator, users: newest page', must: { atMost: 1.5 }, path: async () => users('') }),
  userRow({
    id: 'users-deep',
    title: 'operator, users: 10,000th page (or half-way)',
    must: { atMost: 1.5 },
    path: async ({ origin }, bench) => users(`cursor=${await walk(origin, '/v1/operator/users', OPERATOR_TOKEN, deep(bench))}`),
  }),
  userRow({ id: 'users-rare', title: 'operator, users: search with 5 hits', must: { atMost: 2.5 }, path: async () => users('search=quixote') }),
  userRow({ id: 'users-common', title: 'operator, users: search with a hit in 20', must: { atMost: 20 }, path: async () => users('search=maria') }),
  backendRow({ id: 'backend-users', title: 'backend, users: newest page', must: { atMost: 3 }, path: async () => '/v1/users?limit=50' }),
  backendRow({ id: 'backend-user', title: 'backend, one user by email address', must: { atMost: 2.5 }, path: async () => '/v1/users/quixote7@rare.example' }),
  backendRow({
    id: 'backend-members',
    title: 'backend, members: search with 5 hits',
    must: { atMost: 3 },
    path: async (server) => members(server, 'q=quixote'),
  }),
  pageRow({ id: 'audit-page', title: 'audit log: newest page', must: { atMost: 4 }, path: async (server) => events(server, '') }),
  pageRow({
    id: 'audit-old',
    title: 'audit log: a day long ago',
    must: { atMost: 6 },
    path: async (server, { options }) => {
      const begin = Date.now() - options.scale.events * 10_000 * 0.9
      const [from, to] = [begin, begin + 86_400_000].map((time) => new Date(time).toISOString())
      return events(server, `from=${from}&to=${to}`)
    },
  }),
  {
    id: 'deactivate-sessions',
    title: 'deactivate somebody with many sessions',
    group,
    unit: 'ms',
    must: { atMost: 100 },
    rounds: 3,
    warmUps: 0,
    async subjects(bench) {
      const subjects: Subject[] = []
      for (const version of bench.versions) {
        const server = await large(bench, version)
        const [member] = server.seed.members
        let round = 0
        subjects.push({
          name: version.name,
          async measure() {
            round += 1
            const { pool, seed, origin } = server
            if (!pool || !member) throw new Error('There is nobody to deactivate.')
            await loadSessions(pool, member.id, seed.organizationId, bench.options.scale.sessions, `round${round}`)
            const ask = async (action: string): Promise<number> => {
              const begun = performance.now()
              const answer = await fetch(`${origin}/v1/organizations/${seed.organization}/members/${member.name}/${action}`, {
                method: 'POST',
                headers: bearer(seed.ada.token),
              })
              if (!answer.ok) throw new Error(`${action}: ${answer.status} ${await answer.text()}`)
              await answer.arrayBuffer()
              return performance.now() - begun
            }
            const took = await ask('deactivate')
            await ask('reactivate')
            return took
          },
        })
      }
      return subjects
    },
  },
]
