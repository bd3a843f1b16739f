import { AsyncLocalStorage } from 'node:async_hooks'
import type { Kysely } from 'kysely'

/**
 * PGlite has one session. A query that bypasses the transaction it runs in would wait for that transaction, which waits
 * for the query. Such a query throws an error instead.
 */
export function guardOneSession(kysely: Kysely<any>): void {
  const held = new AsyncLocalStorage<{ open: boolean }>()
  const executor = kysely.getExecutor()
  const provide = executor.provideConnection.bind(executor)
  executor.provideConnection = (consumer, ...options) => {
    if (held.getStore()?.open) {
      return Promise.reject(
        new Error('The database was used inside a transaction. Use the transaction: the embedded database has one session, and this would wait for ever.'),
      )
    }
    const hold = { open: true } // async work that outlives the transaction may use the database
    return provide(
      (connection) =>
        held.run(hold, async () => {
          try {
            return await consumer(connection)
          } finally {
            hold.open = false
          }
        }),
      ...options,
    )
  }
}
