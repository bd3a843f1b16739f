import { existsSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { compatNames } from '../compats.ts'
import { type Config, readConfig } from '../config.ts'
import { CopyFailed } from '../store/archive/rows.ts'
import { type Database, type DatabaseOptions, DIFFERENT_DATABASES, isSameDatabase, openDatabase } from '../store/database.ts'

// The databases that a command works with: the one in the settings, and another one that is named.

export type Environment = Record<string, string | undefined>

/** The address of a database, as the role that owns the schema, or the folder of an embedded one. */
export type Place = { url: string } | { folder: string }

export const configOf = (env: Environment): Config => readConfig(env, (path) => readFileSync(path, 'utf8'), compatNames)

export const placeOf = ({ databaseUrl, migrateUrl, dataDir }: Pick<Config, 'databaseUrl' | 'migrateUrl' | 'dataDir'>): Place =>
  databaseUrl === null ? { folder: resolve(dataDir) } : { url: migrateUrl ?? databaseUrl }

/** The place that a command line names: an address or a folder. The address may contain a password, so the message does not repeat it. @throws CopyFailed */
export function placeNamed(text: string): Place {
  if (/^postgres(ql)?:\/\//.test(text) && URL.canParse(text)) return { url: text }
  if (text.trim() === '' || /^[a-z][a-z0-9+.-]+:/i.test(text))
    throw new CopyFailed('The target is neither a folder nor an address of PostgreSQL. Name a folder, or postgres://USER@HOST/DATABASE.')
  return { folder: resolve(text) }
}

/** An embedded database that is missing would be created. @throws CopyFailed */
export function hasDatabase(place: Place): void {
  if ('folder' in place && !existsSync(join(place.folder, 'postgres')))
    throw new CopyFailed(`There is no database in ${labelOf(place)}. Set MUSTER_DATA_DIR or DATABASE_URL.`)
}

/**
 * The commands use the address for migrations. If the other one names another database, one of them is stale. An address that cannot be reached is not compared: a
 * command may run where only one can.
 * @throws CopyFailed
 */
export async function requireOneDatabase({ DATABASE_URL: url, MUSTER_MIGRATE_URL: migrateUrl }: Environment): Promise<void> {
  if (!url || !migrateUrl || url === migrateUrl) return
  const database = await openDatabase({ databaseUrl: url, name: 'muster-administration', poolSize: 1 }).catch(() => null)
  if (database === null) return
  try {
    if (!(await isSameDatabase(database.kysely, migrateUrl).catch(() => true))) throw new CopyFailed(DIFFERENT_DATABASES)
  } finally {
    await database.close()
  }
}

/** For terminals and rows: without the password. */
export function labelOf(place: Place): string {
  if ('folder' in place) return `the folder ${place.folder}`
  const url = new URL(place.url)
  return `PostgreSQL at ${url.host}${url.pathname}`
}

/** The connections have a name of their own, so that they are not taken for a server's. */
export const open = (place: Place, options: Pick<DatabaseOptions, 'prepared' | 'fresh'> = {}): Promise<Database> =>
  openDatabase({ ...('folder' in place ? { dataDir: place.folder } : { databaseUrl: place.url }), name: 'muster-administration', poolSize: 3, ...options })
