import { type Kysely, sql } from 'kysely'
import type { Database } from '../database.ts'
import { requireInvariants } from './invariants.ts'
import { ahead, inSnapshot, type OnProgress, readAll, writeAll } from './rows.ts'
import { clearState, requireEmpty, requireInUse, requireNoServer, setState, stateOf } from './state.ts'

/**
 * Moves a store into an empty, migrated database. Ids, times and secrets stay the same, so sessions, keys and links go on. Afterwards no server starts on the
 * old one.
 * @param label names the target for those who start a server on the old store
 * @returns the rows of each table
 * @throws StoreNotInUse, StoreNotEmpty, ServerRuns, CopyFailed
 */
export async function moveAll(source: Database, target: Database, label: string, onProgress: OnProgress): Promise<Record<string, number>> {
  if ((await stateOf(source.kysely)) !== 'moving') await requireInUse(source.kysely) // one that was interrupted is done again
  if ((await stateOf(target.kysely)) !== 'filling') await requireEmpty(target.kysely)
  await setState(source.kysely, 'moving', label)
  await setState(target.kysely, 'filling')
  try {
    await requireNoServer(source)
    await requireNoServer(target)
    const counts = await inSnapshot(source.kysely, (from) =>
      target.kysely.transaction().execute(async (to) => {
        const written = await writeAll(to, ahead(readAll(from)), onProgress)
        await requireInvariants(to)
        await beginReceiversAfresh(to)
        await clearState(to)
        return written
      }),
    )
    await setState(source.kysely, 'moved', label)
    return counts
  } catch (error) {
    await clearState(source.kysely).catch(() => {})
    await clearState(target.kysely).catch(() => {})
    throw error
  }
}

/** Each gets everything again. What was known before of its requests is not written any more. */
export const beginReceiversAfresh = (db: Kysely<any>): Promise<unknown> => sql`update receiver set watermark = null, generation = generation + 1`.execute(db)
