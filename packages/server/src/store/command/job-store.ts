import type { Kysely } from 'kysely'
import type { JobStore } from '../../domain/command/store.ts'
import { together } from '../../domain/command/together.ts'
import type { JobQueue } from '../../jobs/queue.ts'
import { POINT } from '../database.ts'
import type { Tables } from '../tables.ts'

export interface Outbox extends JobStore {
  /** Resolves when the jobs have been inserted. */
  inserted(): Promise<void>
}

/**
 * The outbox. A job is inserted in the transaction of its change, so it is neither lost nor sent for a change that was rolled back. Nothing depends on the answer
 * of its statement, so that one travels with the statements behind it, such as the commit.
 */
export function outbox(trx: Kysely<Tables>, queue: Pick<JobQueue, 'send'>): Outbox {
  const sending: Promise<void>[] = []
  return {
    send: ({ name, data }) =>
      new Promise((resolve, reject) => {
        const onAsk = (text: string): string => {
          resolve()
          return `${POINT} ${text}` // a long text, the same for every job of a queue
        }
        const sent = queue.send(trx, name, data, { onAsk })
        sent.catch(reject) // has no effect after the statement was asked for
        sending.push(sent)
      }),
    async inserted() {
      await together(...sending.splice(0))
    },
  }
}
