import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Action, BadAnswer, Operation, Outcome } from './history.ts'
import type { Admin, Installation } from './installation.ts'

// The mixed load of a fault run. Each client is the admin of an organization and makes one call at a time. Clients know nothing of the faults.

interface Called {
  outcome: Outcome
  status?: number
  body?: any
}

interface Call {
  method: string
  path: string
  token: string
  body?: unknown
  key?: string
  /** The load balancer by default. */
  origin?: string
}

export interface Load {
  operations: Operation[]
  badAnswers: BadAnswer[]
  /** Begins no more calls. */
  end(): void
  /** Ends the load. Resolves when every call has ended. */
  stop(): Promise<void>
}

const PATIENCE_MILLISECONDS = 10_000
const PAUSE_MILLISECONDS = 15

export function startLoad({ url, nodes, verifier, admins }: Pick<Installation, 'url' | 'nodes' | 'verifier' | 'admins'>, random: () => number): Load {
  const operations: Operation[] = []
  const badAnswers: BadAnswer[] = []
  const checks = new Set<Promise<unknown>>()
  let running = true

  async function call({ method, path, token, body, key, origin = url }: Call): Promise<Called> {
    try {
      const response = await fetch(`${origin}${path}`, {
        method,
        signal: AbortSignal.timeout(PATIENCE_MILLISECONDS),
        headers: {
          authorization: `Bearer ${token}`,
          ...(body !== undefined && { 'content-type': 'application/json' }),
          ...(key !== undefined && { 'idempotency-key': key }),
        },
        ...(body !== undefined && { body: JSON.stringify(body) }),
      })
      const text = await response.text()
      const { status } = response
      if (status >= 500) {
        if (status !== 503 || !response.headers.has('retry-after')) badAnswers.push({ at: Date.now(), request: `${method} ${path}`, status, body: text })
        return { outcome: 'unknown', status }
      }
      return { outcome: status < 400 ? 'ok' : 'failed', status, body: text === '' ? undefined : JSON.parse(text) }
    } catch {
      await sleep(100) // no server may be there
      return { outcome: 'unknown' }
    }
  }

  async function client(number: number, admin: Admin): Promise<void> {
    const { token } = admin
    const organization = `/v1/organizations/${admin.organization}`
    const keys: { id: string; value: string }[] = []
    let count = 0
    const next = (): string => {
      count += 1
      return `c${number}-${count}`
    }

    /** Records an operation. The action is completed from the answer. */
    const perform = async (act: () => Promise<Called>, actionOf: (called: Called) => Action): Promise<Called> => {
      const began = Date.now()
      const called = await act()
      const { outcome, status } = called
      operations.push({ client: number, began, ended: Date.now(), outcome, ...(status !== undefined && { status }), action: actionOf(called) })
      return called
    }

    /** Half of the clients repeat a call that remained unknown, with the same key, as a careful program does. The others never learn what became of it. */
    const create = (
      kind: Extract<Action, { type: 'create' }>['kind'],
      name: string,
      request: Omit<Call, 'token'>,
      idOf: (body: any) => string,
    ): Promise<Called> =>
      perform(
        async () => {
          const asked = { ...request, token, key: randomUUID() }
          let called = await call(asked)
          while (called.outcome === 'unknown' && number % 2 === 0 && running) {
            await sleep(200)
            called = await call(asked)
          }
          return called
        },
        ({ outcome, body }) => ({ type: 'create', kind, name, ...(outcome === 'ok' && { id: idOf(body) }) }),
      )

    const steps: (() => Promise<unknown>)[] = [
      () => {
        const name = next()
        return create('resource', name, { method: 'PUT', path: `${organization}/resources/application/${name}` }, ({ id }) => id)
      },
      () => {
        const email = `${next()}@example.com`
        return create('invitation', email, { method: 'POST', path: `${organization}/invitations`, body: { email } }, ({ id }) => id)
      },
      async () => {
        const createKey = (terms: { scope?: 'all' }): Promise<Called> => {
          const description = next()
          return create('key', description, { method: 'POST', path: '/v1/me/keys', body: { description, ...terms } }, ({ id }) => id)
        }
        const asked = await createKey({ scope: 'all' })
        // A server of a version before scopes refuses one.
        const { outcome, body } = asked.status === 422 ? await createKey({}) : asked
        if (outcome === 'ok') keys.push({ id: body.id, value: body.key })
      },
      async () => {
        const [key] = keys.length > 3 ? keys.splice(Math.floor(random() * keys.length), 1) : []
        if (!key) return
        await perform(
          () => call({ method: 'DELETE', path: `/v1/me/keys/${key.id}`, token }),
          ({ body }) => ({ type: 'end', id: key.id, endedEverywhereAt: Date.parse(body?.revocation?.ended_everywhere_at) }),
        )
        // Used soon after and later.
        await use(key)
        setTimeout(() => void (running && use(key)), 2_000)
      },
      () =>
        perform(
          () => call({ method: 'PATCH', path: '/v1/me', token, body: { given_name: `name ${next()}` } }),
          () => ({ type: 'set', user: admin.id, value: `name c${number}-${count}` }),
        ),
      () =>
        perform(
          () => call({ method: 'GET', path: '/v1/me', token }),
          ({ body }) => ({ type: 'read', user: admin.id, value: body?.given_name }),
        ),
      async () => {
        const key = keys[Math.floor(random() * keys.length)]
        if (key) await use(key)
      },
    ]

    async function use({ id, value }: { id: string; value: string }): Promise<void> {
      const node = nodes[Math.floor(random() * nodes.length)]
      if (!node) return
      const origin = `http://127.0.0.1:${node.port}`
      const judged = ({ status }: Called): Action & { type: 'use' } => ({
        type: 'use',
        id,
        place: 'api',
        verdict: status === 401 ? 'refused' : status === undefined || status >= 500 ? 'unavailable' : 'accepted',
      })
      await perform(() => call({ method: 'GET', path: `${organization}/resources?limit=1`, token: value, origin }), judged)
      await perform(
        () => call({ method: 'GET', path: '/v1/forward-auth', token: value, origin }),
        (called) => ({ ...judged(called), place: 'forward auth' }),
      )
      if (!running) return
      // Not awaited, because the verifier may be paused.
      const check = verifier.check(value).then(({ verdict, began }) => {
        operations.push({ client: number, began, ended: Date.now(), outcome: 'ok', action: { type: 'use', id, place: 'verifier', verdict } })
        checks.delete(check)
      })
      checks.add(check)
    }

    while (running) {
      await steps[Math.floor(random() * steps.length)]?.()
      await sleep(PAUSE_MILLISECONDS)
    }
  }

  const clients = admins.map((admin, at) => client(at + 1, admin))
  const end = (): void => {
    running = false
  }
  return {
    operations,
    badAnswers,
    end,
    async stop() {
      end()
      await Promise.all(clients)
      await Promise.all(checks)
    },
  }
}
