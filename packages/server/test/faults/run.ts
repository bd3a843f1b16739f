import { setTimeout as sleep } from 'node:timers/promises'
import { invariants } from '../lifecycle/invariants.ts'
import type { Inject } from './faults.ts'
import type { FinalState, History } from './history.ts'
import type { Installation, Rows } from './installation.ts'
import { judge } from './judge.ts'
import { startLoad } from './load.ts'

export interface FaultRun {
  history: History
  violations: string[]
}

export interface FaultRunOptions<On extends Installation> {
  start(): Promise<On>
  /** The faults, in their order. */
  plan: readonly (readonly [name: string, inject: Inject<On>])[]
  random: () => number
  /** Waits until every email is sent, which takes minutes if a process was killed while it sent one. */
  waitsForEmails: boolean
  say(line: string): void
}

const PATIENCE_MILLISECONDS = 60_000
/** A job whose process was killed is given to another one after two minutes, when pg-boss next looks. */
const PATIENCE_WITH_JOBS_MILLISECONDS = 300_000

/** Starts an installation under load, injects the faults one after another, lets it recover, and judges the history. */
export async function runFaults<On extends Installation>({ start, plan, random, say, waitsForEmails }: FaultRunOptions<On>): Promise<FaultRun> {
  const installation = await start()
  const load = startLoad(installation, random)
  try {
    const history: History = { operations: load.operations, faults: [], badAnswers: load.badAnswers }
    await sleep(500)
    for (const [name, inject] of plan) {
      const began = Date.now()
      await inject(installation, random)
      const ended = Date.now()
      await allReady(installation)
      const recovery = Date.now() - ended
      history.faults.push({ name, began, ended, recovery })
      say(`${name}: ${ended - began} ms, ready again after ${recovery} ms; ${load.operations.length} operations so far`)
      await sleep(1_000)
    }
    await load.stop()
    if (waitsForEmails) await jobsDone(installation)
    const violations = judge(history, await finalState(installation))
    return { history, violations }
  } finally {
    load.end()
    await installation.close()
  }
}

/** A generator of numbers from 0 to 1 (mulberry32). */
export function seededRandom(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

async function allReady({ nodes }: Installation): Promise<void> {
  await Promise.all(
    nodes.map(({ port }) =>
      until(`port ${port} is ready`, async () => {
        const { ok } = await fetch(`http://127.0.0.1:${port}/readyz`, { signal: AbortSignal.timeout(5_000) })
        return ok
      }),
    ),
  )
}

const jobsDone = ({ rows }: Installation): Promise<void> =>
  until(
    'the emails are sent',
    async () => {
      const waiting = await rows(`select from jobs.job where name = 'mail' and state < 'completed' limit 1`)
      return waiting.length === 0
    },
    PATIENCE_WITH_JOBS_MILLISECONDS,
  )

async function until(what: string, isSo: () => Promise<boolean>, milliseconds = PATIENCE_MILLISECONDS): Promise<void> {
  for (const end = Date.now() + milliseconds; ; await sleep(50)) {
    if (await isSo().catch(() => false)) return
    if (Date.now() > end) throw new Error(`Not within ${milliseconds / 1_000} s: ${what}.`)
  }
}

/** The addresses of invitations whose email is still to be sent. */
async function waitingAddresses(rows: Rows): Promise<string[]> {
  const found = await rows<{ email: string }>(
    `select i.email from invitation i join jobs.job j on j.data ->> 'invitationId' = i.id where j.name = 'mail' and j.state < 'completed'`,
  )
  return found.map(({ email }) => email)
}

async function finalState({ rows, mail }: Installation): Promise<FinalState> {
  const idsByName = async (statement: string): Promise<Map<string, string[]>> => {
    const found = await rows<{ id: string; name: string }>(statement)
    return new Map([...Map.groupBy(found, ({ name }) => name)].map(([name, group]) => [name, group.map(({ id }) => id)]))
  }
  const created = {
    resource: await idsByName('select id, name from resource'),
    key: await idsByName('select id, description as name from api_key'),
    invitation: await idsByName(`select id, email as name from invitation where kind = 'email'`),
  }
  const events = await rows<{ target: string; n: number }>(
    `select target, count(*)::int as n from audit_event where type in ('resource.registered', 'key.created', 'invitation.created') group by target`,
  )
  const broken: string[] = []
  for (const [name, query] of Object.entries(invariants)) {
    const found = await rows(query)
    if (found.length > 0) broken.push(`${name}: ${JSON.stringify(found.slice(0, 3))}`)
  }
  const valid = await rows<{ id: string }>('select k.id from api_key k join account a on a.id = k.user_id where k.ended_at is null and k.epoch = a.epoch')
  const names = await rows<{ id: string; given_name: string }>('select id, given_name from account')
  return {
    created,
    events: new Map(events.map(({ target, n }) => [target, n])),
    validKeys: new Set(valid.map(({ id }) => id)),
    givenNames: new Map(names.map(({ id, given_name }) => [id, given_name])),
    emailed: new Set([...mail.all().flatMap(({ to }) => to), ...(await waitingAddresses(rows))]),
    broken,
  }
}
