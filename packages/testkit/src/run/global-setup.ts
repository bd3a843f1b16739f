import { existsSync } from 'node:fs'
import { mkdtemp, rename, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { buildSnapshot } from '@muster/server/store/engine/build-snapshot.ts'
import { launchPostgres, type PostgresServer } from '../postgres-server.ts'
import { runFolderVariable } from './run-folder.ts'

// One PostgreSQL server for the whole run, started when the first test requests it, so that `npx vitest run some-file` does not wait for a server it does not
// need. Workers are separate processes, so they request it by writing a file.

export default async function setup(): Promise<() => Promise<void>> {
  await buildSnapshot()
  const folder = await mkdtemp(join(tmpdir(), 'muster-run-'))
  process.env[runFolderVariable] = folder
  let starting: Promise<PostgresServer> | undefined
  const watch = setInterval(() => {
    if (starting || !existsSync(join(folder, 'wanted'))) return
    clearInterval(watch)
    starting = launchPostgres()
    starting.then(
      (server) => answer(folder, { url: server.url, template: server.template }),
      (error: Error) => answer(folder, { error: error.stack ?? error.message }),
    )
  }, 25)
  return async () => {
    clearInterval(watch)
    const server = await starting?.catch(() => undefined)
    await server?.stop()
    await rm(folder, { recursive: true, force: true })
  }
}

async function answer(folder: string, content: object): Promise<void> {
  await writeFile(join(folder, 'unfinished'), JSON.stringify(content))
  await rename(join(folder, 'unfinished'), join(folder, 'answer'))
}
