import { setTimeout as sleep } from 'node:timers/promises'
import { type Kysely, sql } from 'kysely'
import type { Database } from '../database.ts'
import type { Tables } from '../tables.ts'

// Keeps a server from starting on half a store, and on two copies of one.

/** The database is being filled or moved, or that was interrupted, or it was moved. */
export class StoreNotInUse extends Error {
  override name = 'StoreNotInUse'
}

const explained = {
  filling: (since: string) =>
    `A restore or a move has been filling this database since ${since}, or it was interrupted. Nothing of it is there yet. Wait for it, or start it again: muster server restore FILE, or muster server move.`,
  moving: (since: string, target: string) =>
    `This store is being moved to ${target} since ${since}, or that was interrupted. Wait for it, or start the move again. To go on with this store: muster server move --cancel`,
  moved: (since: string, target: string) =>
    `This store was moved to ${target} at ${since}. Start the server with that one. To go on with this store, without what has happened in the other: muster server move --cancel`,
}

type State = keyof typeof explained

export async function stateOf(db: Kysely<Tables>): Promise<State | null> {
  const row = await db.selectFrom('store_state').select('state').executeTakeFirst()
  return row?.state ?? null
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

/** False if there was nothing to clear. */
export async function clearState(db: Kysely<Tables>): Promise<boolean> {
  const { numDeletedRows } = await db.deleteFrom('store_state').executeTakeFirst()
  return numDeletedRows > 0n
}

/** A server runs on this database. */
export class ServerRuns extends Error {
  override name = 'ServerRuns'
}

/** The names by which connections of servers are known. */
const serverNames = ['muster', 'muster-jobs', 'muster-notices']

/** A connection that was closed a moment ago may still be listed. */
const LOOKS = 10

/**
 * The embedded database is locked by the process that has it open, so only PostgreSQL is asked. Set the state before: a server connects before it reads the state.
 * @throws ServerRuns
 */
export async function requireNoServer({ engine, kysely }: Pick<Database, 'engine' | 'kysely'>): Promise<void> {
  if (engine === 'pglite') return
  for (let look = 1; ; look++) {
    const { rows } = await sql<{ address: string | null; since: Date }>`
      select host(client_addr) as address, backend_start as since from pg_stat_activity
      where datname = current_database() and pid <> pg_backend_pid() and application_name = any(${serverNames}::text[]) order by backend_start limit 1`.execute(
      kysely,
    )
    const [found] = rows
    if (!found) return
    if (look === LOOKS)
      throw new ServerRuns(
        `A server uses this database: from ${found.address ?? 'this machine'}, since ${found.since.toISOString()}. Stop every server process, then start again.`,
      )
    await sleep(100)
  }
}

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
