import { existsSync } from 'node:fs'
import { rename, rm } from 'node:fs/promises'
import { dirname } from 'node:path'
import { PGlite, type PGliteOptions } from '@electric-sql/pglite'
import { btree_gin } from '@electric-sql/pglite/contrib/btree_gin'
import { pg_trgm } from '@electric-sql/pglite/contrib/pg_trgm'
import { DurableNodeFS, syncFolder } from './durable-fs.ts'
import { readSnapshot, unpackSnapshot } from './snapshot.ts'

const bigint = 20
const date = 1082
const interval = 1186

// What Muster's working set needs; the default of 128 MB would be taken at once and stay taken.
const common = ['-c', 'shared_buffers=16MB', '-c', 'work_mem=4MB', '-c', 'maintenance_work_mem=16MB']
const durable = [...PGlite.defaultStartParams.filter((parameter) => parameter !== '-F'), ...common, '-c', 'fsync=on', '-c', 'wal_sync_method=fsync']
const volatile = [...PGlite.defaultStartParams, ...common]

const options: PGliteOptions = {
  extensions: { btree_gin, pg_trgm },
  parsers: { [bigint]: BigInt, [date]: String, [interval]: String },
}

/** A cluster in memory, from the snapshot when there is one. It is gone with the process. */
export async function openInMemory({ fresh = false } = {}): Promise<PGlite> {
  const snapshot = fresh ? null : await readSnapshot()
  const loadDataDir = snapshot ? { loadDataDir: new Blob([new Uint8Array(snapshot)]) } : {}
  return yielding(await PGlite.create({ ...options, startParams: volatile, ...loadDataDir }))
}

/** The cluster in a folder, made there first when it is missing. */
export async function openInFolder(cluster: string): Promise<{ pglite: PGlite; fs: DurableNodeFS }> {
  if (!existsSync(cluster)) await makeCluster(cluster)
  const fs = new DurableNodeFS(cluster)
  return { pglite: yielding(await PGlite.create({ ...options, startParams: durable, fs })), fs }
}

/** Made beside its place and moved there when it is whole, so that a stop half-way leaves nothing that looks like a cluster. */
async function makeCluster(cluster: string): Promise<void> {
  const unfinished = `${cluster}.new`
  await rm(unfinished, { recursive: true, force: true })
  const snapshot = await readSnapshot()
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
 * Lets the event loop turn between statements. PGlite's awaits are microtasks only: with a few hundred requests waiting,
 * no timer, socket or health check would run for a second.
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
