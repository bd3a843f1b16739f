import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { Config } from '../config.ts'
import { operatorTokenHash } from '../domain/credentials/operator-token.ts'
import { isRotating } from '../domain/organizations/secret.ts'
import { secretInFolder } from '../installation.ts'
import { openKeyRing } from '../key-ring.ts'
import { moveAll } from '../store/archive/copy.ts'
import type { OnProgress } from '../store/archive/rows.ts'
import { alone, clearState, requireInUse, stateOf } from '../store/archive/state.ts'
import { operatorTokenStore } from '../store/credentials/operator-token-store.ts'
import { rootKeysOf } from '../store/credentials/root-key-store.ts'
import { type Database, migrate } from '../store/database.ts'
import { configOf, type Environment, hasDatabase, labelOf, open, type Place, placeNamed, placeOf } from './stores.ts'

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
  const target = placeNamed(to)
  if (labelOf(from) === labelOf(target)) throw new MoveRefused(`The store is at ${labelOf(from)} already.`)
  hasDatabase(from)
  const { prepared } = config
  const source = await open(from, { prepared })
  try {
    await migrate(source)
    const { rootKeys } = rootKeysOf(source)
    const state = await rootKeys.read()
    if (state && isRotating(state))
      throw new MoveRefused(
        'A rotation of the secret is not finished. Start the server, and run `muster server secret rotate --finish` when nothing is left of the previous secret. Then stop the server and move again.',
      )
    const secrets = await secretsOf(config, from)
    await requireRootToken(source, secrets)
    // The folder must not get another secret.
    await openKeyRing({ ...rootKeysOf(source), secrets: async () => [secrets.secret] })
    const database = await open(target, { prepared })
    try {
      await migrate(database)
      if ('folder' in target && existsSync(join(target.folder, 'secret'))) await requireSameSecret(target.folder, secrets)
      const rows = await moveAll(source, database, {
        label: labelOf(target),
        onProgress,
        // A refusal leaves no secret behind, and a folder with a store has its secret.
        beforeCommit: async () => {
          if ('folder' in target) await putSecrets(target.folder, secrets)
        },
      })
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
  const from = placeOf(config)
  hasDatabase(from)
  const source = await open(from, { prepared: config.prepared })
  try {
    await migrate(source)
    return await alone(source, async () => {
      const found = await stateOf(source.kysely)
      if (found?.state === 'filling') await requireInUse(source.kysely)
      return found !== null && (await clearState(source.kysely, found))
    })
  } finally {
    await source.close()
  }
}

/** The new store is started with this token as root. An operator may have a named token in the same setting. @throws MoveRefused */
async function requireRootToken({ kysely }: Database, { operatorToken }: Secrets): Promise<void> {
  const hash = operatorToken === null ? null : operatorTokenHash(operatorToken)
  const name = hash && (await operatorTokenStore(kysely).nameOf(hash))
  if (name) throw new MoveRefused(`MUSTER_OPERATOR_TOKEN is the named token ${name}. Set it to the root token, or do not set it.`)
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

/** Creates the file if it is missing. @throws MoveRefused */
async function requireSameSecret(folder: string, { secret }: Secrets): Promise<void> {
  const kept = await secretInFolder(folder, 'secret', secret)
  if (kept !== secret) throw new MoveRefused(`${join(folder, 'secret')} is the secret of another installation. Name another folder.`)
}

async function putSecrets(folder: string, secrets: Secrets): Promise<void> {
  await requireSameSecret(folder, secrets)
  const { operatorToken } = secrets
  if (operatorToken !== null) await secretInFolder(folder, 'operator-token', operatorToken)
}

/** Secrets are named by their files, and never shown. */
function settingsFor({ secret, operatorToken }: Config, from: Place, target: Place): Record<string, string> {
  if ('folder' in target) return { MUSTER_DATA_DIR: target.folder, DATABASE_URL: 'not set', MUSTER_MIGRATE_URL: 'not set' }
  return {
    DATABASE_URL: 'the new database, with the role of the server',
    MUSTER_SECRET_FILE: secret === null && 'folder' in from ? join(from.folder, 'secret') : 'as before',
    MUSTER_OPERATOR_TOKEN_FILE: operatorToken === null && 'folder' in from ? join(from.folder, 'operator-token') : 'as before',
  }
}
