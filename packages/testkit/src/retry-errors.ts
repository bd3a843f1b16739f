import type { Database } from '@muster/server/store/database.ts'
import type { KyselyPlugin } from 'kysely'

/** The planned failures: for each of the next transactions, the number of the statement at which it fails. */
export type FaultTape = number[]

/** The error with which PostgreSQL refuses one of two conflicting transactions. The caller retries. */
class RetryError extends Error {
  readonly code: string
  constructor(code: string) {
    super(code === '40001' ? 'could not serialize access due to concurrent update' : 'deadlock detected')
    this.code = code
  }
}

/**
 * Makes the transactions of a database fail according to the tape. A transaction fails after its planned statement has taken effect, and every later
 * statement fails, as in an aborted transaction. In a transaction with fewer statements, the commit fails. Every change is rolled back.
 */
export function withRetryErrors(database: Pick<Database, 'transaction'>, tape: FaultTape): Database['transaction'] {
  return (work, last) => {
    const at = tape.shift()
    if (at === undefined) return database.transaction(work, last)
    const error = new RetryError(at % 2 === 0 ? '40001' : '40P01')
    let left = at
    const failing: KyselyPlugin = {
      transformQuery: ({ node }) => node,
      async transformResult({ result }) {
        if (left-- <= 0) throw error
        return result
      },
    }
    return database.transaction(
      async (trx) => {
        await work(trx.withPlugin(failing))
        await last(trx.withPlugin(failing))
        throw error
      },
      async () => {},
    )
  }
}
