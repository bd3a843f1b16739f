import { readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { decode, encode, type SourceMapSegment } from '@jridgewell/sourcemap-codec'
import { type BuildOptions, build, type Plugin } from 'esbuild'
import { bundleFolder, bundles } from '../packages/server/bin/entry.js'

// Bundles the server: one file instead of 1,600, without types, and a few more for the parts that it loads later.

const root = fileURLToPath(new URL('..', import.meta.url))
const source = join(root, 'packages/server/src')

/** Packages with WebAssembly or machine code, which they find beside their own files. */
export const unbundled = ['@electric-sql/pglite', '@node-rs/argon2']

export const serverEntries = ['main.ts', 'administration.ts', 'password-strength-worker.ts'].map((name) => join(source, name))

export async function bundleServer(): Promise<void> {
  const folder = bundleFolder()
  const unfinished = `${folder}.${process.pid}`
  await bundle(unfinished, { plugins: [addresses('source')] })
  rmSync(folder, { recursive: true, force: true })
  renameSync(unfinished, folder)
  removeOldBundles()
}

/** In a release, the files that the server reads are beside its code (`packages/server/src/files.ts`). */
export const bundleForRelease = (folder: string): Promise<void> => bundle(folder, { plugins: [addresses('bundle')], define: { MUSTER_RELEASE: 'true' } })

async function bundle(folder: string, options: BuildOptions): Promise<void> {
  await build({
    ...options,
    plugins: [...(options.plugins ?? []), httpWithoutFacade],
    entryPoints: serverEntries,
    absWorkingDir: root,
    outdir: folder,
    bundle: true,
    splitting: true,
    platform: 'node',
    target: 'node22',
    format: 'esm',
    outExtension: { '.js': '.mjs' },
    external: [...unbundled, 'pg-native'], // pg looks for pg-native and works without it.
    // Packages in CommonJS call `require`, which a module does not have.
    banner: { js: `import { createRequire as createRequireOfBundle } from 'node:module'; const require = createRequireOfBundle(import.meta.url);` },
    minifySyntax: true,
    minifyWhitespace: true,
    // oidc-provider looks a lifetime up by the name of its class, and errors are recognized by theirs. A bundle renames what has the name of something else.
    keepNames: true,
    sourcemap: true,
    sourcesContent: false,
    legalComments: 'none',
    logLevel: 'warning',
  })
  for (const name of readdirSync(folder)) if (name.endsWith('.map')) leaveOutPackages(join(folder, name))
}

/** Each start reads the maps, and three quarters of them would lead to packages. An error in a package keeps its place in the bundle. */
function leaveOutPackages(file: string): void {
  const map = JSON.parse(readFileSync(file, 'utf8')) as { sources: string[]; mappings: string; names: string[] }
  const isOwn = map.sources.map((name) => !name.includes('node_modules/'))
  const lines = decode(map.mappings).map((segments) => {
    // A segment without a source ends the mapping of the one before.
    const kept = segments.map((segment): SourceMapSegment => (segment.length > 1 && isOwn[segment[1] as number] ? segment : [segment[0]]))
    return kept.filter((segment, place) => segment.length > 1 || (kept[place - 1]?.length ?? 1) > 1)
  })
  const sources = map.sources.map((name, place) => (isOwn[place] ? name : ''))
  writeFileSync(file, JSON.stringify({ ...map, sources, mappings: encode(lines) }))
}

/** A running server loads parts of its bundle later. So the bundle before this one is kept. */
function removeOldBundles(): void {
  const folders = readdirSync(bundles).map((name) => join(bundles, name))
  for (const old of folders.toSorted((a, b) => statSync(b).mtimeMs - statSync(a).mtimeMs).slice(2)) rmSync(old, { recursive: true, force: true })
}

/** An `import` of node:http reads all of its exports, one of which loads the 40 files of the WebSocket client: 50 ms of each start. `require` reads none. */
const httpWithoutFacade: Plugin = {
  name: 'http-without-facade',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^(node:)?http$/ }, ({ kind }) => (kind === 'import-statement' ? { path: 'node:http', namespace: 'builtin' } : undefined))
    onLoad({ filter: /.*/, namespace: 'builtin' }, ({ path }) => ({ contents: `module.exports = process.getBuiltinModule('${path}')` }))
  },
}

/** The address that a module has in the bundle: of its source, so that it finds the files beside it, or of the bundle. */
const addresses = (of: 'source' | 'bundle'): Plugin => ({
  name: 'addresses',
  setup({ onLoad }) {
    onLoad({ filter: /packages[\\/]server[\\/]src[\\/].*\.ts$/ }, ({ path }) => {
      // A worker is in the bundle. Everything else is beside its source.
      const contents = readFileSync(path, 'utf8').replace(/new URL\('\.\/([\w-]+-worker)\.ts', import\.meta\.url\)/, "new URL('./$1.mjs', bundleAddress)")
      if (of === 'bundle') return { loader: 'ts', contents: contents.replace('bundleAddress', 'import.meta.url') }
      const address = `new URL(${JSON.stringify(relative(join(bundles, 'folder'), path).replaceAll('\\', '/'))}, import.meta.url).href`
      return { loader: 'ts', contents: contents.replaceAll('import.meta.url', address).replace('bundleAddress', 'import.meta.url') }
    })
  },
})
