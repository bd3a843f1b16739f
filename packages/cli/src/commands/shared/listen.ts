import { setTimeout as sleep } from 'node:timers/promises'
import type { Answer } from '../../api/calls.ts'
import { value } from '../../command.ts'
import type { Context } from '../../context.ts'
import { ProblemError, Unreachable } from '../../errors.ts'
import { cellsOf, pipedNotes } from '../audit.ts'

type Feed = Answer<'get', '/v1/organizations/{org}/events'>

/** The option of the commands that listen. */
export const afterOption = value('CURSOR', 'print the events after this one: a cursor, or start for all events (default: only new events)')

export const listenNotes = `Stop it with Ctrl-C: it prints the cursor to continue from. If the connection is lost, it tries again. With --json, each event is one line and has its cursor. ${pipedNotes}`

const NEW = 'now'
/** Less than the time after which a request counts as unanswered. */
const WAIT_SECONDS = 15
const LONGEST_PAUSE_MS = 30_000

/** Prints events as they come, until the person interrupts the command or their access ends. `read` returns the events after a cursor, or waits for them. */
export async function listen(
  context: Context,
  {
    after = NEW,
    command,
    read,
  }: { after: string | undefined; command: string; read: (query: { after: string; wait: number; limit: number }) => Promise<Feed> },
): Promise<void> {
  const { say, signal } = context
  let place = after
  let hasAnswered = false
  let missed = 0
  try {
    while (!signal.aborted) {
      try {
        const { items, next_after: next } = await read({ after: place, wait: place === NEW ? 0 : WAIT_SECONDS, limit: 100 })
        // Only once the server has answered, because it may refuse.
        if (place === NEW) say.hint('Waiting for new events. Stop with Ctrl-C.')
        if (missed > 0) say.note('Connected again.')
        for (const event of items) say.item(event, cellsOf(event))
        place = next
        hasAnswered = true
        missed = 0
      } catch (error) {
        if (signal.aborted) break
        // A wrong address or a refusal at the beginning is no interruption.
        if (!hasAnswered || !isPassing(error)) throw error
        if (missed++ === 0) say.warn(`${(error as Error).message} Trying again.`)
        await sleep(Math.min(LONGEST_PAUSE_MS, 1_000 * 2 ** (missed - 1)) * (0.5 + Math.random() / 2), undefined, { signal }).catch(() => {})
      }
    }
  } finally {
    // Also when access has ended, so that the person can continue once they have it again.
    if (hasAnswered || signal.aborted) say.event('stopped', { after: place })
    if (hasAnswered) say.note(`\nTo continue:\n  ${context.command(`${command} --after ${place}`)}`)
  }
}

const isPassing = (error: unknown): boolean => error instanceof Unreachable || (error instanceof ProblemError && (error.status === 429 || error.status >= 500))
