import type { Answer, Calls, Options } from './calls.ts'

export interface Page<T> {
  items: T[]
  next_cursor?: string | null
}

type GetPath = Parameters<typeof Calls.prototype.GET>[0]
type ListPath = { [P in GetPath]: Answer<'get', P> extends Page<unknown> ? P : never }[GetPath]
type Item<P extends ListPath> = Answer<'get', P> extends Page<infer T> ? T : never

/** The largest page that the API returns. */
const pageSize = 100

/** All pages of a list, in its order. */
export async function readAllPages<P extends ListPath>(calls: Calls, path: P, options: Options<'get', P>): Promise<Item<P>[]> {
  const { items } = await readPages(calls, path, options, Number.POSITIVE_INFINITY)
  return items
}

/** At most `most` items, and the cursor of the rest. */
export async function readPages<P extends ListPath>(calls: Calls, path: P, options: Options<'get', P>, most: number): Promise<Page<Item<P>>> {
  const items: Item<P>[] = []
  const params = options.params as { query?: Record<string, unknown> } | undefined
  let cursor: string | null | undefined
  do {
    const query = { ...params?.query, limit: Math.min(pageSize, most - items.length), cursor: cursor ?? undefined }
    const page = (await calls.GET(path, ...([{ ...options, params: { ...params, query } }] as never))) as Page<Item<P>>
    items.push(...page.items)
    cursor = page.next_cursor
  } while (cursor && items.length < most)
  return { items, next_cursor: cursor ?? null }
}
