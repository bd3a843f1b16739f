import type { UserId } from '@muster/contract/ids.ts'
import type { Execute } from '../domain/command/context.ts'
import { completeDue } from '../domain/factors/reset.ts'
import { systemPrincipal } from '../domain/model/principal.ts'
import type { Store } from '../domain/store.ts'
import { every } from './every.ts'

const EVERY_MILLISECONDS = 60_000
const AT_ONCE = 100

interface Options {
  store: Store
  execute: Execute
  log: { warn(fields: object, message: string): void }
}

/**
 * Lets resets of factors take force when their day is over (F12). The member's next sign-in does the same, so no access depends on this timer. Any number of
 * processes may run it at once: the statement that completes a reset decides.
 * @returns a function that stops it
 */
export function startFactorResets({ log, ...options }: Options): () => Promise<void> {
  const onOneFailed = (error: unknown, userId: UserId): void => log.warn({ err: error, userId }, 'a reset of factors could not be completed')
  return every(
    EVERY_MILLISECONDS,
    () => completeDueResets(options, onOneFailed),
    (error) => log.warn({ err: error }, 'resets of factors could not be completed'),
  )
}

/** @param onFailed one that fails does not delay the others. Without it, the first failure is thrown. */
export async function completeDueResets({ store, execute }: Omit<Options, 'log'>, onFailed?: (error: unknown, userId: UserId) => void): Promise<void> {
  await store.reading.factorResets.endVoid()
  for (const userId of await store.reading.factorResets.due(AT_ONCE)) {
    await execute(completeDue, systemPrincipal, { userId }).catch((error: unknown) => {
      if (!onFailed) throw error
      onFailed(error, userId)
    })
  }
}
