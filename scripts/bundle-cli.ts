import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'

const root = fileURLToPath(new URL('..', import.meta.url))

/** The command in one file. With a version it is the one in the package of that version, and knows it. */
export async function bundleCli(packageVersion?: string): Promise<string> {
  const { outputFiles = [] } = await build({
    entryPoints: [join(root, 'packages/cli/src/main.ts')],
    absWorkingDir: root, // paths in the output are the same on every machine
    write: false,
    bundle: true,
    platform: 'node',
    target: 'node20',
    format: 'cjs', // its requires run when they are reached; a module's imports all run at start
    define: packageVersion === undefined ? {} : { MUSTER_PACKAGE_VERSION: JSON.stringify(packageVersion) },
    minifySyntax: true,
    minifyWhitespace: true, // names stay, so that a stack trace can be read
    legalComments: 'none',
    logLevel: 'warning',
  })
  return outputFiles.map(({ text }) => text).join('')
}
