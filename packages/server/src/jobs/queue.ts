import { type Kysely, sql } from 'kysely'
import { type ConstructorOptions, fromKysely, fromPglite, PgBoss, type Queue } from 'pg-boss'
import pgBossPackage from 'pg-boss/package.json' with { type: 'json' }
import { countOne } from '../domain/command/counts.ts'
import type { Database } from '../store/database.ts'
import type { Tables } from '../store/tables.ts'

export const jobNames = ['mail', 'backchannel-logout', 'secret'] as const
export type JobName = (typeof jobNames)[number]

export interface Job<Data = unknown> {
  id: string
  data: Data
  /** 0 the first time. Handlers are idempotent: a process may crash after the work and before the job is marked as completed. */
  retryCount: number
  /** After this many retries, the job has failed. */
  retryLimit: number
  /** Aborted when its time is over, and for a queue whose jobs go on later, when the process stops. */
  signal: AbortSignal
}

export interface JobQueue {
  /** Part of the transaction: rolled back with it, and picked up right after the commit. `onAsk` gets the statement when it is asked for, and may mark it. */
  send(trx: Kysely<Tables>, name: JobName, data: object, options?: { afterSeconds?: number; onceAs?: string; onAsk?: (text: string) => string }): Promise<void>
  /** Failed attempts of this process. */
  failures: ReadonlyMap<JobName, number>
  work<Data = unknown>(name: JobName, handler: (job: Job<Data>) => Promise<void>, options?: { goesOnLater?: boolean }): Promise<void>
  /** Takes no more jobs. */
  rest(): Promise<void>
  /** Waits for the running jobs. */
  stop(): Promise<void>
}

const schema = 'jobs'
const day = 86_400

type Options = Omit<Queue, 'name'>

const queues: Record<JobName, Options> = {
  // Retried for about three days, in the end once an hour, so that no email is lost when the mail server is down for a weekend. The handler
  // drops emails whose code has expired.
  mail: {
    retryLimit: 84,
    retryDelay: 2,
    retryBackoff: true,
    retryDelayMax: 3_600,
    expireInSeconds: 120,
    retentionSeconds: 4 * day,
    deleteAfterSeconds: day,
    notify: true,
  },
  // The handler gives up after an hour. The retries last longer than that.
  'backchannel-logout': { retryLimit: 40, retryDelay: 2, retryBackoff: true, retryDelayMax: 300, expireInSeconds: 60, deleteAfterSeconds: day, notify: true },
  // Retried until all values are renewed. Each transaction renews some, so a retry goes on where the last attempt ended.
  secret: { retryLimit: 10_000, retryDelay: 2, retryBackoff: true, retryDelayMax: 60, expireInSeconds: 900, deleteAfterSeconds: day, notify: true },
}

// Retries use real time, even when a test has moved the clock. S60 is about Muster's time, not about how long a server was down.
const clock: ConstructorOptions['clock'] = {
  now: () => Math.round(performance.timeOrigin + performance.now()),
  setTimeout: (run, milliseconds) => setTimeout(run, milliseconds),
  clearTimeout: (timer) => clearTimeout(timer as NodeJS.Timeout),
  setInterval: (run, milliseconds) => setInterval(run, milliseconds),
  clearInterval: (timer) => clearInterval(timer as NodeJS.Timeout),
}

/** True if `prepareQueues` has nothing to do. False if the statement fails: then `prepareQueues` finds the reason, and reports it. */
export async function areQueuesCurrent({ kysely }: Database): Promise<boolean> {
  // pg-boss builds an index of a new version after its migration. One that is not built yet is work too.
  const { rows } = await sql<{ version: number; isBuilding: boolean; options: Record<string, Options> | null }>`
    select version,
      exists (select from jobs.bam where status <> 'completed') as "isBuilding",
      (select json_object_agg(name, json_build_object('retryLimit', retry_limit, 'retryDelay', retry_delay, 'retryBackoff', retry_backoff,
        'retryDelayMax', retry_delay_max, 'expireInSeconds', expire_seconds, 'retentionSeconds', retention_seconds,
        'deleteAfterSeconds', deletion_seconds, 'notify', notify)) from jobs.queue) as options
    from jobs.version`
    .execute(kysely)
    .catch(() => ({ rows: [] }))
  const [found] = rows
  if (found === undefined || found.version !== pgBossPackage.pgboss.schema || found.isBuilding) return false
  return jobNames.every((queue) => Object.entries(queues[queue]).every(([name, value]) => found.options?.[queue]?.[name as keyof Options] === value))
}

/** Installs or updates pg-boss's own schema and the queues. Part of `migrate`. */
export async function prepareQueues(database: Database, migrateUrl = database.url): Promise<void> {
  const boss = newBoss(database, migrateUrl, { migrate: true, supervise: false, useListenNotify: false })
  await boss.start()
  try {
    for (const name of jobNames) {
      if (await boss.getQueue(name)) await boss.updateQueue(name, queues[name])
      else await boss.createQueue(name, queues[name])
    }
  } finally {
    await boss.stop({ graceful: false })
  }
}

/** Opens the queue on a migrated database. `onError` receives errors of background work. */
export async function openQueue(database: Database, onError: (error: Error) => void = reportError): Promise<JobQueue> {
  // LISTEN makes it fast: an email is sent some milliseconds after the commit. Polling makes it reliable.
  const boss = newBoss(database, database.url, { migrate: false, supervise: true, useListenNotify: true })
  boss.on('error', onError)
  await boss.start()
  if (database.pglite !== undefined) await returnOrphans(boss, database.pglite)
  const failures = new Map<JobName, number>(jobNames.map((name) => [name, 0]))
  const stopping = new AbortController()
  return {
    failures,
    async send(trx, name, data, { afterSeconds, onceAs, onAsk = String } = {}) {
      const db = fromKysely(trx)
      await boss.send(name, data, {
        db: { executeSql: (text, values) => db.executeSql(onAsk(text), values) },
        ...(afterSeconds === undefined ? {} : { startAfter: afterSeconds }),
        ...(onceAs === undefined ? {} : { singletonKey: onceAs }),
      })
    },
    async work(name, handler, { goesOnLater = false } = {}) {
      const signalOf = (signal: AbortSignal): AbortSignal => (goesOnLater ? AbortSignal.any([signal, stopping.signal]) : signal)
      const options = {
        batchSize: 20,
        burstWhenBatchFull: true,
        perJobResults: true, // one failed email must not cause the others of its batch to be sent again
        includeMetadata: true,
        pollingIntervalSeconds: 0.5,
        notifyPollingIntervalSeconds: 2,
      } as const
      await boss.work(name, options, (jobs: Job<never>[]) =>
        Promise.all(
          jobs.map(async ({ id, data, retryCount, retryLimit, signal }) => {
            try {
              await handler({ id, data, retryCount, retryLimit, signal: signalOf(signal) })
              return { id, status: 'completed' as const }
            } catch (error) {
              if (goesOnLater && stopping.signal.aborted) return { id, status: 'failed' as const, output: { message: 'The process stopped.' } }
              onError(error as Error)
              countOne(failures, name)
              return { id, status: 'failed' as const, output: { message: (error as Error).message } }
            }
          }),
        ),
      )
    },
    async rest() {
      stopping.abort()
      for (const name of jobNames) await boss.offWork(name, { wait: false })
    },
    stop() {
      stopping.abort()
      return boss.stop({ graceful: true, timeout: 10_000 })
    },
  }
}

/** Only one process opens the data folder. So a job that is still marked active was interrupted by a crash, and can be retried at once. */
async function returnOrphans(boss: PgBoss, pglite: Pglite): Promise<void> {
  for (const name of jobNames) {
    const { rows } = await pglite.query<{ id: string }>(`select id from ${schema}.job where name = $1 and state = 'active'`, [name])
    const ids = rows.map(({ id }) => id)
    if (ids.length > 0) await boss.fail(name, ids, { message: 'The process ended while it was working on this job.' })
  }
}

function newBoss(database: Database, url: string | undefined, options: ConstructorOptions): PgBoss {
  const common = { schema, clock, schedule: false, ...options } as ConstructorOptions
  const boss =
    database.pglite === undefined
      ? new PgBoss({ ...common, connectionString: url ?? '', max: 3, application_name: 'muster-jobs' })
      : new PgBoss({ ...common, db: fromPglite(withNumbers(database.pglite)), backend: 'pglite' })
  // An `error` event without a listener would end the process. `openQueue` adds its own listener.
  boss.on('error', () => {})
  boss.on('warning', () => {})
  return boss
}

type Pglite = NonNullable<Database['pglite']>

/** pg-boss expects int8 as a number. Muster reads it as a bigint. */
function withNumbers(pglite: Pglite): Parameters<typeof fromPglite>[0] {
  const options = { parsers: { 20: Number } }
  return {
    query: (text: string, values?: unknown[]) => pglite.query(text, values, options),
    exec: (text: string) => pglite.exec(text, options),
    listen: (channel: string, listener: (payload: string) => void) => pglite.listen(channel, listener),
  } as Parameters<typeof fromPglite>[0]
}

function reportError(error: Error): void {
  process.stderr.write(`${error.stack ?? error.message}\n`)
}
