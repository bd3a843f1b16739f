import type { Kysely } from 'kysely'
import type { Archive, Header } from '../store/archive/file.ts'
import { CopyFailed, type OnProgress, writeAll } from '../store/archive/rows.ts'
import { isKnownMigration } from '../store/database.ts'

/** @throws CopyFailed for a backup of a later version */
export function requireKnown({ migration }: Header): void {
  if (!isKnownMigration(migration)) throw new CopyFailed(`The backup is of a later version: this one has no migration ${migration}. Use that version.`)
}

/** Writes the rows of a backup. The database's complaint about a value means that the file was changed. */
export async function load(trx: Kysely<any>, file: string, { pieces }: Archive, onProgress: OnProgress): Promise<Record<string, number>> {
  try {
    return await writeAll(trx, pieces, onProgress)
  } catch (error) {
    // SQLSTATE classes 22 (data exception) and 23 (integrity constraint violation)
    if (/^2[23]/.test(String((error as { code?: unknown }).code)))
      throw new CopyFailed(`The rows of the backup ${file} contradict each other: ${(error as Error).message}. Nothing was written. Use another backup.`, {
        cause: error,
      })
    throw error
  }
}
