// Measures the cost of revocation: a backlog of 100,000 for a new receiver, and a deactivation that waits for 50 receivers at two server processes. Run: `node
// bench/signals.ts`. The testkit starts PostgreSQL.
import { freePort, type Muster, OPERATOR_TOKEN, startMuster } from '@muster/testkit/muster.ts'
import { startPostgres } from '@muster/testkit/postgres.ts'
import { sql } from 'kysely'

const BATCH = 'urn:muster:event-type:revocations'
const RECEIVERS = Number(process.argv[2] ?? 50)
const ROUNDS = Number(process.argv[3] ?? 100)

const databaseUrl = await (await startPostgres()).createDatabase()
const one = await startMuster({ databaseUrl })
const port = await freePort()
const two = await startMuster({ databaseUrl, env: { PORT: String(port), MUSTER_ISSUER: one.url, MUSTER_HOSTS: `localhost:${port}` } })
const urls = [one.url, `http://localhost:${port}`]

const { body: client } = await one.call('POST', '/v1/operator/clients', {
  token: OPERATOR_TOKEN,
  body: { name: 'Bench', grants: ['client_credentials'], scopes: ['signals'] },
})
const form = new URLSearchParams({ grant_type: 'client_credentials', client_id: client.id, client_secret: client.secret, scope: 'signals' })
const { body: granted } = await one.call('POST', '/oauth/token', { body: form.toString(), headers: { 'content-type': 'application/x-www-form-urlencoded' } })
const token: string = granted.access_token

async function post(url: string, path: string, body: unknown): Promise<any> {
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' }
  const response = await fetch(`${url}${path}`, { method: 'POST', headers, body: JSON.stringify(body) })
  if (!response.ok) throw new Error(`${response.status} ${await response.text()}`)
  return response.json()
}
const newStream = () => post(one.url, '/ssf/streams', { events_requested: [BATCH, 'https://schemas.openid.net/secevent/caep/event-type/session-revoked'] })
const rowsOf = (set: string): number => [JSON.parse(Buffer.from(set.split('.')[1] as string, 'base64url').toString()).muster].flat().length

// ---- An acknowledged deactivation
let ending = false
const receivers = await Promise.all(
  Array.from({ length: RECEIVERS }, async (_, index) => {
    const { stream_id: id } = await newStream()
    const url = urls[index % 2] as string
    const run = async (): Promise<void> => {
      for (let ack: string[] = []; !ending; ) {
        const { sets } = await post(url, `/ssf/streams/${id}/poll`, { ack })
        ack = Object.keys(sets)
      }
    }
    return run
  }),
)
const running = Promise.all(receivers.map((run) => run().catch(() => {})))
await new Promise((resolve) => setTimeout(resolve, 4_000))
const people = await one.organization({ ada: 'admin', bob: 'member' })
const admin = people['ada']?.token
const took: number[] = []
const commits: number[] = []
let short = 0
for (let round = 0; round < ROUNDS; round++) {
  const begun = performance.now()
  const { body } = await one.call('POST', '/v1/organizations/ada/members/bob/deactivate', { token: admin, headers: { prefer: 'wait=5' } })
  took.push(performance.now() - begun)
  commits.push(performance.now() - begun - body.revocation.waited_ms)
  if (body.revocation.acknowledged < body.revocation.receivers) short += 1
  await one.call('POST', '/v1/organizations/ada/members/bob/reactivate', { token: admin })
}
const at = (values: number[], share: number): number =>
  Math.round(values.toSorted((a, b) => a - b)[Math.min(values.length - 1, Math.floor(values.length * share))] as number)
console.log(
  `deactivation, ${RECEIVERS} receivers at 2 servers, ${ROUNDS} rounds: p50 ${at(took, 0.5)} ms, p99 ${at(took, 0.99)} ms, max ${at(took, 1)} ms; without the wait p50 ${at(commits, 0.5)} ms`,
)
console.log(`rounds in which not all acknowledged: ${short}`)
ending = true

// ---- The backlog of a new receiver
await one.server.database.kysely.executeQuery(
  sql`insert into revocation (kind, subject, value, expires_at)
    select 'session', 'ses_bench_' || n, '{"reason":"token_revoked"}', now() + interval '1 day' from generate_series(1, 100000) n`.compile(
    one.server.database.kysely,
  ),
)
await new Promise((resolve) => setTimeout(resolve, 8_000)) // By then both processes have read the rows.
for (const run of [1, 2]) {
  const { stream_id: id } = await newStream()
  const begun = performance.now()
  let rows = 0
  let ack: string[] = []
  for (let more = true; more; ) {
    const { sets, moreAvailable } = await post(one.url, `/ssf/streams/${id}/poll`, { ack, returnImmediately: true })
    ack = Object.keys(sets)
    for (const set of Object.values(sets)) rows += rowsOf(set as string)
    more = moreAvailable
  }
  console.log(`backlog, run ${run}: ${rows} rows in ${Math.round(performance.now() - begun)} ms`)
  await fetch(`${one.url}/ssf/streams?stream_id=${id}`, { method: 'DELETE', headers: { authorization: `Bearer ${token}` } })
}

await Promise.all((['close'] as const).flatMap(() => [two, one].map((muster: Muster) => muster.close())))
await running
process.exit(0)
