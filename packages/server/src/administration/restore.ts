import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { Kysely } from 'kysely'
import type { Config } from '../config.ts'
import { secretsInFolder, secretsOfSettings } from '../installation.ts'
import { openKeyRing } from '../key-ring.ts'
import { type EndedAccess, endAccess, keepKeys } from '../store/archive/end-access.ts'
import { openArchive } from '../store/archive/file.ts'
import { requireInvariants } from '../store/archive/invariants.ts'
import { CopyFailed, type OnProgress } from '../store/archive/rows.ts'
import { clearState, requireEmpty, requireInUse, requireNoServer, setState, stateOf } from '../store/archive/state.ts'
import { rootKeyStore } from '../store/credentials/root-key-store.ts'
import { latestMigration, migrate, ranMigrations } from '../store/database.ts'
import { load, requireKnown } from './load.ts'
import { configOf, type Environment, hasDatabase, labelOf, open, placeOf } from './stores.ts'

export interface Restored extends EndedAccess {
  to: string
  /** By table. Null for a database that PostgreSQL's own tools restored. */
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
    const ran = (await ranMigrations(target)).sort()
    if (ran.length > 0 && ran.at(-1) !== header.migration)
      throw new CopyFailed(
        `The backup has the schema ${header.migration}, and the database ${ran.at(-1)}. Restore into a database without tables, or a new folder.`,
      )
    await migrate(target, target.url, header.migration)
    if ((await stateOf(target.kysely)) !== 'filling') await requireEmpty(target.kysely)
    await setState(target.kysely, 'filling')
    try {
      await requireNoServer(target)
    } catch (error) {
      await clearState(target.kysely)
      throw error
    }
    const finish = async (trx: Kysely<any>): Promise<EndedAccess> => {
      await requireSecret(trx, config)
      const ended = await endAccess(trx, { backupAt: header.at, keepKeys })
      await requireInvariants(trx)
      await clearState(trx)
      return ended
    }
    try {
      const transaction = <T>(work: (trx: Kysely<any>) => Promise<T>): Promise<T> => target.kysely.transaction().execute(work)
      // A backup of an earlier version is migrated between the two. No server starts meanwhile.
      if (header.migration !== latestMigration) {
        const rows = await transaction((trx) => load(trx, file, archive, onProgress))
        await migrate(target)
        return { to: labelOf(to), rows, ...(await transaction(finish)) }
      }
      return await transaction(async (trx) => {
        const rows = await load(trx, file, archive, onProgress)
        return { to: labelOf(to), rows, ...(await finish(trx)) }
      })
    } catch (error) {
      if (header.migration === latestMigration) await clearState(target.kysely).catch(() => {}) // it is empty again
      throw error
    }
  } finally {
    await target.close()
  }
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
    await requireInUse(target.kysely)
    await setState(target.kysely, 'filling')
    try {
      await requireNoServer(target)
      return await target.kysely.transaction().execute(async (trx) => {
        await requireSecret(trx, config)
        await requireInvariants(trx)
        return { to: labelOf(to), rows: null, ...(await endAccess(trx, { backupAt: null, keepKeys })) }
      })
    } finally {
      await clearState(target.kysely)
    }
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
