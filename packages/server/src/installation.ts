import { randomBytes } from 'node:crypto'
import { existsSync } from 'node:fs'
import { link, mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { newOpaqueToken } from './domain/model/opaque-token.ts'
import { SecretKeys, sameBytes } from './domain/model/secret-keys.ts'
import type { Database } from './store/database.ts'

/** The configured secret is not the one that the database was created with. */
export class WrongSecret extends Error {
  constructor() {
    super(
      'MUSTER_SECRET differs from the secret that this database was created with. With it, nothing stored could be decrypted and no link would work. Set the original secret again.',
    )
    this.name = 'WrongSecret'
  }
}

/**
 * With the embedded database, secrets are stored next to it and only readable by their owner.
 * @param given the value if there is no file yet; a generated one by default
 */
export async function secretInFolder(dataDir: string, file: 'secret' | 'operator-token', given?: string): Promise<string> {
  const path = join(dataDir, file)
  if (!existsSync(path)) {
    const value = given ?? (file === 'secret' ? randomBytes(48).toString('base64url') : newOpaqueToken('muster_op'))
    const temporary = `${path}.${process.pid}`
    await mkdir(dataDir, { recursive: true, mode: 0o700 })
    await writeFile(temporary, `${value}\n`, { mode: 0o600, flag: 'wx' })
    // `link` instead of `rename`, so that a file that another process has just created is not replaced.
    await link(temporary, path).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'EEXIST') throw error
    })
    await rm(temporary)
  }
  return (await readFile(path, 'utf8')).trim()
}

/** Derives the keys of this installation, after checking the secret against the database. @throws WrongSecret */
export async function keysOf(database: Pick<Database, 'kysely'>, secret: string): Promise<SecretKeys> {
  const keys = new SecretKeys(Buffer.from(secret))
  const check = keys.mac('secret-check', 'installation')
  await database.kysely
    .insertInto('installation')
    .values({ secret_check: check })
    .onConflict((conflict) => conflict.doNothing())
    .execute()
  const { secret_check: existing } = await database.kysely.selectFrom('installation').select('secret_check').executeTakeFirstOrThrow()
  if (!sameBytes(existing, check)) throw new WrongSecret()
  return keys
}
