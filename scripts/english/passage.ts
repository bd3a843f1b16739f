/** A test title, a string of the program, a paragraph of a document, or the subject of a commit. */
export type Kind = 'title' | 'text' | 'prose' | 'subject'

export interface Passage {
  kind: Kind
  line: number
  /** As a reader sees it, on one line: `…` replaces a value, and tags are left out. */
  text: string
}

export const oneLine = (text: string): string => text.replace(/\s+/g, ' ').trim()

export function lineFinder(source: string): (offset: number) => number {
  const starts = [0]
  for (let at = source.indexOf('\n'); at !== -1; at = source.indexOf('\n', at + 1)) starts.push(at + 1)
  return (offset) => starts.findLastIndex((start) => start <= offset) + 1
}
