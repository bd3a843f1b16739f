import { Client } from 'undici'
import type { Load, LoadResult, Step } from '../harness/load.ts'

// Sends the requests. A process of its own, so that the cost of asking is not counted as the cost of answering. It plays what its parent sends to it: each
// connection repeats the steps one after another.

let sent = 0

/** Gives each request a different address, in a different network, because rate limits count by both. */
const address = (): string => `${11 + ((sent >> 16) & 63)}.${(sent >> 8) & 255}.${sent & 255}.${1 + (sent % 250)}`

type Values = Record<string, string>
type Template = (values: Values) => string

function template(text: string): Template {
  const parts = text.split(/\{(\w+)\}/)
  if (parts.length === 1) return () => text
  return (values) => {
    let out = ''
    for (let at = 0; at < parts.length; at++) {
      const part = parts[at] as string
      out += at % 2 === 0 ? part : (values[part] ?? missing(part))
    }
    return out
  }
}

function missing(name: string): never {
  throw new Error(`A step names {${name}}, which nothing has set.`)
}

interface Ready extends Step {
  pathOf: Template
  bodyOf: Template | null
  headersOf: [name: string, value: Template][]
}

const prepare = (step: Step): Ready => ({
  ...step,
  pathOf: template(step.path),
  bodyOf: step.body === undefined ? null : template(step.body),
  headersOf: Object.entries({ 'x-forwarded-for': '{ip}', ...step.headers }).map(([name, value]) => [name, template(value)]),
})

interface Answer {
  status: number
  text: string
}

function ask(client: Client, step: Ready, values: Values): Promise<Answer> {
  return new Promise((resolve, reject) => {
    let status = 0
    let text = ''
    const headers: Record<string, string> = {}
    for (const [name, value] of step.headersOf) headers[name] = value(values)
    client.dispatch(
      { path: step.pathOf(values), method: step.method ?? 'GET', headers, body: step.bodyOf?.(values) ?? null },
      {
        onRequestStart() {},
        onResponseStart(_controller, code) {
          status = code
        },
        onResponseData(_controller, chunk) {
          if (step.keep || status >= 400) text += chunk
        },
        onResponseEnd: () => resolve({ status, text }),
        onResponseError: (_controller, error) => reject(error),
      },
    )
  })
}

/** The values of each connection, for loads that go on where the last one ended. */
const remembered = new Map<string, Values[]>()

async function play({ origin, steps, connections, seconds, lists = {}, goesOn = false }: Load): Promise<LoadResult> {
  const ready = steps.map(prepare)
  const latencies: number[] = []
  let failure: string | null = null
  let requests = 0
  const place = `${origin} ${steps.map(({ path }) => path)}`
  const known = (goesOn && remembered.get(place)) || []
  remembered.set(place, known)
  const begun = performance.now()
  const until = begun + seconds * 1000
  await Promise.all(
    Array.from({ length: connections }, async (_, connection) => {
      const client = new Client(origin)
      const values: Values = known[connection] ?? { c: String(connection) }
      if (!known[connection]) for (const [name, list] of Object.entries(lists)) values[name] = list[connection % list.length] ?? ''
      known[connection] = values
      try {
        while (performance.now() < until && failure === null) {
          for (const step of ready) {
            sent += 1
            values['n'] = String(sent)
            values['ip'] = address()
            const asked = performance.now()
            const { status, text } = await ask(client, step, values)
            requests += 1
            if (status !== (step.status ?? 200)) {
              failure ??= `${step.method ?? 'GET'} ${step.path} answered ${status}: ${text.slice(0, 300)}`
              return
            }
            if (step.counted !== false) latencies.push(performance.now() - asked)
            for (const [name, field] of Object.entries(step.keep ?? {})) values[name] = String(JSON.parse(text)[field])
          }
        }
      } finally {
        await client.close()
      }
    }),
  ).catch((error: Error) => {
    failure ??= error.message
  })
  const took = (performance.now() - begun) / 1000
  latencies.sort((one, other) => one - other)
  const at = (share: number): number => latencies[Math.min(latencies.length - 1, Math.floor(latencies.length * share))] ?? Number.NaN
  return { rate: latencies.length / took, requests, p50: at(0.5), p99: at(0.99), failure }
}

process.on('message', (load: Load) => void play(load).then((result) => process.send?.(result)))
process.on('disconnect', () => process.exit(0))
