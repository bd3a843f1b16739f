import { randomBytes } from 'node:crypto'
import { existsSync } from 'node:fs'
import { link, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { newOpaqueToken } from './domain/model/opaque-token.ts'
import type { Secrets } from './key-ring.ts'

/**
 * With the embedded database, secrets are stored next to it and only readable by their owner.
 * @param given the value if there is no file yet; a generated one by default
 */
export async function secretInFolder(dataDir: string, file: 'secret' | 'operator-token', given?: string): Promise<string> {
  const path = join(dataDir, file)
  if (!existsSync(path)) {
    const temporary = await temporaryFile(path, given ?? (file === 'secret' ? newSecret() : newOpaqueToken('muster_op')))
    // `link` instead of `rename`, so that a file that another process has just created is not replaced.
    await link(temporary, path).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'EEXIST') throw error
    })
    await rm(temporary)
  }
  return (await readFile(path, 'utf8')).trim()
}

const newSecret = (): string => randomBytes(48).toString('base64url')

async function temporaryFile(path: string, value: string): Promise<string> {
  const temporary = `${path}.${process.pid}`
  await mkdir(dirname(path), { recursive: true, mode: 0o700 })
  await rm(temporary, { force: true }) // of a process that was killed
  await writeFile(temporary, `${value}\n`, { mode: 0o600, flag: 'wx', flush: true })
  return temporary
}

/** The secrets of the settings, or those in the data folder, which a rotation replaces. */
export interface SecretSource {
  read(): Promise<Secrets>
  /** Creates the next secret. The one in use becomes the previous one. Null for secrets of the settings, which only the operator changes. */
  renew: (() => Promise<void>) | null
  /** Removes the previous secret, which opens nothing any more. */
  forget(): Promise<void>
}

export const secretsOfSettings = (secret: string, previous: readonly string[]): SecretSource => {
  const secrets: Secrets = [secret, ...previous.filter((one) => one !== secret)]
  return { read: async () => secrets, renew: null, forget: async () => {} }
}

/** `secret` and, during a rotation, `secret.previous` with one secret on each line. A process that is killed between two steps finds both secrets again. */
export function secretsInFolder(dataDir: string): SecretSource {
  const path = join(dataDir, 'secret')
  const previousPath = `${path}.previous`
  const read = async (): Promise<Secrets> => {
    const secret = await secretInFolder(dataDir, 'secret')
    const previous = existsSync(previousPath) ? (await readFile(previousPath, 'utf8')).split('\n') : []
    return [secret, ...previous.filter((one) => one !== '' && one !== secret)]
  }
  return {
    read,
    async renew() {
      // All of them: the secret may leak before the rotation of the one before it is finished.
      await rename(await temporaryFile(previousPath, (await read()).join('\n')), previousPath)
      await rename(await temporaryFile(path, newSecret()), path)
    },
    forget: () => rm(previousPath, { force: true }),
  }
}
