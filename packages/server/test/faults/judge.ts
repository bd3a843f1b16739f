import type { Action, FinalState, History, Operation } from './history.ts'

type Of<T extends Action['type']> = Operation & { action: Extract<Action, { type: T }> }

const of = <T extends Action['type']>({ operations }: History, type: T): Of<T>[] => operations.filter((one): one is Of<T> => one.action.type === type)

/**
 * Judges a fault run. Returns a sentence for each violation:
 * - a confirmed change is there at the end, and a refused one is not;
 * - an unknown change has happened whole, once, or not at all, with its event and its email;
 * - a read sees the last confirmed value, or one whose outcome was unknown;
 * - a key that was ended is accepted nowhere once its end was confirmed, or everywhere from the time that the answer named;
 * - every error is a 503 with `Retry-After`, and the tables keep their invariants.
 */
export function judge(history: History, final: FinalState): string[] {
  return [
    ...history.badAnswers.map(({ at, request, status, body }) => `${request} was answered with ${status}${faultAt(history, at)}: ${body.slice(0, 300)}`),
    ...creations(history, final),
    ...ends(history, final),
    ...values(history, final),
    ...final.broken.map((broken) => `An invariant is broken: ${broken}`),
  ]
}

/** Names the last fault that had begun, so that a reader knows where to look. */
function faultAt({ faults }: History, at: number): string {
  const fault = faults.findLast(({ began }) => began <= at)
  return fault === undefined ? '' : at <= fault.ended + fault.recovery ? `, while ${fault.name}` : `, after ${fault.name}`
}

function creations(history: History, final: FinalState): string[] {
  return of(history, 'create').flatMap(({ outcome, action: { kind, name, id } }) => {
    const rows = final.created[kind].get(name) ?? []
    const what = `${kind} ${name}`
    if (outcome === 'failed') return rows.length === 0 ? [] : [`The ${what} was refused, and exists.`]
    if (rows.length > 1) return [`The ${what} exists ${rows.length} times.`]
    const [row] = rows
    if (row === undefined) return outcome === 'ok' ? [`The ${what} was confirmed, and does not exist.`] : []
    const faults: string[] = []
    if (id !== undefined && id !== row) faults.push(`The ${what} was confirmed as ${id}, and is ${row}.`)
    if (final.events.get(row) !== 1) faults.push(`The ${what} has ${final.events.get(row) ?? 0} creation events.`)
    if (kind === 'invitation' && !final.emailed.has(name)) faults.push(`The ${what} exists, and no email was sent.`)
    return faults
  })
}

function ends(history: History, final: FinalState): string[] {
  const uses = Map.groupBy(of(history, 'use'), ({ action }) => action.id)
  const attempts = of(history, 'end')
  const attempted = new Set(attempts.filter(({ outcome }) => outcome !== 'failed').map(({ action }) => action.id))
  const faults = attempts.flatMap(({ outcome, ended, action: { id, endedEverywhereAt } }) => {
    if (outcome !== 'ok') return []
    const after = (uses.get(id) ?? []).filter(({ action, began }) => {
      if (action.verdict !== 'accepted') return false
      // The database decides at the API, from the commit on. Forward auth and verifiers decide from memory until they have heard of the revocation.
      return began > (action.place === 'api' ? ended : Math.max(ended, endedEverywhereAt ?? Number.POSITIVE_INFINITY))
    })
    const found = after.map(({ action: { place }, began }) => `The key ${id} was accepted at the ${place} ${began - ended} ms after its end was confirmed.`)
    return final.validKeys.has(id) ? [...found, `The end of key ${id} was confirmed, and the key is valid.`] : found
  })
  for (const { outcome, action } of of(history, 'create')) {
    if (outcome !== 'ok' || action.kind !== 'key' || action.id === undefined || attempted.has(action.id)) continue
    if (!final.validKeys.has(action.id)) faults.push(`The key ${action.id} is not valid, and nobody ended it.`)
  }
  for (const { action, began } of of(history, 'use')) {
    if (action.verdict === 'refused' && !attempts.some((end) => end.outcome !== 'failed' && end.action.id === action.id && end.began <= began))
      faults.push(`The key ${action.id} was refused at the ${action.place}, and nobody had ended it.`)
  }
  return faults
}

/**
 * Each user is written and read by one client, so the calls are in order. A write whose outcome is unknown may take effect at any later time, once: a paused server
 * goes on when it is resumed.
 */
function values(history: History, final: FinalState): string[] {
  const faults: string[] = []
  const calls = history.operations.filter((one): one is Of<'set' | 'read'> => one.action.type === 'set' || one.action.type === 'read')
  for (const [user, own] of Map.groupBy(calls, ({ action }) => action.user)) {
    let current: string | undefined
    const pending = new Set<string>()
    const see = (value: string | undefined, where: string): void => {
      if (value === undefined || value === current) return
      if (pending.delete(value) || current === undefined) current = value
      else faults.push(`${where} of ${user} is ${value}, after ${current}.`)
    }
    for (const { outcome, action } of own.toSorted((one, other) => one.began - other.began)) {
      if (action.type === 'read') {
        if (outcome === 'ok') see(action.value, 'The name that was read')
      } else if (outcome === 'ok') current = action.value
      else if (outcome === 'unknown') pending.add(action.value)
    }
    see(final.givenNames.get(user), 'The final name')
  }
  return faults
}
