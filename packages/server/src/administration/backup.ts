import { mkdtemp, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openArchive, writeArchive } from '../store/archive/file.ts'
import { requireInvariants } from '../store/archive/invariants.ts'
import { ahead, CopyFailed, inSnapshot, type OnProgress, readAll, reporting } from '../store/archive/rows.ts'
import { requireInUse } from '../store/archive/state.ts'
import { latestMigration, migrate, pendingMigrations, ranMigrations } from '../store/database.ts'
import { nowOf } from '../store/now.ts'
import { load, requireKnown } from './load.ts'
import { configOf, type Environment, hasDatabase, labelOf, open, placeOf } from './stores.ts'

export interface Backup {
  file: string
  from: string
  /** The time of the snapshot: everything committed before is in the backup, and nothing after. */
  at: string
  bytes: number
  rows: Record<string, number>
}

/** Writes everything into one file, in one snapshot. On PostgreSQL, servers go on meanwhile. The secret is not in it. */
export async function backUp(env: Environment, file: string, onProgress: OnProgress = () => {}): Promise<Backup> {
  const config = configOf(env)
  const from = placeOf(config)
  if (await stat(file).catch(() => null)) throw new CopyFailed(`${file} exists already. Name another file.`)
  hasDatabase(from)
  const source = await open(from, { prepared: config.prepared })
  try {
    const pending = await pendingMigrations(source)
    if (pending.length > 0) throw new CopyFailed(`The database is of an earlier version: ${pending.join(', ')} have not run. First: muster server migrate`)
    await requireInUse(source.kysely)
    const rows: Record<string, number> = {}
    const { at, bytes } = await inSnapshot(source.kysely, async (trx) => {
      const at = (await nowOf(trx)).toISOString()
      const pieces = reporting(ahead(readAll(trx)), (table, count) => {
        rows[table] = count
        onProgress(table, count)
      })
      return { at, bytes: await writeArchive(file, { migration: lastOf(await ranMigrations({ kysely: trx })), at }, pieces) }
    })
    return { file, from: labelOf(from), at, bytes, rows }
  } finally {
    await source.close()
  }
}

const lastOf = (names: string[]): string => [...names].sort().at(-1) ?? latestMigration

export interface Verified {
  file: string
  at: string
  rows: Record<string, number>
}

/** Restores the backup into a temporary embedded database, and checks the counts and the rules. */
export async function verifyBackup(file: string, onProgress: OnProgress = () => {}): Promise<Verified> {
  const archive = await openArchive(file)
  requireKnown(archive.header)
  const folder = await mkdtemp(join(tmpdir(), 'muster-verify-'))
  try {
    const scratch = await open({ folder }, { fresh: archive.header.migration !== latestMigration })
    try {
      await migrate(scratch, undefined, archive.header.migration)
      const rows = await scratch.kysely.transaction().execute((trx) => load(trx, file, archive, onProgress))
      await migrate(scratch)
      await requireInvariants(scratch.kysely)
      return { file, at: archive.header.at, rows }
    } finally {
      await scratch.close()
    }
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}
