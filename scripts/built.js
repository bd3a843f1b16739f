// @ts-check
import { existsSync, readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { isBundled } from '../packages/server/bin/entry.js'

// What `npm run build` makes, and the sources of each part.

const root = fileURLToPath(new URL('..', import.meta.url))
const dist = join(root, 'packages/server/dist')

const cliSources = ['packages/cli/src', 'packages/cli/package.json', 'packages/contract/src', 'package-lock.json', 'scripts/bundle-cli.ts']
const sdkSources = ['src', 'package.json', 'build.ts', 'tsconfig.build.json', 'README.md'].map((name) => `packages/sdk/${name}`)
const consoleSources = ['src', 'public', 'index.html', 'package.json'].map((name) => `packages/console/${name}`)

/** The file that is written last, and its sources. */
const parts = {
  cli: { file: 'packages/cli/dist/muster.cjs', sources: cliSources },
  downloads: { file: 'packages/server/dist/downloads/index.json', sources: [...cliSources, ...sdkSources, 'scripts/build-downloads.ts', 'scripts/tarball.ts'] },
  console: { file: 'packages/console/dist/index.html', sources: [...consoleSources, 'packages/contract/src', 'package-lock.json', 'scripts/build-console.ts'] },
  docs: {
    file: 'packages/server/dist/docs/index.html',
    sources: ['node_modules/@scalar/fastify-api-reference/package.json', 'scripts/build-docs.ts', 'scripts/docs-page.js'],
  },
}

/** @returns {boolean} */
export function isBuilt() {
  // The build makes the snapshot before the bundle, from sources of the bundle. So it is current if the bundle is.
  const hasSnapshot = () => readdirSync(dist).some((name) => name.startsWith('snapshot-'))
  return !isOutdated('cli') && !isOutdated('downloads') && !isOutdated('console') && !isOutdated('docs') && isBundled() && hasSnapshot()
}

/**
 * True when the part is missing or older than one of its sources.
 * @param {keyof typeof parts} part
 * @returns {boolean}
 */
export function isOutdated(part) {
  const { file, sources } = parts[part]
  if (!existsSync(join(root, file))) return true
  const made = statSync(join(root, file)).mtimeMs
  return sources.some((source) => newest(join(root, source)) > made)
}

/**
 * @param {string} path
 * @returns {number}
 */
function newest(path) {
  const found = statSync(path, { throwIfNoEntry: false })
  if (!found) return 0
  if (!found.isDirectory()) return found.mtimeMs
  // The modification time of the folder shows that a file was removed.
  return readdirSync(path).reduce((latest, name) => Math.max(latest, newest(join(path, name))), found.mtimeMs)
}
