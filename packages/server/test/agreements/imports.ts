import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'

/** The TypeScript files of a folder and the folders in it. */
export function sources(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile() && /\.tsx?$/.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name))
}

/** All import specifiers, including those of type imports and `import()`. */
export const importsOf = (file: string): string[] =>
  [...readFileSync(file, 'utf8').matchAll(/(?:from|import)\s*\(?\s*'([^']+)'/g)].map(([, specifier]) => specifier as string)

/** The files of its own package that a file imports. `values` leaves out type imports, which do not exist at run time. */
export function importedFiles(file: string, { values }: { values: boolean }): string[] {
  const statements = readFileSync(file, 'utf8').matchAll(/^(?:import|export)\s+(type\s+)?([^'"]*?)\s*from\s+'(\.[^']+)'/gm)
  return [...statements]
    .filter(([, type, names = '']) => !values || !(type || isTypesOnly(names)))
    .map(([, , , specifier]) => resolve(dirname(file), specifier as string))
    .filter((target) => existsSync(target))
}

const isTypesOnly = (names: string): boolean => {
  const list = /^\{([\s\S]*)\}$/
    .exec(names.trim())?.[1]
    ?.split(',')
    .map((name) => name.trim())
  return list?.every((name) => name === '' || name.startsWith('type ')) ?? false
}

/** Groups of files that import each other in a circle (Tarjan's strongly connected components). */
export function circles(graph: ReadonlyMap<string, readonly string[]>): string[][] {
  const index = new Map<string, number>()
  const lowest = new Map<string, number>()
  const stack: string[] = []
  const found: string[][] = []
  function visit(node: string): void {
    index.set(node, index.size)
    lowest.set(node, index.get(node) as number)
    stack.push(node)
    for (const next of graph.get(node) ?? []) {
      if (!index.has(next)) visit(next)
      if (stack.includes(next)) lowest.set(node, Math.min(lowest.get(node) as number, lowest.get(next) as number))
    }
    if (lowest.get(node) !== index.get(node)) return
    const circle = stack.splice(stack.indexOf(node))
    if (circle.length > 1) found.push(circle.toSorted())
  }
  for (const node of graph.keys()) if (!index.has(node)) visit(node)
  return found
}

/** Every folder below this one, with the number of its entries. */
export function foldersIn(folder: string): { folder: string; entries: number }[] {
  const entries = readdirSync(folder, { withFileTypes: true })
  const below = entries.filter((entry) => entry.isDirectory()).flatMap((entry) => foldersIn(join(folder, entry.name)))
  return [{ folder, entries: entries.length }, ...below]
}
