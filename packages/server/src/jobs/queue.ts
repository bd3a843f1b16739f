import type { Transaction } from 'kysely'
import { type ConstructorOptions, fromKysely, fromPglite, PgBoss, type QueueOptions } from 'pg-boss'
import type { Database } from '../store/engine/database.ts'
import type { Tables } from '../store/tables.ts'

export const jobNames = ['mail', 'backchannel-logout'] as const
export type JobName = (typeof jobNames)[number]

export interface Job<Data = unknown> {
  id: string
  data: Data
  /** 0 the first time. Handlers are idempotent: a process may die after the deed and before the note. */
  retryCount: number
  signal: AbortSignal
}

export interface JobQueue {
  /** Part of the transaction: rolled back with it, and on its way right after the commit. */
  send(trx: Transaction<Tables>, name: JobName, data: object, options?: { afterSeconds?: number; onceAs?: string }): Promise<void>
  work<Data = unknown>(name: JobName, handler: (job: Job<Data>) => Promise<void>): Promise<void>
  /** Waits for what is being worked on. */
  stop(): Promise<void>
}

const schema = 'jobs'
const day = 86_400

const queues: Record<JobName, QueueOptions> = {
  // Once an hour at last, for about three days: a mail server that is down over a weekend loses no email. The handler drops emails
  // whose code has expired by then.
  mail: { retryLimit: 84, retryDelay: 2, retryBackoff: true, retryDelayMax: 3_600, expireInSeconds: 120, retentionSeconds: 4 * day, deleteAfterSeconds: day },
  // The handler ends it after an hour; the retries reach further than that.
  'backchannel-logout': { retryLimit: 40, retryDelay: 2, retryBackoff: true, retryDelayMax: 300, expireInSeconds: 60, deleteAfterSeconds: day },
}

// Retries keep real time even while a test has moved the clock (S60 is about Muster's time, not about how long a server was down).
const clock: ConstructorOptions['clock'] = {
  now: () => Math.round(performance.timeOrigin + performance.now()),
  setTimeout: (run, milliseconds) => setTimeout(run, milliseconds),
  clearTimeout: (timer) => clearTimeout(timer as NodeJS.Timeout),
  setInterval: (run, milliseconds) => setInterval(run, milliseconds),
  clearInterval: (timer) => clearInterval(timer as NodeJS.Timeout),
}

/** Installs or updates pg-boss's own schema and the queues; a part of `migrate`. */
export async function prepareQueues(database: Database, migrateUrl = database.url): Promise<void> {
  const boss = newBoss(database, migrateUrl, { migrate: true, supervise: false, useListenNotify: false })
  await boss.start()
  try {
    for (const name of jobNames) {
      const options = { ...queues[name], notify: true }
      if (await boss.getQueue(name)) await boss.updateQueue(name, options)
      else await boss.createQueue(name, options)
    }
  } finally {
    await boss.stop({ graceful: false })
  }
}

/** Opens the queue on a migrated database. `onError` hears of what fails in the background. */
export async function openQueue(database: Database, onError: (error: Error) => void = reportError): Promise<JobQueue> {
  // The listener makes it fast (a mail leaves some milliseconds after its commit), the polling makes it certain.
  const boss = newBoss(database, database.url, { migrate: false, supervise: true, useListenNotify: true })
  boss.on('error', onError)
  await boss.start()
  if (database.pglite !== undefined) await returnOrphans(boss, database.pglite)
  return {
    async send(trx, name, data, { afterSeconds, onceAs } = {}) {
      await boss.send(name, data, {
        db: fromKysely(trx),
        ...(afterSeconds === undefined ? {} : { startAfter: afterSeconds }),
        ...(onceAs === undefined ? {} : { singletonKey: onceAs }),
      })
    },
    async work(name, handler) {
      const options = {
        batchSize: 20,
        burstWhenBatchFull: true,
        perJobResults: true, // one refused mail must not send the others of its batch again
        includeMetadata: true,
        pollingIntervalSeconds: 0.5,
        notifyPollingIntervalSeconds: 2,
      } as const
      await boss.work(name, options, (jobs: { id: string; data: never; retryCount: number; signal: AbortSignal }[]) =>
        Promise.all(
          jobs.map(async ({ id, data, retryCount, signal }) => {
            try {
              await handler({ id, data, retryCount, signal })
              return { id, status: 'completed' as const }
            } catch (error) {
              onError(error as Error)
              return { id, status: 'failed' as const, output: { message: (error as Error).message } }
            }
          }),
        ),
      )
    },
    stop: () => boss.stop({ graceful: true, timeout: 10_000 }),
  }
}

/** The folder has one opener, so what is marked as being worked on was cut off by a crash, and need not wait for its time to run out. */
async function returnOrphans(boss: PgBoss, pglite: Pglite): Promise<void> {
  for (const name of jobNames) {
    const { rows } = await pglite.query<{ id: string }>(`select id from ${schema}.job where name = $1 and state = 'active'`, [name])
    const ids = rows.map(({ id }) => id)
    if (ids.length > 0) await boss.fail(name, ids, { message: 'The process ended while it worked on this.' })
  }
}

function newBoss(database: Database, url: string | undefined, options: ConstructorOptions): PgBoss {
  const common = { schema, clock, schedule: false, ...options } as ConstructorOptions
  const boss =
    database.pglite === undefined
      ? new PgBoss({ ...common, connectionString: url ?? '', max: 3, application_name: 'muster-jobs' })
      : new PgBoss({ ...common, db: fromPglite(withNumbers(database.pglite)), backend: 'pglite' })
  // An emitter without a listener would end the process; whoever opens the queue adds their own.
  boss.on('error', () => {})
  boss.on('warning', () => {})
  return boss
}

type Pglite = NonNullable<Database['pglite']>

/** pg-boss counts in numbers where Muster reads int8 as bigint. */
function withNumbers(pglite: Pglite): Parameters<typeof fromPglite>[0] {
  const options = { parsers: { 20: Number } }
  return {
    query: (text: string, values?: unknown[]) => pglite.query(text, values, options),
    exec: (text: string) => pglite.exec(text, options),
    listen: (channel: string, heard: (payload: string) => void) => pglite.listen(channel, heard),
  } as Parameters<typeof fromPglite>[0]
}

function reportError(error: Error): void {
  process.stderr.write(`${error.stack ?? error.message}\n`)
}
