import { readFileSync } from 'node:fs'
import { extname, join } from 'node:path'
import { type Peer, peers } from '../examples/clients/table.ts'

// The documentation shows the files that tests run, so the two cannot differ.

const root = join(import.meta.dirname, '..')
const read = (path: string): string => readFileSync(join(root, path), 'utf8')

/** Returns the page with the content after each marker (`<!-- file: … -->`, `<!-- clients -->`) taken from its source. */
export const embedExamples = (page: string): string =>
  read(page)
    .replace(
      /(<!-- file: (\S+) -->\n)(?:```[\s\S]*?\n```\n)?/g,
      (_, marker: string, path: string) => `${marker}\`\`\`${language(path)}\n${read(path).trimEnd()}\n\`\`\`\n`,
    )
    .replace(/(<!-- clients -->\n)(?:\|.*\n)*/, (_, marker: string) => marker + clientsTable())

const language = (path: string): string => ({ '.conf': 'apache' })[extname(path)] ?? extname(path).slice(1)

function clientsTable(): string {
  const { dependencies } = JSON.parse(read('examples/package.json')) as { dependencies: Record<string, string> }
  const versionOf = (name: string): string => (dependencies[name] ?? '').replace(/^npm:.*@/, '')
  const rows = Object.entries<Peer>(peers).map(([name, { from, packages, does, notices, set = '' }]) => {
    const version = from === 'npm' ? packages.map((one) => (packages.length > 1 ? `${one} ${versionOf(one)}` : versionOf(one))).join(', ') : 'Debian 12'
    return `| ${name} | ${version} | ${does} | ${notices} | ${set} |`
  })
  return `${['| client | version | steps of the test | notices a deactivation | settings |', '| --- | --- | --- | --- | --- |', ...rows].join('\n')}\n`
}
