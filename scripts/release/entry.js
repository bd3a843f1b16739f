import { enableCompileCache } from 'node:module'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

// Takes the place of packages/server/bin/entry.js in a release, which always runs from its bundle.

const root = fileURLToPath(new URL('..', import.meta.url))

/**
 * @param {'main' | 'administration'} name
 * @returns {string}
 */
export function entry(name) {
  process.setSourceMapsEnabled(true)
  enableCompileCache(join(root, 'compiled')) // does nothing in a folder that this user may not write to
  return new URL(`../server/${name}.mjs`, import.meta.url).href
}
