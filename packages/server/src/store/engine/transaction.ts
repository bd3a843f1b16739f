import {
  type CompiledQuery,
  type DatabaseConnection,
  DefaultQueryExecutor,
  type Dialect,
  DummyDriver,
  type Kysely,
  PostgresAdapter,
  PostgresIntrospector,
  PostgresQueryCompiler,
  type QueryResult,
  Transaction,
} from 'kysely'
import type pg from 'pg'
import type { Tables } from '../tables.ts'
import { POINT } from './prepared.ts'

/**
 * Runs `work` in a transaction, and then `last` together with the commit. `last` must not decide whether to commit: it can only fail, and at the server, so its
 * parameters are texts and numbers.
 * Statements that are asked for together, without waiting for each other, are executed in the order in which they were asked for.
 */
export type RunTransaction = <T>(work: (trx: Kysely<Tables>) => Promise<T>, last: (trx: Kysely<Tables>) => Promise<void>) => Promise<T>

/** For one session, which has nothing to gain from several statements in one round trip. */
export const transactionsOfOneSession =
  (kysely: Kysely<Tables>): RunTransaction =>
  (work, last) =>
    kysely.transaction().execute(async (trx) => {
      const result = await work(trx)
      await last(trx)
      return result
    })

/** Statements issued together share one round trip. The first statement also travels with `begin`, and `last` with `commit`. */
export const transactionsOfPool =
  (pool: pg.Pool): RunTransaction =>
  async (work, last) => {
    const client = await pool.connect()
    const connection = new TransactionConnection(client)
    let isUsable = true
    try {
      const trx = kyselyOn(connection)
      let result: Awaited<ReturnType<typeof work>>
      let finishing: Promise<void>
      try {
        result = await work(trx)
        const before = connection.asked
        finishing = last(trx)
        // Only a statement that has been asked for can travel with the commit.
        if (connection.asked === before) await finishing
      } catch (error) {
        // A lost connection cannot be rolled back, and the first error says more.
        await connection.finish('rollback').catch(() => {
          isUsable = false
        })
        throw error
      }
      const [lasting, committing] = await Promise.allSettled([finishing, connection.finish('commit')])
      if (committing.status === 'rejected') isUsable = false
      if (lasting.status === 'rejected') throw lasting.reason
      if (committing.status === 'rejected') throw committing.reason
      // In an aborted transaction, `commit` is answered with ROLLBACK.
      if (committing.value !== 'COMMIT') throw new Error('The transaction was rolled back, because one of its statements had failed.')
      return result
    } finally {
      client.release(!isUsable || !connection.hasBegun)
    }
  }

class TransactionConnection implements DatabaseConnection {
  readonly #client: pg.PoolClient
  readonly #begun: Promise<unknown>
  #mustWait = false
  #failed: unknown
  #isOpen = true
  hasBegun = false
  /** How many statements have been asked for. */
  asked = 0

  constructor(client: pg.PoolClient) {
    this.#client = client
    this.#begun = client.query('begin').then(() => {
      this.hasBegun = true
    })
    this.#begun.catch(() => {}) // whoever waits for it gets the error
  }

  async executeQuery<R>({ sql, parameters }: CompiledQuery): Promise<QueryResult<R>> {
    if (!this.#isOpen) throw new Error('A statement was asked for after its transaction had ended.')
    const { command, rowCount, rows } = await this.#ask(sql, [...parameters])
    return { rows, ...(/^(INSERT|UPDATE|DELETE|MERGE)$/.test(command) && { numAffectedRows: BigInt(rowCount ?? 0) }) }
  }

  // biome-ignore lint/correctness/useYield: part of the interface
  async *streamQuery(): AsyncGenerator<never> {
    throw new Error('A transaction has no streams.')
  }

  /** Returns the command that was executed. */
  async finish(command: 'commit' | 'rollback'): Promise<string> {
    this.#isOpen = false
    return (await this.#ask(command)).command
  }

  /** Sends statements in the order of the calls. */
  async #ask(statement: string, values?: unknown[]): Promise<pg.QueryResult> {
    this.asked += 1
    // Without a transaction, a change would stay. So only what reads or locks travels with `begin`, and later statements must not overtake one that waits.
    this.#mustWait ||= !onlyReads(statement)
    if (this.#mustWait) await this.#begun
    try {
      const answer = await this.#client.query(statement, values)
      await this.#begun
      return answer
    } catch (error) {
      // Statements behind a failed one fail only because the transaction is aborted. Its error says why, and whether to run the command again.
      this.#failed ??= error
      throw isAborted(error) ? this.#failed : error
    }
  }
}

/** `current transaction is aborted, commands ignored until end of transaction block` */
const isAborted = (error: unknown): boolean => (error as { code?: string }).code === '25P02'

const onlyReads = (statement: string): boolean => /^\s*select\s/.test(statement.startsWith(POINT) ? statement.slice(POINT.length) : statement)

const adapter = new PostgresAdapter()
const compiler = new PostgresQueryCompiler()
const driver = new DummyDriver()
const dialect: Dialect = {
  createAdapter: () => adapter,
  createDriver: () => driver,
  createIntrospector: (db) => new PostgresIntrospector(db),
  createQueryCompiler: () => compiler,
}

/** Kysely's own transaction waits for each answer before it sends the next statement. */
function kyselyOn(connection: DatabaseConnection): Kysely<Tables> {
  const executor = new DefaultQueryExecutor(compiler, adapter, { provideConnection: (use) => use(connection) })
  return new Transaction<Tables>({ config: { dialect }, dialect, driver, executor })
}
