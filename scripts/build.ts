import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { isBundled } from '../packages/server/bin/entry.js'
import { snapshotExists } from '../packages/server/src/store/engine/snapshot.ts'
import { isOutdated } from './built.js'

// Builds the CLI in one file and the server in a few, so that they start quickly, the console, and the snapshot of a new database. Skips what is up to date.

const root = fileURLToPath(new URL('..', import.meta.url))
const cli = join(root, 'packages/cli/dist/muster.cjs')

interface Parts {
  /** False for `npm run dev`, which builds the console itself at every change, and runs the server from its sources. */
  console?: boolean
  server?: boolean
}

export async function build(
  say: (line: string) => void = () => {},
  { console: includesConsole = true, server: includesServer = true }: Parts = {},
): Promise<void> {
  if (isOutdated('cli')) await timed('the CLI', buildCli, say)
  if (isOutdated('downloads')) {
    await timed('the packages of the CLI and the SDK', async () => (await import('./build-downloads.ts')).buildDownloads(), say)
  }
  if (includesConsole && isOutdated('console')) {
    await timed('the console', async () => (await import('./build-console.ts')).buildConsole(say), say)
  }
  if (isOutdated('docs')) await timed('the API reference', async () => (await import('./build-docs.ts')).buildDocs(), say)
  if (!(await snapshotExists())) {
    await timed(
      'the snapshot of a new database',
      async () => {
        const { buildSnapshot } = await import('../packages/server/src/store/engine/build-snapshot.ts')
        await buildSnapshot()
      },
      say,
    )
  }
  // After the snapshot, because `isBuilt` relies on this order.
  if (includesServer && !isBundled()) await timed('the server', async () => (await import('./bundle-server.ts')).bundleServer(), say)
}

export async function buildCli(): Promise<void> {
  const { bundleCli } = await import('./bundle-cli.ts')
  const text = await bundleCli()
  mkdirSync(dirname(cli), { recursive: true })
  writeFileSync(cli, text)
}

/** Prints a line before and after the run. On a busy machine a build takes half a minute, and without a line a first start would look stuck. */
export async function timed(what: string, run: () => Promise<void>, say: (line: string) => void): Promise<void> {
  say(`Building ${what} …`)
  const began = performance.now()
  await run()
  say(`Built ${what} in ${((performance.now() - began) / 1000).toFixed(1)} s.`)
}

if (import.meta.main) await build((line) => process.stderr.write(`${line}\n`))
