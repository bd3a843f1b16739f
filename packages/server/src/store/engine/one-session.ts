import { AsyncLocalStorage } from 'node:async_hooks'
import type { Kysely } from 'kysely'

/**
 * On an engine with one session, a query on the database from inside a transaction waits for the transaction that waits
 * for it. This turns the wait into an error that says so.
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
    const hold = { open: true } // what was begun inside and goes on after the end may use the database
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
