import { existsSync } from 'node:fs'
import { rename, rm } from 'node:fs/promises'
import { dirname } from 'node:path'
import { PGlite, type PGliteOptions } from '@electric-sql/pglite'
import { btree_gin } from '@electric-sql/pglite/contrib/btree_gin'
import { btree_gist } from '@electric-sql/pglite/contrib/btree_gist'
import { pg_trgm } from '@electric-sql/pglite/contrib/pg_trgm'
import { DurableNodeFS, syncFolder } from './durable-fs.ts'
import { readSnapshot, unpackSnapshot } from './snapshot.ts'

const bigint = 20
const date = 1082
const interval = 1186

// Enough for Muster's working set. PGlite would allocate the default of 128 MB at once and never release it.
const common = ['-c', 'shared_buffers=16MB', '-c', 'work_mem=4MB', '-c', 'maintenance_work_mem=16MB']
const durable = [...PGlite.defaultStartParams.filter((parameter) => parameter !== '-F'), ...common, '-c', 'fsync=on', '-c', 'wal_sync_method=fsync']
const volatile = [...PGlite.defaultStartParams, ...common]

const options: PGliteOptions = {
  extensions: { btree_gin, btree_gist, pg_trgm },
  parsers: { [bigint]: BigInt, [date]: String, [interval]: String },
}

/** Opens a cluster in memory, from the snapshot if there is one. */
export async function openInMemory({ fresh = false } = {}): Promise<PGlite> {
  const snapshot = fresh ? null : await readSnapshot()
  const loadDataDir = snapshot ? { loadDataDir: new Blob([new Uint8Array(snapshot)]) } : {}
  return yielding(await PGlite.create({ ...options, startParams: volatile, ...loadDataDir }))
}

/** Opens the cluster in a folder. Creates it if it is missing. */
export async function openInFolder(cluster: string, { fresh = false } = {}): Promise<{ pglite: PGlite; fs: DurableNodeFS }> {
  if (!existsSync(cluster)) await makeCluster(cluster, { fresh })
  const fs = new DurableNodeFS(cluster)
  return { pglite: yielding(await PGlite.create({ ...options, startParams: durable, fs })), fs }
}

/** Creates the cluster under a temporary name and then renames it, so that an interruption leaves no incomplete cluster. */
async function makeCluster(cluster: string, { fresh }: { fresh: boolean }): Promise<void> {
  const unfinished = `${cluster}.new`
  await rm(unfinished, { recursive: true, force: true })
  const snapshot = fresh ? null : await readSnapshot()
  if (snapshot) {
    await unpackSnapshot(snapshot, unfinished)
  } else {
    const pglite = await PGlite.create({ ...options, startParams: durable, fs: new DurableNodeFS(unfinished) })
    await pglite.close()
  }
  await rename(unfinished, cluster)
  syncFolder(dirname(cluster))
}

/**
 * Yields to the event loop between statements. PGlite awaits microtasks only, so with a few hundred waiting requests, no
 * timer, socket or health check would run for a second.
 */
function yielding(pglite: PGlite): PGlite {
  let last = performance.now()
  const turn = (): Promise<void> | undefined => {
    if (performance.now() - last <= 5) return undefined
    return new Promise((resolve) => {
      setImmediate(() => {
        last = performance.now()
        resolve()
      })
    })
  }
  const query = pglite.query.bind(pglite)
  const exec = pglite.exec.bind(pglite)
  const transaction = pglite.transaction.bind(pglite)
  pglite.query = async (...args: Parameters<typeof query>) => {
    await turn()
    return query(...args) as never
  }
  pglite.exec = async (...args) => {
    await turn()
    return exec(...args)
  }
  pglite.transaction = async (run) => {
    await turn()
    return transaction(run)
  }
  return pglite
}
