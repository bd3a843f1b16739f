import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { OPERATOR_TOKEN, SECRET } from '@muster/testkit/muster.ts'
import pg from 'pg'
import { type Bench, seeded } from '../harness/bench.ts'
import { loadStore } from '../harness/data.ts'
import type { Row } from '../harness/measure.ts'
import { startCommand } from '../harness/processes.ts'
import { root } from '../harness/versions.ts'

// A store with many people is moved, backed up and restored by the commands that an operator types. The version before has none of them.

/** What the rows leave for the others. */
interface Store {
  /** PostgreSQL with the people. */
  database: string
  /** An embedded database with the same people. */
  folder: string
  backup: string
  names: number
}

/** Runs `muster server`, and returns the milliseconds that it took. */
async function run(bench: Bench, words: string, env: Record<string, string>): Promise<number> {
  const begun = performance.now()
  const { child, said } = startCommand(
    `muster server ${words}`,
    root,
    { MUSTER_SECRET: SECRET, MUSTER_OPERATOR_TOKEN: OPERATOR_TOKEN, ...env },
    join(bench.folder, 'store.log'),
  )
  const code = await new Promise((resolve) => child.once('close', resolve))
  if (code !== 0) throw new Error(`muster server ${words} ended with ${code}.\n${said()}`)
  return performance.now() - begun
}

const store = (bench: Bench): Promise<Store> =>
  bench.once(
    `a store with ${bench.options.scale.people} people`,
    async () => {
      const version = bench.versions.at(-1)
      if (!version) throw new Error('There is no version to measure.')
      const { databaseUrl } = await seeded(bench, version, 'postgres', 'store')
      const database = databaseUrl ?? ''
      const pool = new pg.Pool({ connectionString: database, max: 1 })
      await loadStore(pool, bench.options.scale.people)
      await pool.end()
      const made: Store = { database, folder: join(bench.folder, 'store-0'), backup: join(bench.folder, 'store.backup'), names: 0 }
      await move(bench, made.folder, { DATABASE_URL: database })
      await run(bench, `backup ${made.backup}`, { DATABASE_URL: database })
      return made
    },
    ({ folder, backup }) => {
      for (const path of [folder, backup]) rmSync(path, { recursive: true, force: true })
    },
  )

/** Leaves both stores in use, so that the next round can move the same one again. */
async function move(bench: Bench, to: string, from: Record<string, string>): Promise<number> {
  const milliseconds = await run(bench, `move --to ${to}`, from)
  await run(bench, 'move --cancel', from)
  return milliseconds
}

const storeRow = (id: string, title: string, measure: (bench: Bench, store: Store) => Promise<number>): Row => ({
  id,
  title,
  group: 'store',
  unit: 'ms',
  rounds: 1,
  warmUps: 0,
  async subjects(bench) {
    const made = await store(bench)
    return [{ name: 'after', measure: () => measure(bench, made) }]
  },
})

const anEmptyDatabase = (bench: Bench): Promise<string> => bench.postgres.createDatabase({ migrated: false })

function anotherPath(bench: Bench, store: Store): string {
  store.names += 1
  return join(bench.folder, `store-${store.names}`)
}

export const storeRows: Row[] = [
  storeRow('store-move-in', 'many people: move from the embedded database to PostgreSQL', async (bench, { folder }) =>
    move(bench, await anEmptyDatabase(bench), { MUSTER_DATA_DIR: folder }),
  ),
  storeRow('store-move-out', 'many people: move from PostgreSQL to an embedded database', (bench, made) =>
    move(bench, anotherPath(bench, made), { DATABASE_URL: made.database }),
  ),
  storeRow('store-backup', 'many people: back up PostgreSQL', (bench, made) =>
    run(bench, `backup ${anotherPath(bench, made)}`, { DATABASE_URL: made.database }),
  ),
  storeRow('store-verify', 'many people: verify the backup', (bench, { backup }) => run(bench, `backup ${backup} --verify`, {})),
  storeRow('store-restore', 'many people: restore the backup into PostgreSQL', async (bench, { backup }) =>
    run(bench, `restore ${backup}`, { DATABASE_URL: await anEmptyDatabase(bench) }),
  ),
]
