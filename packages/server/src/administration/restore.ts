import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { Kysely } from 'kysely'
import type { Config } from '../config.ts'
import { secretsInFolder, secretsOfSettings } from '../installation.ts'
import { openKeyRing } from '../key-ring.ts'
import { type EndedAccess, endAccess, keepKeys } from '../store/archive/end-access.ts'
import { type Archive, openArchive } from '../store/archive/file.ts'
import { requireInvariants } from '../store/archive/invariants.ts'
import { CopyFailed, type OnProgress } from '../store/archive/rows.ts'
import { alone, clearState, IN_PLACE, requireFillable, requireInUse, requireNoServer, type StoreState, setState, stateOf } from '../store/archive/state.ts'
import { rootKeyStore } from '../store/credentials/root-key-store.ts'
import { type Database, latestMigration, migrate, ranMigrations } from '../store/database.ts'
import { load, requireKnown } from './load.ts'
import { configOf, type Environment, hasDatabase, labelOf, open, placeOf } from './stores.ts'

export interface Restored extends EndedAccess {
  to: string
  /** By table. Null if they were there already: PostgreSQL's own tools restored them, or an earlier run that was interrupted. */
  rows: Record<string, number> | null
}

interface Options {
  keepKeys: boolean
  onProgress?: OnProgress
}

/** Restores a backup into the empty database of the settings, and ends the access that was given before. */
export async function restoreBackup(env: Environment, file: string, { keepKeys, onProgress = () => {} }: Options): Promise<Restored> {
  const config = configOf(env)
  const to = placeOf(config)
  const archive = await openArchive(file)
  const { header } = archive
  requireKnown(header)
  if ('folder' in to && config.secret === null && !existsSync(join(to.folder, 'secret')))
    throw new CopyFailed(
      `The secret of the backup is needed. Copy the file secret of the folder that was backed up to ${join(to.folder, 'secret')}, or set MUSTER_SECRET.`,
    )
  const target = await open(to, { prepared: config.prepared, fresh: header.migration !== latestMigration })
  try {
    return await alone(target, async (held) => ({ to: labelOf(to), ...(await fill(target, { config, file, archive, keepKeys, onProgress, held })) }))
  } finally {
    await target.close()
  }
}

interface Filling extends Required<Options> {
  config: Config
  file: string
  archive: Archive
  held: () => Promise<void>
}

async function fill(target: Database, { config, file, archive, keepKeys, onProgress, held }: Filling): Promise<Omit<Restored, 'to'>> {
  const { header } = archive
  const older = header.migration !== latestMigration
  const empty: StoreState = { state: 'filling', target: null }
  // Rows of an earlier version are committed before they are migrated. The mark says whose they are.
  const loaded: StoreState = { state: 'filling', target: `rows of the backup of ${header.at}` }
  const ran = (await ranMigrations(target)).sort()
  const last = ran.at(-1)
  const resumed = older && last !== undefined && last >= header.migration && (await stateOf(target.kysely))?.target === loaded.target
  if (!resumed) {
    if (last !== undefined && last !== header.migration)
      throw new CopyFailed(`The backup has the schema ${header.migration}, and the database ${last}. Restore into a database without tables, or a new folder.`)
    await migrate(target, target.url, header.migration)
  }
  const again = resumed || (await requireFillable(target.kysely))
  const transaction = <T>(work: (trx: Kysely<any>) => Promise<T>): Promise<T> => target.kysely.transaction().execute(work)
  const finish = async (trx: Kysely<any>, state: StoreState): Promise<EndedAccess> => {
    await requireSecret(trx, config)
    const ended = await endAccess(trx, { backupAt: header.at, keepKeys })
    await requireInvariants(trx)
    await requireCleared(trx, state)
    await held()
    return ended
  }
  try {
    if (!resumed) await setState(target.kysely, empty.state, empty.target)
    await requireNoServer(target)
    if (!older)
      return await transaction(async (trx) => {
        const rows = await load(trx, file, archive, onProgress)
        return { rows, ...(await finish(trx, empty)) }
      })
    const rows = resumed
      ? null
      : await transaction(async (trx) => {
          const rows = await load(trx, file, archive, onProgress)
          await requireSecret(trx, config)
          await requireCleared(trx, empty)
          await setState(trx, loaded.state, loaded.target)
          await held()
          return rows
        })
    await migrate(target)
    return { rows, ...(await transaction((trx) => finish(trx, loaded))) }
  } catch (error) {
    if (!again) await clearState(target.kysely, empty).catch(() => {}) // it is empty again, or it has another state
    throw error
  }
}

/** @throws CopyFailed */
async function requireCleared(trx: Kysely<any>, state: StoreState): Promise<void> {
  if (!(await clearState(trx, state))) throw new CopyFailed('Another command has changed the state of the database. Nothing was written. Start again.')
}

/** @throws WrongSecret */
async function requireSecret(trx: Kysely<any>, { secret, previousSecrets, dataDir }: Config): Promise<void> {
  const secrets = secret === null ? secretsInFolder(dataDir) : secretsOfSettings(secret, previousSecrets)
  const rootKeys = rootKeyStore(trx)
  await openKeyRing({ rootKeys, transaction: (work) => work(rootKeys), secrets: secrets.read })
}

/** Ends access in a database that PostgreSQL's own tools restored. */
export async function finishRestore(env: Environment, { keepKeys }: Options): Promise<Restored> {
  const config = configOf(env)
  const to = placeOf(config)
  hasDatabase(to)
  const target = await open(to, { prepared: config.prepared })
  try {
    await migrate(target)
    return await alone(target, async (held) => {
      const inPlace: StoreState = { state: 'filling', target: IN_PLACE }
      const before = await stateOf(target.kysely)
      if (before?.target !== IN_PLACE || before.state !== 'filling') await requireInUse(target.kysely)
      try {
        await setState(target.kysely, inPlace.state, inPlace.target)
        await requireNoServer(target)
        return await target.kysely.transaction().execute(async (trx) => {
          await requireSecret(trx, config)
          await requireInvariants(trx)
          const ended = await endAccess(trx, { backupAt: null, keepKeys })
          await requireCleared(trx, inPlace)
          await held()
          return { to: labelOf(to), rows: null, ...ended }
        })
      } catch (error) {
        if (before === null) await clearState(target.kysely, inPlace).catch(() => {})
        throw error
      }
    })
  } finally {
    await target.close()
  }
}

/** The operator has looked at the keys and refresh tokens that rest since the restore. Null: none rest. Servers may run. */
export async function keepRestingKeys(env: Environment): Promise<{ before: string } | null> {
  const config = configOf(env)
  const to = placeOf(config)
  hasDatabase(to)
  const database = await open(to, { prepared: config.prepared })
  try {
    await migrate(database)
    return await database.kysely.transaction().execute(keepKeys)
  } finally {
    await database.close()
  }
}
