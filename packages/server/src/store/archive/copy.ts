import { type Kysely, sql } from 'kysely'
import { beginPositionsAfresh } from '../command/event-position-store.ts'
import type { Database } from '../database.ts'
import { requireInvariants } from './invariants.ts'
import { ahead, CopyFailed, inSnapshot, type OnProgress, readAll, writeAll } from './rows.ts'
import { alone, clearState, requireFillable, requireInUse, requireNoServer, setState, stateOf } from './state.ts'

interface Options {
  /** Names the target for those who start a server on the old store. */
  label: string
  onProgress?: OnProgress
  /** The last step before the commit. */
  beforeCommit?: () => Promise<void>
}

/**
 * Moves a store into an empty, migrated database. Ids, times and secrets stay the same, so sessions, keys and links go on. Afterwards no server starts on the
 * old one.
 * @returns the rows of each table
 * @throws StoreNotInUse, StoreNotEmpty, ServerRuns, CopyFailed
 */
export function moveAll(source: Database, target: Database, options: Options): Promise<Record<string, number>> {
  return alone(source, (sourceHeld) =>
    alone(target, (targetHeld) =>
      moveAlone(source, target, options, async () => {
        await sourceHeld()
        await targetHeld()
      }),
    ),
  )
}

async function moveAlone(
  source: Database,
  target: Database,
  { label, onProgress = () => {}, beforeCommit = async () => {} }: Options,
  held: () => Promise<void>,
): Promise<Record<string, number>> {
  const [moving, filling] = [
    { state: 'moving', target: label },
    { state: 'filling', target: null },
  ] as const
  const before = await stateOf(source.kysely)
  if (before?.state !== 'moving' || before.target !== label) await requireInUse(source.kysely)
  else if (await isCopyOf(target, source)) {
    // It was interrupted between the commit of the target and the last note in the source.
    await setState(source.kysely, 'moved', label)
    await requireInUse(source.kysely)
  }
  const again = await requireFillable(target.kysely)
  let written: Record<string, number> | undefined
  try {
    await setState(source.kysely, 'moving', label)
    await setState(target.kysely, 'filling')
    await requireNoServer(source)
    await requireNoServer(target)
    await inSnapshot(source.kysely, (from) =>
      target.kysely.transaction().execute(async (to) => {
        const counts = await writeAll(to, ahead(readAll(from)), onProgress)
        await requireInvariants(to)
        await beginReceiversAfresh(to)
        await beginPositionsAfresh(to)
        if (!(await clearState(to, filling))) throw new CopyFailed(`Another command has changed the state of ${label}. Nothing was written. Start again.`)
        await beforeCommit()
        await held()
        written = counts
      }),
    )
  } catch (error) {
    // The commit may be done although its answer was lost, and the source may be gone after it.
    if (written === undefined || !(await isFilled(target, label))) {
      if (before === null) await clearState(source.kysely, moving).catch(() => {})
      if (!again) await clearState(target.kysely, filling).catch(() => {})
      throw error
    }
  }
  await setState(source.kysely, 'moved', label).catch((cause: Error) => {
    throw new CopyFailed(
      `Everything was moved to ${label}, but the old store could not be marked as moved: ${cause.message}. No server starts on it. Start the servers with ${label}.`,
      { cause },
    )
  })
  return written as Record<string, number> // without it, an error was thrown
}

/** Waits for the end of the transaction that fills the target. @throws CopyFailed if the target does not answer */
async function isFilled(target: Database, label: string): Promise<boolean> {
  const states = await target.kysely
    .selectFrom('store_state')
    .select('state')
    .forUpdate()
    .execute()
    .catch((cause: Error) => {
      throw new CopyFailed(
        `The connection to ${label} was lost at the end: ${cause.message}. Everything may be there. No server starts on the old store. Start the move again: it looks whether it was finished.`,
        { cause },
      )
    })
  return states.length === 0
}

/** An installation is known by the moment of its creation. */
async function isCopyOf(target: Database, source: Database): Promise<boolean> {
  const created = async ({ kysely }: Database): Promise<string | undefined> =>
    (await sql<{ at: string }>`select extract(epoch from created_at)::text as at from installation`.execute(kysely)).rows[0]?.at
  const at = await created(target)
  return at !== undefined && at === (await created(source)) && (await stateOf(target.kysely)) === null
}

/** Each gets everything again. What was known before of its requests is not written any more. */
export const beginReceiversAfresh = (db: Kysely<any>): Promise<unknown> => sql`update receiver set watermark = null, generation = generation + 1`.execute(db)
