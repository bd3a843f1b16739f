import { setTimeout as sleep } from 'node:timers/promises'
import { type Kysely, sql } from 'kysely'
import type { Database } from '../database.ts'
import type { Tables } from '../tables.ts'

// Keeps a server from starting on half a store, and on two copies of one.

/** The database is being filled or moved, or that was interrupted, or it was moved. */
export class StoreNotInUse extends Error {
  override name = 'StoreNotInUse'
}

/** Stands in `target` while the access from before is ended in a database that PostgreSQL's own tools restored. Its rows must not be replaced. */
export const IN_PLACE = 'in place'

const explained = {
  filling: (since: string, target: string) =>
    target === IN_PLACE
      ? `The access from before is being ended in this database since ${since}, or that was interrupted. Its rows are all there. Wait for it, or start it again: muster server restore --in-place`
      : `A restore or a move has been filling this database since ${since}, or it was interrupted. It is not complete. Wait for it, or start it again: muster server restore FILE, or muster server move.`,
  moving: (since: string, target: string) =>
    `This store is being moved to ${target} since ${since}, or that was interrupted. Wait for it, or start the move again. To go on with this store: muster server move --cancel`,
  moved: (since: string, target: string) =>
    `This store was moved to ${target} at ${since}. Start the server with that one. To go on with this store, without what has happened in the other: muster server move --cancel`,
}

type State = keyof typeof explained

export interface StoreState {
  state: State
  target: string | null
}

export async function stateOf(db: Kysely<Tables>): Promise<StoreState | null> {
  return (await db.selectFrom('store_state').select(['state', 'target']).executeTakeFirst()) ?? null
}

/** @throws StoreNotInUse */
export async function requireInUse(db: Kysely<Tables>): Promise<void> {
  const row = await db.selectFrom('store_state').selectAll().executeTakeFirst()
  if (row) throw new StoreNotInUse(explained[row.state](row.since.toISOString(), row.target ?? 'another database'))
}

export async function setState(db: Kysely<Tables>, state: State, target: string | null = null): Promise<void> {
  await db
    .insertInto('store_state')
    .values({ state, target })
    .onConflict((conflict) => conflict.column('only_row').doUpdateSet({ state, target, since: sql<Date>`muster_now()` }))
    .execute()
}

/** Clears only the state that the caller has set. False if it is not there. */
export async function clearState(db: Kysely<Tables>, { state, target }: StoreState): Promise<boolean> {
  const { numDeletedRows } = await db.deleteFrom('store_state').where('state', '=', state).where('target', 'is not distinct from', target).executeTakeFirst()
  return numDeletedRows > 0n
}

/**
 * Holds the database against other moves, restores and cancellations. The embedded database needs nothing: one process has it open.
 * @param work gets a function that throws if the hold was lost with its connection
 * @throws StoreNotInUse
 */
export async function alone<T>({ engine, kysely }: Pick<Database, 'engine' | 'kysely'>, work: (held: () => Promise<void>) => Promise<T>): Promise<T> {
  if (engine === 'pglite') return work(async () => {})
  const key = sql`hashtextextended('muster: the state of the store', 0)`
  return kysely.connection().execute(async (session) => {
    await sql`select set_config('idle_session_timeout', '0', false)`.execute(session)
    for (let look = 1; ; look++) {
      const { rows } = await sql<{ locked: boolean }>`select pg_try_advisory_lock(${key}) as locked`.execute(session)
      if (rows[0]?.locked) break
      if (look === LOOKS)
        throw new StoreNotInUse('Another command moves or restores this database, or cancels a move. Wait until it has ended, then start again.')
      await sleep(100)
    }
    try {
      return await work(async () => void (await sql`select`.execute(session)))
    } finally {
      await sql`select pg_advisory_unlock(${key})`.execute(session).catch(() => {}) // it ended with its connection
    }
  })
}

/** A server runs on this database. */
export class ServerRuns extends Error {
  override name = 'ServerRuns'
}

/** The names by which connections of servers are known. */
const serverNames = ['muster', 'muster-jobs', 'muster-notices']

/** A connection that was closed a moment ago may still be listed. */
const LOOKS = 10 // times 100 ms

/**
 * The embedded database is locked by the process that has it open, so only PostgreSQL is asked. Set the state before: a server connects before it reads the state.
 * @throws ServerRuns
 */
export async function requireNoServer({ engine, kysely }: Pick<Database, 'engine' | 'kysely'>): Promise<void> {
  if (engine === 'pglite') return
  for (let look = 1; ; look++) {
    const { rows } = await sql<{ address: string | null; since: Date | null }>`
      select host(client_addr) as address, backend_start as since from pg_stat_activity
      where datname = current_database() and pid <> pg_backend_pid() and application_name = any(${serverNames}::text[]) order by backend_start limit 1`.execute(
      kysely,
    )
    const [found] = rows
    if (!found) return
    if (look === LOOKS) throw new ServerRuns(`A server uses this database: ${origin(found)}. Stop every server process, then run this command again.`)
    await sleep(100)
  }
}

/** A role may see the names of another role's connections, but not their addresses and times. */
const origin = ({ address, since }: { address: string | null; since: Date | null }): string =>
  since === null ? 'a connection of another role' : `a connection from ${address ?? 'this machine'}, since ${since.toISOString()}`

/** The database has rows of its own. */
export class StoreNotEmpty extends Error {
  override name = 'StoreNotEmpty'
}

/** A server that ran once has left at least the row of its installation. @throws StoreNotEmpty */
export async function requireEmpty(db: Kysely<Tables>): Promise<void> {
  const { rows } = await sql<{
    used: boolean
  }>`select exists (select from installation) or exists (select from account) or exists (select from audit_event) as used`.execute(db)
  if (rows[0]?.used)
    throw new StoreNotEmpty('The database is not empty: a server has used it. Nothing was written. Name an empty database, or an empty folder.')
}

/**
 * A database that can be filled is empty, or a copy into it was interrupted.
 * @returns true if one was interrupted
 * @throws StoreNotInUse, StoreNotEmpty
 */
export async function requireFillable(db: Kysely<Tables>): Promise<boolean> {
  const found = await stateOf(db)
  if (found?.state === 'filling' && found.target !== IN_PLACE) return true
  await requireInUse(db)
  await requireEmpty(db)
  return false
}
