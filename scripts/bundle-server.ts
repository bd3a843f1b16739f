import { readdirSync, readFileSync, renameSync, rmSync, statSync } from 'node:fs'
import { join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build, type Plugin } from 'esbuild'
import { bundleFolder, bundles } from '../packages/server/bin/entry.js'

// Bundles the server: one file instead of 1,600, without types, and a few more for the parts that it loads later.

const root = fileURLToPath(new URL('..', import.meta.url))
const source = join(root, 'packages/server/src')

export async function bundleServer(): Promise<void> {
  const folder = bundleFolder()
  const unfinished = `${folder}.${process.pid}`
  await build({
    entryPoints: ['main.ts', 'administration.ts', 'password-strength-worker.ts'].map((name) => join(source, name)),
    absWorkingDir: root,
    outdir: unfinished,
    bundle: true,
    splitting: true,
    platform: 'node',
    target: 'node22',
    format: 'esm',
    outExtension: { '.js': '.mjs' },
    // Packages with WebAssembly or machine code, which they find beside their own files. pg looks for pg-native and works without it.
    external: ['@electric-sql/pglite', '@node-rs/argon2', 'pg-native'],
    // Packages in CommonJS call `require`, which a module does not have.
    banner: { js: `import { createRequire as createRequireOfBundle } from 'node:module'; const require = createRequireOfBundle(import.meta.url);` },
    plugins: [sourceAddresses],
    minifySyntax: true,
    minifyWhitespace: true,
    // oidc-provider looks a lifetime up by the name of its class, and errors are recognized by theirs. A bundle renames what has the name of something else.
    keepNames: true,
    sourcemap: true,
    sourcesContent: false,
    legalComments: 'none',
    logLevel: 'warning',
  })
  rmSync(folder, { recursive: true, force: true })
  renameSync(unfinished, folder)
  removeOldBundles()
}

/** A running server loads parts of its bundle later. So the bundle before this one is kept. */
function removeOldBundles(): void {
  const folders = readdirSync(bundles).map((name) => join(bundles, name))
  for (const old of folders.toSorted((a, b) => statSync(b).mtimeMs - statSync(a).mtimeMs).slice(2)) rmSync(old, { recursive: true, force: true })
}

/** A module keeps the address of its source, so that it finds the files beside it. */
const sourceAddresses: Plugin = {
  name: 'source-addresses',
  setup({ onLoad }) {
    onLoad({ filter: /packages[\\/]server[\\/]src[\\/].*\.ts$/ }, ({ path }) => {
      // A worker is in the bundle. Everything else is beside its source.
      const contents = readFileSync(path, 'utf8').replace(/new URL\('\.\/([\w-]+-worker)\.ts', import\.meta\.url\)/, "new URL('./$1.mjs', bundleAddress)")
      const address = `new URL(${JSON.stringify(relative(join(bundles, 'folder'), path).replaceAll('\\', '/'))}, import.meta.url).href`
      return { loader: 'ts', contents: contents.replaceAll('import.meta.url', address).replace('bundleAddress', 'import.meta.url') }
    })
  },
}
