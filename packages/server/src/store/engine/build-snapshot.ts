import { openDatabase } from './database.ts'
import { migrate } from './migrate.ts'
import { ensureSnapshot } from './snapshot.ts'

/** Creates the snapshot of a new, migrated cluster, unless a current one exists. */
export function buildSnapshot(): Promise<{ path: string; made: boolean }> {
  return ensureSnapshot(async () => {
    const database = await openDatabase({ fresh: true })
    try {
      await migrate(database)
      await database.pglite?.exec('vacuum analyze')
      await database.pglite?.exec('checkpoint')
      const tar = await database.pglite?.dumpDataDir('none')
      if (!tar) throw new Error('Only the embedded database can be dumped.')
      return tar
    } finally {
      await database.close()
    }
  })
}
