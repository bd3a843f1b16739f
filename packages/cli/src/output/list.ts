import type { Page } from '../api/pages.ts'
import type { Context } from '../context.ts'
import type { Cell } from './table.ts'

/** The number of items listed without `--all`. An organization may have a million members. */
export const defaultListSize = 100

/** Prints the items as a table, or the hint `none` for an empty list. The hint `more` follows if the list has more items. */
export function printList<T>(
  { say }: Context,
  { items, next_cursor }: Page<T>,
  { none, more, head, row }: { none: string; more?: string; head: string[]; row: (item: T) => Cell[] },
): void {
  if (items.length === 0) say.hint(none)
  if (items.length > 0 || say.json) say.data({ items, ...(next_cursor === undefined ? {} : { next_cursor }) }, () => say.table(head, items.map(row)))
  if (next_cursor && more) say.hint(`\nShowing the first ${items.length}. ${more}`)
}
