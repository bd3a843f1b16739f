import { setTimeout as sleep } from 'node:timers/promises'
import { type ProblemCode, problems } from '@muster/contract/problems.ts'
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client'
import { refusalsByLimit, signInsByResult } from '../../domain/command/counts.ts'
import { limits } from '../../domain/command/limits.ts'
import { failedSignIns } from '../../domain/command/refused-attempts.ts'
import type { RevocationReport } from '../../domain/signals/receiver.ts'

// Labels have few values, all of them names in the code: never an id, an address, a name or other input.

export interface Metrics {
  registry: Registry
  answered(answer: { route: string; method: string; status: number; seconds: number; refusal: ProblemCode | null }): void
  /** A revocation was waited for. Null if the database did not answer. */
  awaited(report: RevocationReport | null): void
  /** Events of this process have their positions (P18). */
  positioned(seconds: number): void
}

interface Installation {
  emailsWaiting: number
  emailsRetried: number
  oldestEmailSeconds: number
  receivers: readonly { method: string; state: string; count: number }[]
}

interface Sources {
  /** The number of waiting password hashes. */
  waitingHashes(): number
  /** The connections to PostgreSQL. Undefined for the embedded database. */
  pool: { totalCount: number; idleCount: number; waitingCount: number } | undefined
  /** Failed attempts of background jobs in this process, by queue. */
  jobFailures: ReadonlyMap<string, number>
  /** What all processes share, from the database. */
  installation(): Promise<Installation>
}

/** Metrics of the installation, which every process reports alike. Their sum over processes means nothing. */
export const ofInstallation = ['muster_emails_waiting', 'muster_emails_retried', 'muster_oldest_email_age_seconds', 'muster_receivers'] as const

const KEPT_MILLISECONDS = 5_000
/** Less than the time that Prometheus allows for a scrape, so that a silent database does not hide the other metrics. */
const ANSWER_MILLISECONDS = 2_000

const isRefusal = (code: ProblemCode): boolean => [401, 403, 429].includes(problems[code].status)

export function createMetrics({ waitingHashes, pool, jobFailures, installation }: Sources): Metrics {
  const registry = new Registry()
  const registers = [registry]
  collectDefaultMetrics({ register: registry, prefix: 'muster_' })
  // Gauges with the name of a counter. The same values by type are in the metrics without `_total`.
  for (const name of ['handles', 'requests', 'resources']) registry.removeSingleMetric(`muster_nodejs_active_${name}_total`)

  const durations = new Histogram({
    name: 'muster_http_request_seconds',
    help: 'Requests by route, method and status.',
    labelNames: ['route', 'method', 'status'],
    buckets: [0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5],
    registers,
  })
  const failures = new Counter({ name: 'muster_http_failures_total', help: 'Answers with a status of 500 or more.', registers })
  const refusals = new Counter({ name: 'muster_refusals_total', help: 'Problems with status 401, 403 or 429, by code.', labelNames: ['code'], registers })
  for (const code of Object.keys(problems) as ProblemCode[]) if (isRefusal(code)) refusals.inc({ code }, 0)
  counterOf('muster_sign_ins_total', 'Attempts to sign in with a password: success, or the code of the refusal.', 'result', () => [
    ['success', 0],
    ['wrong_credentials', 0],
    ...signInsByResult,
  ])
  counterOf('muster_failed_sign_ins_total', 'Wrong passwords, by whether the name has an account.', 'account', () => Object.entries(failedSignIns))
  counterOf('muster_limit_refusals_total', 'Attempts that found no point left in a limit. A limit beyond it may still admit them.', 'limit', () =>
    Object.keys(limits).flatMap((name) => (name.includes(' recorded ') ? [] : [[name, refusalsByLimit.get(name as keyof typeof limits) ?? 0]])),
  )
  counterOf('muster_job_failures_total', 'Attempts of background jobs that failed, by queue.', 'queue', () => [...jobFailures])
  gaugeOf('muster_password_hashes_waiting', 'Password hashes that wait for a processor.', [], (gauge) => gauge.set(waitingHashes()))
  gaugeOf('muster_database_connections', 'Connections to PostgreSQL for requests, by state.', ['state'], (gauge) => {
    if (!pool) return
    gauge.set({ state: 'idle' }, pool.idleCount)
    gauge.set({ state: 'busy' }, pool.totalCount - pool.idleCount)
  })
  gaugeOf('muster_database_waiting', 'Requests that wait for a connection to PostgreSQL.', [], (gauge) => gauge.set(pool?.waitingCount ?? 0))
  const revocations = new Histogram({
    name: 'muster_revocation_seconds',
    help: 'From the commit of a revocation to the acknowledgement of the last receiver that its response waited for.',
    buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30],
    registers,
  })
  const waits = new Counter({
    name: 'muster_revocation_waits_total',
    help: 'Responses that waited for receivers: acknowledged, incomplete, or unknown without the database.',
    labelNames: ['result'],
    registers,
  })
  for (const result of ['acknowledged', 'incomplete', 'unknown']) waits.inc({ result }, 0)

  const positions = new Histogram({
    name: 'muster_event_position_seconds',
    help: 'From a commit of this process to the positions of its events, in which the event feed shows them.',
    buckets: [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30],
    registers,
  })

  const shared = kept(installation)
  installationGauge('muster_emails_waiting', 'Installation: emails in the queue, at most 10,000.', ({ emailsWaiting }) => emailsWaiting)
  installationGauge('muster_emails_retried', 'Installation: emails in the queue whose last attempt failed.', ({ emailsRetried }) => emailsRetried)
  installationGauge('muster_oldest_email_age_seconds', 'Installation: age of the oldest email in the queue.', ({ oldestEmailSeconds }) => oldestEmailSeconds)
  new Gauge({
    name: 'muster_receivers',
    help: 'Installation: receivers of revocations, by method and state.',
    labelNames: ['method', 'state'],
    registers,
    async collect() {
      this.reset()
      for (const { method, state, count } of (await shared())?.receivers ?? []) this.set({ method, state }, count)
    },
  })

  function counterOf(name: string, help: string, label: string, values: () => Iterable<readonly [string, number] | (string | number)[]>): void {
    new Counter({
      name,
      help,
      labelNames: [label],
      registers,
      collect() {
        this.reset()
        for (const [value, count] of values()) this.inc({ [label]: value as string }, count as number)
      },
    })
  }
  function gaugeOf<Label extends string>(name: string, help: string, labelNames: Label[], collect: (gauge: Gauge<Label>) => void): void {
    new Gauge<Label>({
      name,
      help,
      labelNames,
      registers,
      collect() {
        collect(this)
      },
    })
  }
  /** Without a value while the database does not answer, so that no old value is taken for a new one. */
  function installationGauge(name: string, help: string, read: (state: Installation) => number): void {
    new Gauge({
      name,
      help,
      registers,
      async collect() {
        const state = await shared()
        if (state) this.set(read(state))
        else this.remove()
      },
    })
  }

  return {
    registry,
    answered({ route, method, status, seconds, refusal }) {
      durations.observe({ route, method, status }, seconds)
      if (status >= 500) failures.inc()
      if (refusal !== null && isRefusal(refusal)) refusals.inc({ code: refusal })
    },
    awaited(report) {
      const isComplete = report !== null && report.missing.length === 0
      waits.inc({ result: isComplete ? 'acknowledged' : report === null ? 'unknown' : 'incomplete' })
      if (isComplete) revocations.observe(report.waitedMilliseconds / 1000)
    },
    positioned: (seconds) => positions.observe(seconds),
  }
}

/** Reads at most once in five seconds, however many ask. Undefined if the read fails or takes too long. */
function kept<T>(read: () => Promise<T>): () => Promise<T | undefined> {
  let until = 0
  let reading: Promise<T | undefined> | undefined
  return () => {
    if (reading === undefined || performance.now() >= until) {
      until = performance.now() + KEPT_MILLISECONDS
      reading = Promise.race([read(), sleep(ANSWER_MILLISECONDS, undefined, { ref: false })]).catch(() => undefined)
    }
    return reading
  }
}
