import { oneLine, type Passage } from './passage.ts'

/** The headings, paragraphs, list items and table cells of a Markdown file, without its code. */
export function textsOfDocument(source: string): Passage[] {
  const passages: Passage[] = []
  let fence: string | undefined
  let continues = false
  for (const [index, line] of source.split('\n').entries()) {
    const mark = /^\s*(```|~~~)/.exec(line)?.[1]
    if (fence !== undefined || mark !== undefined) {
      fence = fence === undefined ? mark : mark === fence ? undefined : fence
      continues = false
      continue
    }
    const [begins] = /^\s*(?:#+|[-*]|\d+\.)\s+|^\|/.exec(line) ?? []
    const cells = begins === '|' ? line.split(/(?<!\\)\|/) : [line.slice(begins?.length ?? 0)]
    for (const cell of cells) {
      const text = plain(cell)
      const last = passages.at(-1)
      if (continues && begins === undefined && last && text !== '') last.text += ` ${text}`
      else if (/\p{L}/u.test(text)) passages.push({ kind: 'prose', line: index + 1, text })
    }
    continues = line.trim() !== '' && begins !== '|' && !line.startsWith('#')
  }
  return passages
}

const plain = (markdown: string): string =>
  oneLine(
    markdown
      .replace(/`[^`]*`/g, '…')
      .replace(/\]\([^)]*\)/g, ']')
      .replace(/https?:\S+/g, '…')
      .replace(/<[^>]*>/g, '')
      .replace(/[*[\]]/g, ''),
  )
