import { setTimeout as sleep } from 'node:timers/promises'

// Requests to Muster with the client's own token. They are retried until there is an answer.

const { MUSTER_ISSUER = 'http://localhost:4000', MUSTER_CLIENT_ID = '', MUSTER_CLIENT_SECRET = '' } = process.env
const scope = 'platform:events:read platform:organizations:read platform:members:read'

/** An answer that stays the same when the request is sent again. */
export class Refusal extends Error {
  readonly status: number
  readonly code: string
  constructor(path: string, status: number, { code, error, title, error_description }: Record<string, string>) {
    super(`${path}: ${status} ${code ?? error ?? ''} ${title ?? error_description ?? ''}`)
    this.status = status
    this.code = code ?? error ?? ''
  }
}

let token: string | undefined

/** @throws Refusal */
export async function get<T>(path: string): Promise<T> {
  const isNew = token === undefined
  token ??= await newToken()
  try {
    return await send(path, { headers: { authorization: `Bearer ${token}` } })
  } catch (error) {
    if (!(error instanceof Refusal) || error.status !== 401 || isNew) throw error
    token = undefined // It has expired, perhaps while the request waited.
    return get(path)
  }
}

/** All pages of a list. */
export async function list<T>(path: string): Promise<T[]> {
  const all: T[] = []
  for (let cursor: string | null = ''; cursor !== null; ) {
    const page: { items: T[]; next_cursor: string | null } = await get(`${path}?limit=100${cursor && `&cursor=${encodeURIComponent(cursor)}`}`)
    all.push(...page.items)
    cursor = page.next_cursor
  }
  return all
}

async function newToken(): Promise<string> {
  const { access_token } = await send<{ access_token: string }>('/oauth/token', {
    method: 'POST',
    headers: { authorization: `Basic ${btoa(`${MUSTER_CLIENT_ID}:${MUSTER_CLIENT_SECRET}`)}` },
    body: new URLSearchParams({ grant_type: 'client_credentials', scope }),
  })
  return access_token
}

/** Waits for `Retry-After`, and longer after each failure, up to half a minute. */
async function send<T>(path: string, init: RequestInit): Promise<T> {
  for (let pause = 1_000; ; pause = Math.min(2 * pause, 30_000)) {
    let asked = 0
    try {
      // Longer than the server lets a request for events wait.
      const response = await fetch(MUSTER_ISSUER + path, { ...init, signal: AbortSignal.timeout(60_000) })
      if (response.ok) return (await response.json()) as T
      if (response.status < 500 && response.status !== 429) throw new Refusal(path, response.status, await bodyOf(response))
      asked = Number(response.headers.get('retry-after')) * 1_000 || 0
      console.error(`${path}: ${response.status}. Trying again.`)
    } catch (error) {
      if (error instanceof Refusal) throw error
      console.error(`${path}: ${error}. Trying again.`)
    }
    await sleep(asked + pause * (0.5 + Math.random() / 2))
  }
}

/** A proxy may answer something else than JSON. */
const bodyOf = (response: Response) => response.json().catch(() => ({})) as Promise<Record<string, string>>
