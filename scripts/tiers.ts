import { existsSync, globSync, readFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'

// The tier of a test file follows from the file, so that a new or moved file needs no entry in a list. A file that reaches the testkit's browser is in the tier
// `browser`. Of the others, a file named `*.slow.test.ts` is in `slow`, and every other file in `fast`.

export type Tier = 'fast' | 'slow' | 'browser'

const root = join(import.meta.dirname, '..')
const browser = join(root, 'packages/testkit/src/browser.ts')

/** The test files of each tier, as paths from the root. */
export function testFiles(): Record<Tier, string[]> {
  const files = globSync('packages/*/test/**/*.test.ts', { cwd: root })
    .map((file) => file.replaceAll('\\', '/'))
    .sort()
  const known = new Map<string, boolean>()
  const tierOf = (file: string): Tier => {
    if (reachesBrowser(join(root, file), known)) return 'browser'
    return file.endsWith('.slow.test.ts') ? 'slow' : 'fast'
  }
  return { fast: [], slow: [], browser: [], ...Object.groupBy(files, tierOf) }
}

function reachesBrowser(file: string, known: Map<string, boolean>): boolean {
  const answer = known.get(file)
  if (answer !== undefined) return answer
  known.set(file, false) // Stops the recursion for files that import each other.
  const isReached = importsOf(file).some((imported) => imported === browser || reachesBrowser(imported, known))
  known.set(file, isReached)
  return isReached
}

/** The files of the tests and the testkit that a file imports. */
function importsOf(file: string): string[] {
  const names = [...readFileSync(file, 'utf8').matchAll(/(?:from|import\() ?'([^']+\.ts)'/g)].map(([, name = '']) => name)
  return names
    .map((name) => (name.startsWith('.') ? resolve(dirname(file), name) : join(root, 'packages', name.replace('@muster/testkit/', 'testkit/src/'))))
    .filter((path) => /[\\/]packages[\\/]([^\\/]+[\\/]test|testkit)[\\/]/.test(path) && existsSync(path))
}
