import { type Bench, muster, other, type Server } from '../harness/bench.ts'
import { cpuSeconds, idle } from '../harness/cpu.ts'
import { bearer, form, type Load, type Step } from '../harness/load.ts'
import type { Must, Row, Subject, SubjectName } from '../harness/measure.ts'

// What one server answers in a second: each subject in its own process, the load in another, PostgreSQL in a third.

export type Ask = Pick<Load, 'steps'> & Partial<Pick<Load, 'lists' | 'connections' | 'goesOn'>>

export interface RequestRow {
  id: string
  title: string
  engine?: 'postgres' | 'pglite'
  /** Rows with the same use share a database. */
  use?: string
  connections?: number
  must?: Must
  /** Empties the table of rate limits meanwhile, because they are not what is measured. */
  limited?: boolean
  ask(server: Server): Ask
  others?: { name: SubjectName; file: Parameters<typeof other>[1]; ask(started: any): Ask }[]
}

export function requestRow({ id, title, engine = 'postgres', use = 'requests', connections = 32, must, limited, ask, others = [] }: RequestRow): Row {
  const play = (bench: Bench, name: SubjectName, origin: string, pid: number, asked: Ask, server?: Server): Subject => ({
    name,
    async measure(seconds) {
      const forget = limited && server?.pool ? setInterval(() => void server.pool?.query('delete from attempt').catch(() => {}), 100) : undefined
      try {
        const before = cpuSeconds(pid)
        const { rate, requests } = await bench.load.run({ origin, seconds, connections, ...asked })
        const after = cpuSeconds(pid)
        await idle(pid)
        return { value: rate, cpu: before === null || after === null ? null : ((after - before) / requests) * 1e6 }
      } finally {
        clearInterval(forget)
      }
    },
  })
  return {
    id,
    title,
    group: `requests ${engine} ${use}`,
    unit: '/s',
    ...(must && { must }),
    ...(engine === 'postgres' && { operation: ask }),
    async subjects(bench) {
      const ours: Subject[] = []
      for (const version of bench.versions) {
        const server = await muster(bench, version, engine, use)
        ours.push(play(bench, version.name, server.origin, server.process.child.pid ?? 0, ask(server), server))
      }
      const theirs: Subject[] = []
      for (const { name, file, ask: asked } of others) {
        const started = await other(bench, file)
        theirs.push(play(bench, name, started.origin, started.pid, asked(started)))
      }
      return [...ours, ...theirs]
    },
  }
}

const at = (step: Step, more: Partial<Ask> = {}): Ask => ({ steps: [step], ...more })
const floor = (asked: (started: any) => Ask) => ({ name: 'floor', file: 'floor.ts', ask: asked }) as const
const betterAuth = (asked: (started: any) => Ask) => ({ name: 'better-auth', file: 'better-auth.ts', ask: asked }) as const

/** In memory, without a database. */
const oidcProvider = (asked: (started: any) => Ask) => ({ name: 'oidc-provider', file: 'oidc-provider.ts', ask: asked }) as const

const me: Ask['steps'] = [{ path: '/v1/me', headers: { authorization: 'Bearer {token}' } }]
const floorMe = floor(({ tokens }) => ({ steps: [{ path: '/me', headers: { authorization: 'Bearer {token}' } }], lists: { token: tokens } }))
const session = betterAuth(({ token }) => at({ path: '/api/auth/get-session', headers: bearer(token) }))
const tokens = ({ seed }: Server): string[] => [seed.ada.token, ...seed.members.map(({ token }) => token)]
const keys = ({ seed }: Server): string[] => [seed.ada.key, ...seed.members.map(({ key }) => key)]

const onPglite = (row: RequestRow): Row => requestRow({ ...row, id: `${row.id}-pglite`, title: `${row.title}, PGlite`, engine: 'pglite' })

const meByToken: RequestRow = {
  id: 'me',
  title: '`GET /v1/me`, access token',
  must: { ofFloor: 0.5 },
  ask: (server) => ({ steps: me, lists: { token: tokens(server) } }),
  others: [floorMe, session],
}
const meByKey: RequestRow = { ...meByToken, id: 'me-key', title: '`GET /v1/me`, API key', ask: (server) => ({ steps: me, lists: { token: keys(server) } }) }
const withoutMust = ({ must: _, ...row }: RequestRow): RequestRow => row

export const requestRows: Row[] = [
  requestRow(meByToken),
  requestRow(meByKey),
  requestRow({
    id: 'healthz',
    title: '`GET /healthz`',
    must: { ofFloor: 0.5 },
    ask: () => at({ path: '/healthz' }),
    others: [floor(() => at({ path: '/hello' }))],
  }),
  requestRow({
    id: 'forward-auth',
    title: 'forward auth, access token',
    must: { ofFloor: 0.7 },
    ask: (server) => ({ steps: [{ path: '/v1/forward-auth', headers: { authorization: 'Bearer {token}' } }], lists: { token: tokens(server) } }),
    others: [{ name: 'floor', file: 'forward-floor.ts', ask: ({ token }) => at({ path: '/', headers: bearer(token) }) }],
  }),
  requestRow({
    id: 'introspection',
    title: 'introspection',
    must: { ofFloor: 0.4 },
    limited: true,
    ask: (server) => ({
      steps: [{ path: '/oauth/introspect', ...form({ token: '{token}' }), headers: { ...form({}).headers, authorization: 'Basic {client}' } }],
      lists: {
        token: tokens(server),
        client: server.seed.clients.map(({ id, secret }) => Buffer.from(`${id}:${secret}`).toString('base64')),
      },
    }),
    others: [floorMe],
  }),
  requestRow({
    id: 'refresh',
    title: 'refresh, ES256',
    must: { ofFloor: 0.5 },
    limited: true,
    ask: ({ seed }) => {
      const fields = form({ grant_type: 'refresh_token', refresh_token: '{token}', client_id: seed.cliClientId })
      const headers = { ...fields.headers, 'x-forwarded-for': '198.51.{c}.7' } // each program stays at its address
      return at({ path: '/oauth/token', ...fields, headers }, { lists: { token: seed.refreshTokens } })
    },
    others: [
      floor(() => at({ path: '/refresh', ...form({}) })),
      betterAuth(({ token }) => at({ path: '/api/auth/token', headers: bearer(token) })),
      oidcProvider(({ refreshToken }) => at({ path: '/token', ...form({ grant_type: 'refresh_token', refresh_token: refreshToken, client_id: 'cli' }) })),
    ],
  }),
  requestRow({
    id: 'device',
    title: 'device authorization',
    must: { ofFloor: 0.3 },
    limited: true,
    ask: ({ seed }) => at({ path: '/oauth/device/code', ...form({ client_id: seed.cliClientId, scope: 'openid profile email api' }) }),
    others: [
      floor(() => at({ path: '/device', ...form({}) })),
      betterAuth(() => at({ path: '/api/auth/device/code', ...form({ client_id: 'cli', scope: 'openid' }) })),
      oidcProvider(() => at({ path: '/device/auth', ...form({ client_id: 'cli', scope: 'read' }) })),
    ],
  }),
  onPglite(withoutMust(meByToken)),
  onPglite(withoutMust(meByKey)),
]
