import type { Login } from './access.ts'
import type { Page } from './api-types.ts'

/** By id, asked for a moment ago: a name may change under us, and none is kept (S41). */
export const organizationPath = ({ me }: Login, rest = ''): string => `/v1/organizations/${me.organization?.id}${rest}`

/** All pages of a list, in its order. */
export async function everyPage<T>(login: Login, path: string): Promise<T[]> {
  const items: T[] = []
  let cursor: string | null | undefined
  do {
    const page: Page<T> = await login.request('GET', `${path}?limit=100${cursor ? `&cursor=${encodeURIComponent(cursor)}` : ''}`)
    items.push(...page.items)
    cursor = page.next_cursor
  } while (cursor)
  return items
}
