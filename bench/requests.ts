/**
 * Measures the cost of everyday requests: `npx node bench/requests.ts [seconds] [at once]`, 5 and 32 by default. A whole server uses its own PostgreSQL. This
 * process sends the requests and shares the cores with both. The cases alternate. Each case has a floor, which is the least work that this machine needs for
 * the same task. Rates depend on the machine and the moment, so compare the share of the floor and the number of statements per request.
 */
import { generateKeyPairSync, sign } from 'node:crypto'
import { Agent, request as open } from 'node:http'
import { CLI_CLIENT_ID } from '@muster/contract/ids.ts'
import { createPool } from '@muster/server/store/database.ts'
import { startMuster } from '@muster/testkit/muster.ts'
import { startPostgres } from '@muster/testkit/postgres.ts'
import pg from 'pg'
import { deviceLogin, SCOPE } from '../packages/server/test/oauth/conversation.ts'

const seconds = Number(process.argv[2] ?? 5)
const atOnce = Number(process.argv[3] ?? 32)
const ROUNDS = 3

const say = (line: string): void => void process.stdout.write(`${line}\n`)
const postgres = await startPostgres()
const databaseUrl = await postgres.createDatabase()
const muster = await startMuster({ databaseUrl, env: { MUSTER_TRUSTED_PROXIES: '127.0.0.1', LOG_LEVEL: 'silent' } })
const pool = createPool({ url: databaseUrl, size: 10, statementTimeoutSeconds: 30 })
const agent = new Agent({ keepAlive: true, maxSockets: atOnce })

let asked = 0
const { query } = pg.Client.prototype
pg.Client.prototype.query = function counted(this: pg.Client, ...args: never[]) {
  asked += 1
  return (query as (...args: never[]) => never).apply(this, args)
} as typeof query

/** Gives each request a different address, as if from many machines, because rate limits count requests by address. */
let caller = 0
const from = (): string => {
  caller += 1
  return `10.${(caller >> 16) & 255}.${(caller >> 8) & 255}.${caller & 255}`
}
interface Asked {
  method?: string
  headers?: Record<string, string>
  body?: string
}
const request = ({ method = 'GET', headers = {}, body }: Asked, path: string, address = from()): Promise<void> =>
  new Promise((resolve, reject) => {
    const sent = open(`${muster.url}${path}`, { agent, method, headers: { ...headers, 'x-forwarded-for': address } }, (answer) => {
      let text = ''
      answer.on('data', (chunk: Buffer) => {
        text += chunk
      })
      answer.on('end', () => (answer.statusCode && answer.statusCode < 300 ? resolve() : reject(new Error(`${path}: ${answer.statusCode} ${text}`))))
    })
    sent.on('error', reject)
    sent.end(body)
  })
const form = (fields: Record<string, string>): Asked => ({
  method: 'POST',
  headers: { 'content-type': 'application/x-www-form-urlencoded' },
  body: new URLSearchParams(fields).toString(),
})

try {
  const { ada } = await muster.organization({ ada: 'admin', bob: 'member' })
  if (!ada) throw new Error('ada is missing')
  const { refresh_token: refreshToken = '' } = await deviceLogin(muster, ada, `${SCOPE} offline_access`)
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  await pool.query('create table floor (id bigint generated always as identity primary key, what text)')
  await pool.query(`insert into floor (what) select 'x' from generate_series(1, 1000)`)
  const read = () => pool.query({ name: 'read', text: 'select what from floor where id = $1', values: [1 + (caller++ % 1000)] })
  const write = () => pool.query({ name: 'write', text: 'insert into floor (what) values ($1)', values: ['x'] })

  interface Case {
    name: string
    /** The name of the case that is the floor of this one. */
    floor: string
    once(): Promise<unknown>
  }
  const bearer = { authorization: `Bearer ${ada.token}` }
  const cases: Case[] = [
    { name: 'one read by key', floor: 'one read by key', once: read },
    { name: 'one durable insert', floor: 'one durable insert', once: write },
    {
      name: 'one ES256 signature',
      floor: 'one ES256 signature',
      once: async () => sign('sha256', Buffer.alloc(600), { key: privateKey, dsaEncoding: 'ieee-p1363' }),
    },
    { name: 'GET /healthz', floor: 'one read by key', once: () => request({}, '/healthz') },
    { name: 'GET /v1/me', floor: 'one read by key', once: () => request({ headers: bearer }, '/v1/me') },
    {
      name: 'refresh-token exchange',
      floor: 'one durable insert',
      once: () => request(form({ grant_type: 'refresh_token', refresh_token: refreshToken, client_id: CLI_CLIENT_ID }), '/oauth/token', '10.255.0.1'),
    },
    { name: 'device authorization', floor: 'one durable insert', once: () => request(form({ client_id: CLI_CLIENT_ID, scope: SCOPE }), '/oauth/device/code') },
    {
      name: 'org secret',
      floor: 'one durable insert',
      once: () => request({ method: 'POST', headers: { ...bearer, 'content-type': 'application/json' }, body: '{}' }, '/v1/organizations/ada/secrets'),
    },
  ]

  const rates = new Map<string, number[]>(cases.map(({ name }) => [name, []]))
  const statements = new Map<string, number>()
  const forget = setInterval(() => void pool.query('delete from attempt').catch(() => {}), 200) // Rate limits are not measured here.
  for (let round = -1; round < ROUNDS; round++) {
    for (const { name, once } of cases) {
      const before = asked
      let done = 0
      const began = performance.now()
      const until = began + (round < 0 ? 500 : (seconds * 1000) / ROUNDS)
      await Promise.all(
        Array.from({ length: atOnce }, async () => {
          while (performance.now() < until) {
            await once()
            done += 1
          }
        }),
      )
      if (round >= 0) rates.get(name)?.push((done / (performance.now() - began)) * 1000)
      statements.set(name, (asked - before) / done)
    }
  }
  clearInterval(forget)

  const best = (name: string): number => Math.max(...(rates.get(name) ?? []))
  say(`${'best of three'.padEnd(26)} a second   of the floor             statements each`)
  for (const { name, floor } of cases) {
    const share = floor === name ? 'is one' : `${(best(name) / best(floor)).toFixed(2)} of ${floor}`
    say(`${name.padEnd(26)} ${best(name).toFixed(0).padStart(8)}   ${share.padEnd(24)} ${(statements.get(name) ?? 0).toFixed(1)}`)
  }
} finally {
  agent.destroy()
  await pool.end()
  await muster.close()
  await postgres.stop()
}
