import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { signIn } from '@muster/server/domain/accounts/sign-in.ts'
import { createMetrics, ofInstallation } from '@muster/server/http/monitoring/metrics.ts'
import { installationState } from '@muster/server/store/installation-state.ts'
import { type Human, type Muster, PASSWORD, startMuster } from '@muster/testkit/muster.ts'
import { sql } from 'kysely'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { root } from '../repository/tree-copy.ts'

let muster: Muster
let ada: Human
let bob: Human
let text: string
beforeAll(async () => {
  muster = await startMuster()
  const people = await muster.organization({ ada: 'admin', bob: 'member' })
  ada = people.ada as Human
  bob = people.bob as Human
  await muster.call('GET', `/v1/organizations/ada/members/${bob.id}`, { token: ada.token })
  await muster.call('GET', `/no/page/of/${bob.id}`)
  await muster.call('GET', '/v1/me')
  await muster.call('GET', '/v1/forward-auth', { token: 'nonsense' })
  await muster.call('POST', '/v1/organizations/ada/members/bob/deactivate', { token: ada.token })
  await attempt(ada.email, PASSWORD)
  await attempt('mallory@example.com', 'wrong').catch(() => {})
  for (let time = 0; time < 70; time++) await muster.server.services.limits.spend('operator by address', '203.0.113.7').catch(() => {})
  text = await scrape()
})
afterAll(() => muster.close())

const attempt = (identifier: string, password: string) =>
  signIn(
    muster.server.services,
    { kind: 'anonymous', origin: { address: '203.0.113.7', userAgent: null, requestId: 'a test' } },
    { identifier, password, replaces: null },
  )

const scrape = async (): Promise<string> => (await fetch(`${muster.url}/metrics`)).text()

const namesIn = (metrics: string): string[] => [...metrics.matchAll(/^# TYPE (\w+) /gm)].map(([, name = '']) => name)
const sampleOf = (metrics: string, sample: string): number =>
  Number(
    metrics
      .split('\n')
      .find((line) => line.startsWith(`${sample} `))
      ?.slice(sample.length),
  )

const read = (path: string): string => readFileSync(join(root, path), 'utf8')
const expressions = [
  ...[...read('deploy/monitoring/muster.rules.yaml').matchAll(/expr: '(.*)'/g)].map(([, expression = '']) => expression),
  ...[...read('deploy/monitoring/grafana-dashboard.json').matchAll(/"expr": (".*")/g)].map(([, expression = '']) => JSON.parse(expression) as string),
]

describe('the metrics (O7)', () => {
  test('count refusals by code', () => {
    expect(sampleOf(text, 'muster_refusals_total{code="authentication_required"}')).toBeGreaterThanOrEqual(1)
    expect(sampleOf(text, 'muster_refusals_total{code="invalid_token"}')).toBeGreaterThanOrEqual(1)
    expect(sampleOf(text, 'muster_refusals_total{code="user_deactivated"}')).toBe(0)
  })

  test('count sign-ins by result, and refusals by limit', () => {
    expect(sampleOf(text, 'muster_sign_ins_total{result="success"}')).toBeGreaterThanOrEqual(1)
    expect(sampleOf(text, 'muster_sign_ins_total{result="wrong_credentials"}')).toBeGreaterThanOrEqual(1)
    expect(sampleOf(text, 'muster_limit_refusals_total{limit="operator by address"}')).toBeGreaterThanOrEqual(10)
  })

  test('measure the time of a revocation, and count its result', () => {
    expect(sampleOf(text, 'muster_revocation_seconds_count')).toBeGreaterThanOrEqual(1)
    expect(sampleOf(text, 'muster_revocation_waits_total{result="acknowledged"}')).toBeGreaterThanOrEqual(1)
  })

  test('show the connections of the pool', () => {
    expect(sampleOf(text, 'muster_database_connections{state="idle"}')).toBeGreaterThanOrEqual(1)
    expect(sampleOf(text, 'muster_database_waiting')).toBe(0)
  })

  test('contain no personal data', () => {
    for (const personal of [ada.id, bob.id, 'ada', 'bob', 'mallory', '@', '203.0.113.7', 'usr_', 'org_', 'muster-cli'])
      expect([personal, text.split('\n').find((line) => line.includes(personal))]).toEqual([personal, undefined])
  })

  test('are all listed in docs/operations.md', () => {
    const page = read('docs/operations.md')
    expect(namesIn(text).filter((name) => !/^muster_(nodejs|process)_/.test(name) && !page.includes(`\`${name}\``))).toEqual([])
  })
})

describe('the state of the installation in the metrics (O7)', () => {
  test('has the receivers by method and state', async () => {
    const { kysely } = muster.server.database
    const receivers = async () => {
      await muster.call('GET', '/v1/forward-auth', { token: ada.token }) // makes the process a receiver
      return (await installationState(kysely)).receivers
    }
    await expect.poll(receivers).toEqual([{ method: 'server', state: 'enabled', count: 1 }])
  })

  test('has the number of waiting emails and the age of the oldest', async () => {
    const { kysely } = muster.server.database
    await sql`insert into jobs.job (name, data, state, created_on, start_after) values
      ('mail', '{}', 'created', now() - interval '1 hour', now() + interval '1 day'),
      ('mail', '{}', 'retry', now() - interval '1 minute', now() + interval '1 day'),
      ('backchannel-logout', '{}', 'created', now() - interval '1 day', now() + interval '1 day')`.execute(kysely)
    const state = await installationState(kysely)
    expect(state).toMatchObject({ emailsWaiting: 2, emailsRetried: 1 })
    expect(state.oldestEmailSeconds).toBeGreaterThanOrEqual(3_600)
    expect(state.oldestEmailSeconds).toBeLessThan(86_400)
    await sql`delete from jobs.job where data = '{}'`.execute(kysely)
  })

  test('is read once when two scrapes follow each other', async () => {
    let reads = 0
    const state = await installationState(muster.server.database.kysely)
    const installation = async () => {
      reads++
      return { ...state, receivers: [{ method: 'poll', state: 'lease_expired', count: 2 }] }
    }
    const { registry } = createMetrics({ waitingHashes: () => 0, pool: undefined, jobFailures: new Map(), installation })
    const metrics = await registry.metrics()
    expect([sampleOf(metrics, 'muster_emails_waiting'), sampleOf(metrics, 'muster_receivers{method="poll",state="lease_expired"}')]).toEqual([0, 2])
    await registry.metrics()
    expect(reads).toBe(1)
  })

  test('has no value when the database does not answer, and the other metrics do', async () => {
    const { registry } = createMetrics({
      waitingHashes: () => 3,
      pool: undefined,
      jobFailures: new Map(),
      installation: () => Promise.reject(new Error('down')),
    })
    const metrics = await registry.metrics()
    expect([sampleOf(metrics, 'muster_emails_waiting'), sampleOf(metrics, 'muster_password_hashes_waiting')]).toEqual([Number.NaN, 3])
  })
})

describe('the alerts and the dashboard (O7)', () => {
  test('use only metrics that exist', () => {
    const known = namesIn(text)
    const used = expressions.flatMap((expression) => expression.match(/\bmuster_\w+/g) ?? [])
    expect(new Set(used).size).toBeGreaterThan(15)
    expect(used.filter((name) => !known.includes(name.replace(/_(bucket|count|sum)$/, '')))).toEqual([])
  })

  test('use the maximum of what every process reports alike', () => {
    const ofAll = expressions.filter((expression) => ofInstallation.some((name) => expression.includes(name)))
    expect(ofAll.length).toBeGreaterThan(5)
    expect(ofAll.filter((expression) => !/^(max|max by \([\w, ]+\) ?|absent)\(/.test(expression))).toEqual([])
  })

  test('are explained, each alert in the README', () => {
    const alerts = [...read('deploy/monitoring/muster.rules.yaml').matchAll(/alert: (\w+)/g)].map(([, name]) => name)
    expect(alerts.filter((name) => !read('deploy/monitoring/README.md').includes(`| \`${name}\` |`))).toEqual([])
  })
})
