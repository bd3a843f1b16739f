import type { Kysely } from 'kysely'
import type { JobStore } from '../../domain/command/store.ts'
import type { JobQueue } from '../../jobs/queue.ts'
import type { Tables } from '../tables.ts'

/** The outbox. A job is inserted in the transaction of its change, so it is neither lost nor sent for a change that was rolled back. */
export function jobStore(trx: Kysely<Tables>, queue: Pick<JobQueue, 'send'>): JobStore {
  return {
    send: ({ name, data }) => queue.send(trx, name, data),
  }
}
