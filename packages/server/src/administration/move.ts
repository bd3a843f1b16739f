import { join, resolve } from 'node:path'
import type { Config } from '../config.ts'
import { secretInFolder } from '../installation.ts'
import { openKeyRing } from '../key-ring.ts'
import { moveAll } from '../store/archive/copy.ts'
import type { OnProgress } from '../store/archive/rows.ts'
import { clearState } from '../store/archive/state.ts'
import { rootKeysOf } from '../store/credentials/root-key-store.ts'
import { migrate } from '../store/database.ts'
import { configOf, type Environment, hasDatabase, isUrl, labelOf, open, type Place, placeOf } from './stores.ts'

export interface Moved {
  from: string
  to: string
  /** By table. */
  rows: Record<string, number>
  /** The settings with which the server starts on the new store. */
  settings: Record<string, string>
}

/** @throws Error that says what to do */
export class MoveRefused extends Error {
  override name = 'MoveRefused'
}

/** Moves the store of the settings to another database. @param to an address or a folder */
export async function moveStore(env: Environment, to: string, onProgress: OnProgress = () => {}): Promise<Moved> {
  const config = configOf(env)
  const from = placeOf(config)
  const target: Place = isUrl(to) ? { url: to } : { folder: resolve(to) }
  if (labelOf(from) === labelOf(target)) throw new MoveRefused(`The store is at ${labelOf(from)} already.`)
  hasDatabase(from)
  const { prepared } = config
  const source = await open(from, { prepared })
  try {
    await migrate(source)
    const secrets = await secretsOf(config, from)
    // The folder must not get another secret. During a rotation there would be two of them, so it must be finished first.
    await openKeyRing({ ...rootKeysOf(source), secrets: async () => [secrets.secret] })
    const database = await open(target, { prepared })
    try {
      await migrate(database)
      if ('folder' in target) await putSecrets(target.folder, secrets)
      const rows = await moveAll(source, database, labelOf(target), onProgress)
      return { from: labelOf(from), to: labelOf(target), rows, settings: settingsFor(config, from, target) }
    } finally {
      await database.close()
    }
  } finally {
    await source.close()
  }
}

/** Starts the old store again. False if it was not moved. */
export async function cancelMove(env: Environment): Promise<boolean> {
  const config = configOf(env)
  const source = await open(placeOf(config), { prepared: config.prepared })
  try {
    await migrate(source)
    return await clearState(source.kysely)
  } finally {
    await source.close()
  }
}

interface Secrets {
  secret: string
  operatorToken: string | null
}

/** Those of the settings or, by default, of the folder. */
async function secretsOf({ secret, operatorToken }: Config, from: Place): Promise<Secrets> {
  if (!('folder' in from)) return { secret: secret as string, operatorToken } // MUSTER_SECRET is required with DATABASE_URL
  return {
    secret: secret ?? (await secretInFolder(from.folder, 'secret')),
    operatorToken: operatorToken ?? (await secretInFolder(from.folder, 'operator-token')),
  }
}

async function putSecrets(folder: string, { secret, operatorToken }: Secrets): Promise<void> {
  const kept = await secretInFolder(folder, 'secret', secret)
  if (kept !== secret) throw new MoveRefused(`${join(folder, 'secret')} is the secret of another installation. Name another folder.`)
  if (operatorToken !== null) await secretInFolder(folder, 'operator-token', operatorToken)
}

/** Secrets are named by their files, and never shown. */
function settingsFor({ secret, operatorToken }: Config, from: Place, target: Place): Record<string, string> {
  if ('folder' in target) return { MUSTER_DATA_DIR: target.folder }
  return {
    DATABASE_URL: 'the address that you gave',
    MUSTER_SECRET_FILE: secret === null && 'folder' in from ? join(from.folder, 'secret') : 'as before',
    MUSTER_OPERATOR_TOKEN_FILE: operatorToken === null && 'folder' in from ? join(from.folder, 'operator-token') : 'as before',
  }
}
