import type { ChildProcess } from 'node:child_process'
import { startProcess } from './processes.ts'

/** One request. `{n}` is a new number, `{ip}` a new address, `{c}` the connection; other names come from `lists` or from an earlier answer. */
export interface Step {
  method?: 'GET' | 'POST' | 'PATCH' | 'DELETE'
  path: string
  headers?: Record<string, string>
  body?: string
  /** 200 unless another status is expected. Any other answer fails the row. */
  status?: number
  /** Fields of the answer to keep, by the name under which later steps use them. */
  keep?: Record<string, string>
  /** False for a request that only prepares the next one. */
  counted?: boolean
}

export interface Load {
  origin: string
  steps: Step[]
  connections: number
  seconds: number
  /** Each connection takes one entry of each list. */
  lists?: Record<string, string[]>
  /** Begins with the values with which the same steps ended before: the token that a join returns replaces the one that it ends. */
  goesOn?: boolean
}

export interface LoadResult {
  /** Counted requests per second. */
  rate: number
  /** All requests, with those that are not counted. */
  requests: number
  /** Milliseconds of one counted request. */
  p50: number
  p99: number
  failure: string | null
}

export interface LoadProcess {
  /** @throws when a request is not answered as expected */
  run(load: Load): Promise<LoadResult>
}

export function startLoad(): LoadProcess & { child: ChildProcess } {
  const { child } = startProcess('load.ts')
  return {
    child,
    run: (load) =>
      new Promise((resolve, reject) => {
        const ended = (code: number | null): void => reject(new Error(`The load process ended with ${code}.`))
        child.once('exit', ended)
        child.once('message', (result: LoadResult) => {
          child.off('exit', ended)
          if (result.failure === null) resolve(result)
          else reject(new Error(result.failure))
        })
        child.send(load)
      }),
  }
}

export const json = (body: unknown): Pick<Step, 'method' | 'body' | 'headers'> => ({
  method: 'POST',
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify(body),
})

export const form = (fields: Record<string, string>): Pick<Step, 'method' | 'body' | 'headers'> => ({
  method: 'POST',
  headers: { 'content-type': 'application/x-www-form-urlencoded' },
  // The braces of a placeholder stay as they are.
  body: new URLSearchParams(fields).toString().replaceAll('%7B', '{').replaceAll('%7D', '}'),
})

export const bearer = (token: string): Record<string, string> => ({ authorization: `Bearer ${token}` })
