import { AsyncLocalStorage } from 'node:async_hooks'
import type { Kysely } from 'kysely'

/**
 * PGlite has one session. A query that bypasses the transaction it runs in would wait for that transaction, which waits
 * for the query. Such a query throws an error instead.
 * @returns runs code that holds the session without Kysely
 */
export function guardOneSession(kysely: Kysely<any>): <T>(run: () => Promise<T>) => Promise<T> {
  const held = new AsyncLocalStorage<{ open: boolean }>()
  const executor = kysely.getExecutor()
  const provide = executor.provideConnection.bind(executor)
  const holding = async <T>(run: () => Promise<T>): Promise<T> => {
    if (held.getStore()?.open) {
      throw new Error('The database was used inside a transaction. Use the transaction: the embedded database has one session, and this would wait for ever.')
    }
    const hold = { open: true } // async work that outlives the transaction may use the database
    return held.run(hold, async () => {
      try {
        return await run()
      } finally {
        hold.open = false
      }
    })
  }
  executor.provideConnection = (consumer, ...options) => holding(() => provide(consumer, ...options))
  return holding
}
