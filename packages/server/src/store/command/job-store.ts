import type { Transaction } from 'kysely'
import type { JobStore } from '../../domain/command/store.ts'
import type { JobQueue } from '../../jobs/queue.ts'
import type { Tables } from '../tables.ts'

/** The outbox: jobs are rows of the same transaction, so none is lost and none is of a change that did not happen. */
export function jobStore(trx: Transaction<Tables>, queue: Pick<JobQueue, 'send'>): JobStore {
  return {
    send: ({ name, data }) => queue.send(trx, name, data),
  }
}
