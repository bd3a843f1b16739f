import { mkdirSync, readdirSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { snapshotExists } from '../packages/server/src/store/engine/snapshot.ts'
import { consolePage } from './build-console.ts'
import { downloadsIndex } from './build-downloads.ts'

// Builds everything that cannot run from source: the CLI in one file, so that it starts quickly, the console, and the snapshot of a new database. This runs
// before every start, so it skips what is up to date.

const root = fileURLToPath(new URL('..', import.meta.url))
const cli = join(root, 'packages/cli/dist/muster.cjs')

const sdkSources = ['src', 'package.json', 'build.ts', 'tsconfig.build.json', 'README.md'].map((name) => `packages/sdk/${name}`)
const packagers = ['scripts/bundle-cli.ts', 'scripts/build-downloads.ts', 'scripts/tarball.ts']

interface Parts {
  /** False for `npm run dev`, which builds the console itself at every change. */
  console?: boolean
}

export async function build(say: (line: string) => void = () => {}, { console: includesConsole = true }: Parts = {}): Promise<void> {
  if (isOlder(cli, ['packages/cli/src', 'packages/cli/package.json', 'packages/contract/src', 'package-lock.json', 'scripts/bundle-cli.ts'])) {
    await timed('the CLI', buildCli, say)
  }
  if (isOlder(downloadsIndex, ['packages/cli/src', 'packages/cli/package.json', ...sdkSources, 'packages/contract/src', 'package-lock.json', ...packagers])) {
    await timed('the packages of the CLI and the SDK', async () => (await import('./build-downloads.ts')).buildDownloads(), say)
  }
  const consoleSources = ['src', 'public', 'index.html', 'package.json'].map((name) => `packages/console/${name}`)
  if (includesConsole && isOlder(consolePage, [...consoleSources, 'packages/contract/src', 'package-lock.json', 'scripts/build-console.ts'])) {
    await timed('the console', async () => (await import('./build-console.ts')).buildConsole(say), say)
  }
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
}

export async function buildCli(): Promise<void> {
  const { bundleCli } = await import('./bundle-cli.ts')
  const text = await bundleCli()
  mkdirSync(dirname(cli), { recursive: true })
  writeFileSync(cli, text)
}

/** True when the file is missing or older than one of its sources. */
function isOlder(file: string, sources: string[]): boolean {
  const made = statSync(file, { throwIfNoEntry: false })?.mtimeMs
  if (made === undefined) return true
  return sources.some((source) => newest(join(root, source)) > made)
}

function newest(path: string): number {
  const found = statSync(path, { throwIfNoEntry: false })
  if (!found) return 0
  if (!found.isDirectory()) return found.mtimeMs
  // The modification time of the folder shows that a file was removed.
  return readdirSync(path).reduce((latest, name) => Math.max(latest, newest(join(path, name))), found.mtimeMs)
}

/** Prints a line before and after the run. On a busy machine a build takes half a minute, and without a line a first start would look stuck. */
export async function timed(what: string, run: () => Promise<void>, say: (line: string) => void): Promise<void> {
  say(`Building ${what} …`)
  const began = performance.now()
  await run()
  say(`Built ${what} in ${((performance.now() - began) / 1000).toFixed(1)} s.`)
}

if (import.meta.main) await build((line) => process.stderr.write(`${line}\n`))
