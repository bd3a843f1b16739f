/**
 * Measures the time from an admin's click to the last refusal: `npx node bench/revocation-latency.ts [changes] [verifiers] [minutes] [--roles]`, 1,000, 50 and at
 * most 30 by default. Two server processes share one PostgreSQL. Each verifier is a separate process with the SDK, half of them at each server. Each change is
 * requested with `Prefer: wait=2`. Every verifier checks the person's token continuously, and reports when the last accepting check and the first refusing
 * check began. A change is a deactivation. With `--roles`, every second one is an edit that takes a permission from the person's role, and the two are listed
 * separately.
 */
import { type ChildProcess, fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import type { RoleId } from '@muster/contract/ids.ts'
import { type Human, OPERATOR_TOKEN, SECRET, startMuster } from '@muster/testkit/muster.ts'
import { startPostgres } from '@muster/testkit/postgres.ts'
import { startTwinProcess } from '@muster/testkit/process.ts'
import { customRoles } from '../packages/server/test/oauth/custom-roles.ts'

const [changes = 1_000, count = 50, minutes = 30] = process.argv
  .slice(2)
  .filter((word) => !word.startsWith('--'))
  .map(Number)
const editsRoles = process.argv.includes('--roles')
const until = performance.now() + minutes * 60_000
const PEOPLE = 20
const DEPLOY = 'https://deploy.example.com'
const PERMISSION = 'apps:deploy'
const say = (line: string): void => void process.stdout.write(`${line}\n`)
// The machine's steady clock, which all processes share. `timeOrigin` differs, because each process reads it from the wall clock when it starts.
const now = (): number => Number(process.hrtime.bigint()) / 1e6

const postgres = await startPostgres()
const muster = await startMuster({ databaseUrl: await postgres.createDatabase(), env: { LOG_LEVEL: 'error' } })
const settings = { MUSTER_SECRET: SECRET, MUSTER_OPERATOR_TOKEN: OPERATOR_TOKEN, MUSTER_SMTP_URL: muster.mail.url, LOG_LEVEL: 'error' }
const servers = [await startTwinProcess(muster.config, settings), await startTwinProcess(muster.config, settings)]

interface Told {
  refusedAt: number
  acceptedAt: number
  code: string
}
interface VerifierProcess {
  child: ChildProcess
  next<T>(name: string): Promise<T>
}
if (editsRoles) {
  const apis = [{ name: 'Deploy', audience: DEPLOY, permissions: { [PERMISSION]: 'Deploy applications' }, grant: { member: [] } }]
  await muster.call('PUT', '/v1/operator/apis', { token: OPERATOR_TOKEN, body: { apis } })
}
const body = { name: 'bench', grants: ['client_credentials'], scopes: ['signals', 'introspect'], ...(editsRoles && { api: DEPLOY }) }
const { body: client } = await muster.call('POST', '/v1/operator/clients', { token: OPERATOR_TOKEN, body })
const verifiers: VerifierProcess[] = []
const main = fileURLToPath(new URL('./revocation-verifier.ts', import.meta.url))
for (let n = 0; n < count; n++) {
  const reached = (servers[n % servers.length] as (typeof servers)[number]).url
  const child = fork(main, [muster.url, reached, client.id, client.secret, ...(editsRoles ? [DEPLOY, PERMISSION] : [])], {
    execArgv: ['--max-old-space-size=64'],
  })
  const waiting = new Map<string, (message: unknown) => void>()
  const early = new Map<string, unknown>()
  child.on('message', (message: Record<string, unknown>) => {
    const name = ['ready', 'taken', 'accepted', 'refusedAt'].find((one) => one in message) as string
    const heard = waiting.get(name)
    waiting.delete(name)
    if (heard) heard(message)
    else early.set(name, message)
  })
  const verifier: VerifierProcess = {
    child,
    next: (name) =>
      new Promise((resolve) => {
        if (early.has(name)) {
          resolve(early.get(name) as never)
          early.delete(name)
        } else waiting.set(name, resolve as (message: unknown) => void)
      }),
  }
  verifiers.push(verifier)
  // A few at a time, because a process takes a while to start on two cores.
  if (n % 5 === 4) await Promise.all(verifiers.slice(-5).map((one) => one.next('ready')))
}
say(`${count} verifier processes at ${servers.length} server processes`)

const names = Array.from({ length: PEOPLE }, (_, n) => `person${n}`)
const people = await muster.organization({ ada: 'admin', ...Object.fromEntries(names.map((name) => [name, 'member' as const])) })
const ada = people['ada'] as Human
const [first] = servers
const member = async (name: string, action: string, headers: Record<string, string> = {}): Promise<any> => {
  const answer = await fetch(`${first?.url}/v1/organizations/ada/members/${name}/${action}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${ada.token}`, ...headers },
  })
  const body = await answer.json()
  if (!answer.ok) throw new Error(`${action}: ${answer.status} ${JSON.stringify(body)}`)
  return body
}

const roles = customRoles(muster, ada)
const roleOf = new Map<string, RoleId>()
if (editsRoles)
  for (const name of names) {
    const id = await roles.create(`Role of ${name}`, [PERMISSION])
    await roles.give(name, id)
    roleOf.set(name, id)
  }
const { accessTokens, store } = muster.server.services
const tokenOf = async (name: string): Promise<string> => {
  const { token, sessionId } = await muster.login(people[name] as Human)
  const api = editsRoles ? await store.reading.apis.findByAudience(DEPLOY) : null
  if (!api) return token
  const login = await accessTokens.verifyAccessToken(token)
  return (await accessTokens.issueAccessToken({ ...login, sessionId: sessionId as NonNullable<typeof login.sid>, api })).accessToken
}

/** What is measured of one kind of change. */
interface Series {
  last: number[]
  each: number[]
  call: number[]
  fromCommit: number[]
  done: number
  acknowledgedByAll: number
  acceptedAfter: number
}
interface Change {
  make(name: string): Promise<{ receivers: number; missing: readonly unknown[] }>
  undo(name: string): Promise<unknown>
  code: string
}
const deactivation: Change = {
  make: async (name) => (await member(name, 'deactivate', { prefer: 'wait=2' })).revocation,
  undo: (name) => member(name, 'reactivate'),
  code: 'user_deactivated',
}
const roleEdit: Change = {
  async make(name) {
    const report = await roles.edit(roleOf.get(name) as RoleId, [], 2)
    if (!report) throw new Error('The database did not answer.')
    return report
  },
  undo: (name) => roles.edit(roleOf.get(name) as RoleId, [PERMISSION]),
  code: 'forbidden',
}
const kinds: Record<string, Change> = { deactivations: deactivation, ...(editsRoles && { 'edits of a role': roleEdit }) }
const series = Object.fromEntries(
  Object.keys(kinds).map((kind): [string, Series] => [kind, { last: [], each: [], call: [], fromCommit: [], done: 0, acknowledgedByAll: 0, acceptedAfter: 0 }]),
)
const strange = new Map<string, number>()
const titles = Object.keys(kinds)
for (let done = 0; done < changes && performance.now() < until; done++) {
  const kind = titles[done % titles.length] as string
  const { make, undo, code: expected } = kinds[kind] as Change
  const of = series[kind] as Series
  const name = names[done % PEOPLE] as string
  const token = await tokenOf(name)
  const accepted = verifiers.map((one) => one.next('accepted'))
  const refused = verifiers.map((one) => one.next<Told>('refusedAt'))
  for (const { child, next } of verifiers) {
    child.send({ token })
    void next('taken')
  }
  await Promise.all(accepted)
  const askedAt = now()
  const revocation = await make(name)
  const answeredAt = now()
  const told = await Promise.all(refused)
  of.done += 1
  of.call.push(answeredAt - askedAt)
  of.last.push(Math.max(...told.map(({ refusedAt }) => refusedAt)) - answeredAt)
  of.fromCommit.push(Math.max(...told.map(({ refusedAt }) => refusedAt)) - askedAt)
  of.each.push(...told.map(({ refusedAt }) => refusedAt - answeredAt))
  const complete = revocation.missing.length === 0 && revocation.receivers >= count
  if (complete) of.acknowledgedByAll += 1
  const late = complete ? told.filter(({ acceptedAt }) => acceptedAt > answeredAt) : []
  of.acceptedAfter += late.length
  for (const { acceptedAt, refusedAt } of late) {
    const [accepted, refused] = [acceptedAt - answeredAt, refusedAt - answeredAt].map((after) => after.toFixed(1))
    say(`accepted ${accepted} ms after an answer in which all of ${revocation.receivers} had acknowledged, refused ${refused} ms after it`)
  }
  for (const { code } of told) if (code !== expected) strange.set(code, (strange.get(code) ?? 0) + 1)
  await undo(name)
  if (done % 100 === 99) process.stderr.write(`${done + 1} of ${changes}\n`)
}

const quantile = (values: number[], part: number): string =>
  (values.toSorted((one, other) => one - other)[Math.min(values.length - 1, Math.floor(values.length * part))] as number).toFixed(1)
const line = (what: string, values: number[]): void => say(`${what.padEnd(64)} ${[0.5, 0.99, 1].map((part) => quantile(values, part).padStart(8)).join(' ')}`)
for (const [kind, { last, each, call, fromCommit, done, acknowledgedByAll, acceptedAfter }] of Object.entries(series)) {
  if (done === 0) continue
  say(`${`${kind}, milliseconds`.padEnd(64)} ${['p50', 'p99', 'max'].map((name) => name.padStart(8)).join(' ')}`)
  line('from the answer to the last of the first refusals', last)
  line("from the answer to a verifier's first refusal", each)
  line('the call itself, with the wait', call)
  line('from the request to the last of the first refusals', fromCommit)
  say(
    `${done} ${kind}, acknowledged by all receivers in the answer: ${acknowledgedByAll}; accepted by a judgement that began after such an answer: ${acceptedAfter}`,
  )
}
if (strange.size > 0) say(`refused for other reasons: ${JSON.stringify([...strange])}`)

for (const { child } of verifiers) child.send({ end: true })
await Promise.all(verifiers.map(({ child }) => new Promise((resolve) => child.once('exit', resolve))))
for (const server of servers) await server.stop()
await muster.close()
await postgres.stop()
process.exit(0)
