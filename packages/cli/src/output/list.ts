import type { Page } from '../api/pages.ts'
import type { Context } from '../context.ts'
import type { Cell } from './table.ts'

/** How many items of a list are read without `--all`. An organization may have a million members. */
export const defaultListSize = 100

/** A table of the items, or a hint when there are none; and a hint when the list goes on. */
export function printList<T>(
  { say }: Context,
  { items, next_cursor }: Page<T>,
  { none, more, head, row }: { none: string; more?: string; head: string[]; row: (item: T) => Cell[] },
): void {
  if (items.length === 0) say.hint(none)
  if (items.length > 0 || say.json) say.data({ items, ...(next_cursor === undefined ? {} : { next_cursor }) }, () => say.table(head, items.map(row)))
  if (next_cursor && more) say.hint(`\nShowing the first ${items.length}. ${more}`)
}
