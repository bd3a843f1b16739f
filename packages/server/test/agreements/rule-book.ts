import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'

// Reads the numbered entries of docs/rules.md and docs/threats.md, finds where numbers are used, and follows the links between documents.

const root = join(import.meta.dirname, '../../../..')

/** A numbered rule, attack or invariant. */
export interface Entry {
  number: string
  /** Paths from the root, each with the names that the page expects in that file. */
  heldBy: Link[]
  provedBy: Link[]
}

export interface Link {
  path: string
  symbols: string[]
}

/** In docs/rules.md an entry is a heading, in docs/threats.md a row of a table. Both begin with an anchor of the number: `<a id="s29"></a>S29`. */
export function entriesOf(page: string): Entry[] {
  const [, ...parts] = readFileSync(join(root, page), 'utf8').split(/^(?:### |\| )(?=<a id=")/m)
  return parts.map((part) => {
    const [, id = '', number = ''] = /^<a id="([^"]+)"><\/a>(\w+)/.exec(part) ?? []
    if (id !== number.toLowerCase()) throw new Error(`${page}: the anchor ${id} is not that of ${number}`)
    const cells = (part.split('\n')[0] ?? '').split(' | ')
    const [heldBy = '', provedBy = ''] = cells.length > 1 ? cells.slice(-2) : [lineOf(part, 'Held by'), lineOf(part, 'Proved by')]
    return { number, heldBy: linksIn(heldBy), provedBy: linksIn(provedBy) }
  })
}

const lineOf = (part: string, label: string): string => new RegExp(`^${label}: (.*)$`, 'm').exec(part)?.[1] ?? ''

const linksIn = (text: string): Link[] =>
  [...text.matchAll(/\]\(\.\.\/([^)#]+)\)(?: \(([^)]*)\))?/g)].map(([, path = '', names = '']) => ({
    path,
    symbols: [...names.matchAll(/`(\w+)`/g)].map(([, name = '']) => name),
  }))

/** The numbers that each file uses. The families, such as S or A, are those of the entries, so a new letter is checked from its first definition on. */
export function numbersUsed(entries: readonly Entry[]): Map<string, string[]> {
  const letters = [...new Set(entries.map(({ number }) => number[0]))].join('')
  const number = new RegExp(`\\b[${letters}]\\d{1,2}\\b`, 'g')
  return new Map(texts().map((file) => [relative(root, file), [...new Set(readFileSync(file, 'utf8').match(number))]]))
}

/** The paths of all files that people write. */
function texts(): string[] {
  const folders = ['packages', 'scripts', 'deploy', 'examples', 'bench', 'docs'].flatMap((folder) => textsBelow(join(root, folder)))
  return [...folders, ...readdirSync(root).flatMap((name) => (name.endsWith('.md') ? [join(root, name)] : []))]
}

const textsBelow = (folder: string): string[] =>
  readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name)
    if (entry.isDirectory()) return ['node_modules', 'dist'].includes(entry.name) ? [] : textsBelow(path)
    return /\.(?:tsx?|js|css|html|md)$/.test(entry.name) ? [path] : []
  })

/** Links between the Markdown pages that lead to no file or to no heading. */
export function brokenLinks(): string[] {
  return texts()
    .filter((page) => page.endsWith('.md'))
    .flatMap((page) => {
      const text = readFileSync(page, 'utf8').replace(/```[\s\S]*?```/g, '')
      const links = [...text.matchAll(/\]\(([^)\s]+)\)/g)].map(([, link = '']) => link).filter((link) => !/^[a-z]+:/.test(link))
      return links.filter((link) => !leadsSomewhere(page, link)).map((link) => `${relative(root, page)}: ${link}`)
    })
}

function leadsSomewhere(page: string, link: string): boolean {
  const [path = '', anchor] = link.split('#')
  const target = path === '' ? page : join(dirname(page), path)
  if (!existsSync(target)) return false
  return anchor === undefined || !target.endsWith('.md') || anchorsOf(readFileSync(target, 'utf8')).has(anchor)
}

/** The anchors that GitHub derives from headings, and explicit ones. */
const anchorsOf = (text: string): Set<string> =>
  new Set([
    ...[...text.matchAll(/^#+ (.*)$/gm)].map(([, heading = '']) =>
      heading
        .replace(/<[^>]*>/g, '')
        .replace(/[^\p{L}\p{N}_\- ]/gu, '')
        .trim()
        .toLowerCase()
        .replaceAll(' ', '-'),
    ),
    ...[...text.matchAll(/<a id="([^"]+)">/g)].map(([, id = '']) => id),
  ])
