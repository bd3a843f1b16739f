import { readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { snapshotExists } from '../packages/server/src/store/snapshot.ts'
import { consolePage } from './build-console.ts'

// What cannot run from source: the CLI in one file, because it must start at once, the console, and the snapshot of a new database.
// What is up to date is left alone, so this stands before every start.

const root = fileURLToPath(new URL('..', import.meta.url))
const cli = join(root, 'packages/cli/dist/muster.cjs')

export async function build(say: (line: string) => void = () => {}): Promise<void> {
  if (isOlder(cli, ['packages/cli/src', 'packages/cli/package.json', 'packages/contract/src', 'package-lock.json', 'scripts/build.ts'])) {
    await timed('the CLI', buildCli, say)
  }
  const consoleSources = ['src', 'public', 'index.html', 'package.json'].map((name) => `packages/console/${name}`)
  if (isOlder(consolePage, [...consoleSources, 'packages/contract/src', 'package-lock.json', 'scripts/build-console.ts'])) {
    await timed('the console', async () => (await import('./build-console.ts')).buildConsole(say), say)
  }
  if (!(await snapshotExists())) {
    await timed(
      'the snapshot of a new database',
      async () => {
        const { buildSnapshot } = await import('../packages/server/src/store/build-snapshot.ts')
        await buildSnapshot()
      },
      say,
    )
  }
}

async function buildCli(): Promise<void> {
  const { build: bundle } = await import('esbuild')
  await bundle({
    entryPoints: [join(root, 'packages/cli/src/main.ts')],
    outfile: cli,
    bundle: true,
    platform: 'node',
    target: 'node22',
    format: 'cjs', // its requires run when they are reached; a module's imports all run at start
    minifySyntax: true,
    minifyWhitespace: true, // names stay, so that a stack trace can be read
    legalComments: 'none',
    logLevel: 'warning',
  })
}

/** Whether the file is missing, or older than something it is made from. */
function isOlder(file: string, sources: string[]): boolean {
  const made = statSync(file, { throwIfNoEntry: false })?.mtimeMs
  if (made === undefined) return true
  return sources.some((source) => newest(join(root, source)) > made)
}

function newest(path: string): number {
  const found = statSync(path, { throwIfNoEntry: false })
  if (!found) return 0
  if (!found.isDirectory()) return found.mtimeMs
  // The folder's own time tells of a file that was removed.
  return readdirSync(path).reduce((latest, name) => Math.max(latest, newest(join(path, name))), found.mtimeMs)
}

/** On busy cores it takes half a minute, in which somebody who starts Muster for the first time wants to know that it lives. */
export async function timed(what: string, run: () => Promise<void>, say: (line: string) => void): Promise<void> {
  say(`Building ${what} …`)
  const began = performance.now()
  await run()
  say(`Built ${what} in ${((performance.now() - began) / 1000).toFixed(1)} s.`)
}

if (import.meta.main) await build((line) => process.stderr.write(`${line}\n`))
