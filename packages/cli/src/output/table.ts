import { clean, pad, width, wordsIn } from './text.ts'

/** The content of a cell: `shown` at a terminal; when piped, each value of `piped` in its own column. */
export interface Facts {
  shown: string
  piped: (string | null)[]
}
export type Cell = string | null | undefined | Facts

/** A cell that shows several values as one text, or a value that has another format when piped. */
export const facts = (shown: string, ...piped: (string | null | undefined)[]): Facts => ({ shown, piped: piped.map((fact) => fact ?? null) })

const isFacts = (cell: Cell): cell is Facts => typeof cell === 'object' && cell !== null

export const shown = (cell: Cell): string => clean((isFacts(cell) ? cell.shown : cell) ?? '')
export const piped = (cell: Cell): string[] => (isFacts(cell) ? cell.piped : [cell]).map((fact) => clean(fact ?? ''))

const GAP = 2

/**
 * The head and the lines of a table. In a narrow terminal, columns with a `?` at the end of their head are omitted, the last one first. If the table
 * is still too wide, its cells wrap at words. If that is not enough either, each row becomes a block with a line per column.
 */
export function tableLines(head: string[], rows: Cell[][], columns: number): { head: string | null; lines: string[] } {
  const names = head.map((name) => name.replace(/\?$/, ''))
  const cells = rows.map((row) => row.map(shown))
  const kept = keptColumns(head, [names, ...cells], columns)
  const pick = (line: string[]) => line.filter((_, column) => kept.has(column))
  const [shownNames, shownCells] = [pick(names), cells.map(pick)]
  const widths = fittingWidths([shownNames, ...shownCells], columns)
  if (!widths) return { head: null, lines: blocks(shownNames, shownCells) }
  const [headLine = '', ...lines] = [shownNames, ...shownCells].flatMap((line) => aligned(line, widths))
  return { head: headLine, lines }
}

/** Omits optional columns, the last one first, until the table fits. */
function keptColumns(head: string[], lines: string[][], columns: number): Set<number> {
  const widths = naturalWidths(lines)
  const kept = new Set(head.keys())
  const total = () => [...kept].reduce((sum, column) => sum + (widths[column] ?? 0) + GAP, -GAP)
  for (const column of [...head.keys()].reverse()) {
    if (total() <= columns) break
    if (head[column]?.endsWith('?')) kept.delete(column)
  }
  return kept
}

const naturalWidths = (lines: string[][]): number[] => (lines[0] ?? []).map((_, column) => Math.max(...lines.map((line) => width(line[column] ?? ''))))

/** Narrows the widest columns until the table fits. Returns null if even the longest words are too wide. */
function fittingWidths(lines: string[][], columns: number): number[] | null {
  const widths = naturalWidths(lines)
  const least = naturalWidths(
    lines.map((line) => line.map((cell) => cell.split(' ').reduce((longest, word) => (width(word) > width(longest) ? word : longest), ''))),
  )
  const total = () => widths.reduce((sum, one) => sum + one + GAP, -GAP)
  while (total() > columns) {
    const widest = [...widths.keys()].filter((column) => (widths[column] ?? 0) > (least[column] ?? 0)).sort((a, b) => (widths[b] ?? 0) - (widths[a] ?? 0))[0]
    if (widest === undefined) return null
    widths[widest] = (widths[widest] ?? 0) - 1
  }
  return widths
}

/** One row, with as many lines as its longest cell needs. */
function aligned(cells: string[], widths: number[]): string[] {
  const broken = cells.map((cell, column) => wordsIn(cell, widths[column] ?? 0))
  const height = Math.max(...broken.map(({ length }) => length))
  return Array.from({ length: height }, (_, line) =>
    broken
      .map((parts, column) => pad(parts[line] ?? '', widths[column] ?? 0))
      .join(' '.repeat(GAP))
      .trimEnd(),
  )
}

function blocks(names: string[], rows: string[][]): string[] {
  const widest = Math.max(...names.map((name) => width(name)))
  return rows.flatMap((row, index) => [
    ...(index === 0 ? [] : ['']),
    ...row.flatMap((cell, column) => (cell === '' ? [] : [`${pad(names[column] ?? '', widest)}  ${cell}`])),
  ])
}
