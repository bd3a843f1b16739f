import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build, type Plugin } from 'esbuild'

const root = fileURLToPath(new URL('..', import.meta.url))

/** Bundles the command into one file. With a version, the bundle is the one in the package of that version. */
export async function bundleCli(packageVersion?: string): Promise<string> {
  const { outputFiles = [] } = await build({
    entryPoints: [join(root, 'packages/cli/src/main.ts')],
    absWorkingDir: root, // The paths in the output are the same on every machine.
    write: false,
    bundle: true,
    platform: 'node',
    target: 'node20',
    format: 'cjs', // `require` runs a module when it is reached, while the imports of a module all run at start.
    define: packageVersion === undefined ? {} : { MUSTER_PACKAGE_VERSION: JSON.stringify(packageVersion) },
    plugins: [withoutSubprocesses],
    minifySyntax: true,
    minifyWhitespace: true, // Names are kept, so that a stack trace is readable.
    legalComments: 'none',
    logLevel: 'warning',
  })
  return outputFiles.map(({ text }) => text).join('')
}

/** Commander starts programs only for commands in files of their own, which muster does not have. The module for it takes longer to load than Commander. */
const withoutSubprocesses: Plugin = {
  name: 'without-subprocesses',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^node:child_process$/ }, ({ importer }) => (/[\\/]commander[\\/]/.test(importer) ? { path: 'none', namespace: 'none' } : null))
    onLoad({ filter: /./, namespace: 'none' }, () => ({ contents: 'module.exports = {}' }))
  },
}
