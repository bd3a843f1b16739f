import type { PGlite } from '@electric-sql/pglite'

// PGlite runs PostgreSQL in a single process, without checkpointer and autovacuum. Without this file, the write-ahead log would grow
// for ever, a start after a crash would replay all of it, and deleted rows would stay on disk.

const everyMilliseconds = 60_000
const logBytes = 32 * 1024 * 1024
const deadRows = 2_000

/** Runs `tidy` once a minute. Returns a function that stops it. */
export function startHousekeeping(pglite: PGlite): () => Promise<void> {
  let running: Promise<void> = Promise.resolve()
  const timer = setInterval(() => {
    running = tidy(pglite).catch((error: Error) => {
      process.stderr.write(`The embedded database could not be tidied: ${error.message}\n`)
    })
  }, everyMilliseconds).unref()
  return async () => {
    clearInterval(timer)
    await running
  }
}

export async function tidy(pglite: PGlite, { log = logBytes, dead = deadRows } = {}): Promise<void> {
  const { rows: tables } = await pglite.query<{ name: string }>(
    `select format('%I.%I', schemaname, relname) as name from pg_stat_user_tables
      where n_dead_tup > $1 and n_dead_tup > n_live_tup / 5 order by n_dead_tup desc limit 5`,
    [dead],
  )
  // One table at a time, because requests wait for the running statement.
  for (const { name } of tables) await pglite.exec(`vacuum (analyze) ${name}`)
  const { rows } = await pglite.query<{ due: boolean }>(`select pg_current_wal_lsn() - redo_lsn > $1 as due from pg_control_checkpoint()`, [log])
  if (rows[0]?.due) await pglite.exec('checkpoint')
}
