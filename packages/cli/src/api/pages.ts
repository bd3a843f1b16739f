import type { Context } from '../context.ts'
import type { Login } from '../login/login.ts'
import type { Cell } from '../output/table.ts'
import type { Page } from './types.ts'

/** By id, asked for a moment ago: a name may change under us, and none is kept (S41). */
export const organizationPath = ({ me }: Login, rest = ''): string => `/v1/organizations/${me.organization?.id}${rest}`

export type Query = Record<string, string | number | undefined>

/** `?a=1&b=2` of what is given. */
export function queryOf(query: Query): string {
  const given = Object.entries(query).filter((pair): pair is [string, string | number] => pair[1] !== undefined)
  return given.length === 0 ? '' : `?${new URLSearchParams(Object.fromEntries(given.map(([name, value]) => [name, String(value)])))}`
}

const pageSize = 100

/** All pages of a list, in its order. */
export async function everyPage<T>(login: Login, path: string, query: Query = {}): Promise<T[]> {
  const { items } = await pages<T>(login, path, query, Number.POSITIVE_INFINITY)
  return items
}

/** As many as are wanted, and where the rest begins. An organization may have a million members: nobody reads them in a terminal. */
export async function pages<T>(login: Login, path: string, query: Query, most: number): Promise<Page<T>> {
  const items: T[] = []
  let cursor: string | null | undefined
  do {
    const page: Page<T> = await login.request(
      'GET',
      `${path}${queryOf({ ...query, limit: Math.min(pageSize, most - items.length), cursor: cursor ?? undefined })}`,
    )
    items.push(...page.items)
    cursor = page.next_cursor
  } while (cursor && items.length < most)
  return { items, next_cursor: cursor ?? null }
}

/** How much of a list is read when nothing is said: `--all` reads the rest. */
export const fewEnough = 100

/** A table of what was found, or a hint where there is nothing; and a word when there is more. */
export function sayList<T>(
  { say }: Context,
  { items, next_cursor }: Page<T>,
  { none, more, head, row }: { none: string; more?: string; head: string[]; row: (item: T) => Cell[] },
): void {
  if (items.length === 0) say.hint(none)
  if (items.length > 0 || say.json) say.data({ items, ...(next_cursor === undefined ? {} : { next_cursor }) }, () => say.table(head, items.map(row)))
  if (next_cursor && more) say.hint(`\nThese are the first ${items.length}. ${more}`)
}

/** `2 sessions`, `1 open invitation` */
export const count = (number: number, noun: string): string => `${number.toLocaleString('en')} ${noun}${number === 1 ? '' : 's'}`

/** In a path. */
export const part = encodeURIComponent
