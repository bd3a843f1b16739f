// @ts-check
import { createHash } from 'node:crypto'
import { existsSync, readdirSync, statSync } from 'node:fs'
import { enableCompileCache } from 'node:module'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'

// Decides whether the server runs from its bundle or from its sources. Plain JavaScript, here and in the files beside it: the code that lets Node run
// TypeScript costs 0.1 seconds and 17 MiB, which a start from the bundle saves.

const root = fileURLToPath(new URL('../../..', import.meta.url))

export const bundles = join(root, 'packages/server/dist/bundle')

const sources = ['packages/server/src', 'packages/contract/src', 'package-lock.json', 'scripts/bundle-server.ts']

/**
 * The folder of the bundle of the present sources. Its name changes with the name, the size or the date of any source: a later date is not asked for,
 * because a copy of another version keeps the dates of its files.
 * @returns {string}
 */
export function bundleFolder() {
  const hash = createHash('sha256')
  for (const source of sources) addTo(hash, source)
  return join(bundles, hash.digest('hex').slice(0, 16))
}

/**
 * @param {import('node:crypto').Hash} hash
 * @param {string} path
 * @returns {void}
 */
function addTo(hash, path) {
  const found = statSync(join(root, path))
  if (found.isDirectory()) for (const name of readdirSync(join(root, path)).sort()) addTo(hash, `${path}/${name}`)
  else hash.update(`${path} ${found.size} ${Math.floor(found.mtimeMs)}\n`)
}

/** @returns {boolean} */
export const isBundled = () => existsSync(bundleFolder())

/**
 * The address of the module, in the bundle if there is one of the present sources.
 * @param {'main' | 'administration'} name
 * @returns {string}
 */
export function entry(name) {
  const folder = bundleFolder()
  if (!existsSync(folder)) {
    if (process.env['LOG_LEVEL'] === 'debug') process.stderr.write('The server runs from its sources, because they have changed since the last build.\n')
    return pathToFileURL(join(root, `packages/server/src/${name}.ts`)).href
  }
  process.setSourceMapsEnabled(true)
  enableCompileCache(join(folder, 'compiled'))
  return pathToFileURL(join(folder, `${name}.mjs`)).href
}
