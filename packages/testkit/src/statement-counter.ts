import { AsyncLocalStorage } from 'node:async_hooks'
import type { Database } from '@muster/server/store/database.ts'
import pg from 'pg'

/** The work of one piece of code in the database. Work that depends on the time is left out. */
export interface DatabaseWork {
  /** All statements, without those that begin and end a transaction. */
  statements: string[]
  /**
   * The times that the code waits for the database, beginning and ending a transaction included. Statements that PostgreSQL gets together count once; the embedded
   * database gets one at a time.
   */
  roundTrips: number
  /** Transactions that are committed: explicit ones, and single statements that change something. */
  commits: number
}

const counting = new AsyncLocalStorage<DatabaseWork>()

/**
 * Runs the code, and returns its statements. Only the statements of this code are counted, not those of background work, so that the count is always the same. A
 * request is counted if it is injected into the app, because a request through a socket is answered outside of this code.
 */
export async function databaseWorkOf(run: () => Promise<unknown>): Promise<DatabaseWork> {
  const work: DatabaseWork = { statements: [], roundTrips: 0, commits: 0 }
  await counting.run(work, run)
  return work
}

/** Counts the statements of an embedded database. Those of PostgreSQL are always counted. */
export function countEmbedded({ pglite }: Pick<Database, 'pglite'>): void {
  if (!pglite) return
  const { query, transaction } = pglite
  pglite.query = ((text: string, ...rest: []) => {
    note(text)
    return query.call(pglite, text, ...rest)
  }) as typeof query
  pglite.transaction = ((run: Parameters<typeof transaction>[0]) => {
    note('begin')
    return transaction.call(pglite, async (tx) => {
      const ask = tx.query.bind(tx)
      tx.query = ((text: string, ...rest: []) => {
        note(text)
        return ask(text, ...rest)
      }) as typeof ask
      const result = await run(tx)
      note('commit')
      return result
    })
  }) as typeof transaction
}

// The class and not a connection, because the pool opens connections at any time.
const ask = pg.Client.prototype.query as (...args: unknown[]) => unknown
const inFlight = new WeakMap<pg.Client, number>()
pg.Client.prototype.query = function (this: pg.Client, ...args: unknown[]) {
  const [query] = args
  const others = inFlight.get(this) ?? 0
  note(typeof query === 'string' ? query : ((query as { text?: string }).text ?? ''), others > 0)
  const answer = ask.apply(this, args)
  if (answer instanceof Promise) {
    inFlight.set(this, others + 1)
    const answered = () => void inFlight.set(this, (inFlight.get(this) ?? 1) - 1)
    answer.then(answered, answered)
  }
  return answer
} as typeof pg.Client.prototype.query

const inTransaction = new WeakSet<DatabaseWork>()

/** @param travelsAlong it was asked for while the connection had not answered an earlier statement */
function note(text: string, travelsAlong = false): void {
  const work = counting.getStore()
  // How often the last use of a credential is noted depends on the time, and so does the reading of signing keys. So do the delivery of a revocation to receivers,
  // which is batched, and the count of pending device requests.
  if (!work || /interval '1 minute'|revocation_ack|"receiver"|"signing_key"|as pending from \(/.test(text)) return
  if (!travelsAlong) work.roundTrips += 1
  const statement = text.replace(/\s+/g, ' ').trim()
  if (statement === 'begin') inTransaction.add(work)
  else if (statement === 'commit' || statement === 'rollback') inTransaction.delete(work)
  else work.statements.push(statement)
  if (statement === 'commit' || (!inTransaction.has(work) && changes(statement))) work.commits += 1
}

const changes = (statement: string): boolean => statement !== 'begin' && statement !== 'rollback' && /\b(insert into|update|delete from)\b/i.test(statement)
