import { bearer } from './load.ts'

/** The cursor behind so many items of a list. Cursors are sealed, so the only way to one is through the pages before it. */
export async function walk(origin: string, path: string, token: string, items: number): Promise<string> {
  let cursor: string | null = null
  for (let passed = 0; passed < items; passed += 100) {
    const query = new URLSearchParams({ limit: '100', ...(cursor !== null && { cursor }) })
    const answer = await fetch(`${origin}${path}?${query}`, { headers: bearer(token) })
    if (!answer.ok) throw new Error(`${path} answered ${answer.status}: ${await answer.text()}`)
    cursor = ((await answer.json()) as { next_cursor: string | null }).next_cursor
    if (cursor === null) throw new Error(`${path} has no ${items} items.`)
  }
  return cursor ?? ''
}
