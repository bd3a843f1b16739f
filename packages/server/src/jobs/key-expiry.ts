import type { Execute } from '../domain/command/context.ts'
import { announceExpiry } from '../domain/credentials/key-expiry.ts'
import { systemPrincipal } from '../domain/model/principal.ts'
import type { Store } from '../domain/store.ts'
import { every } from './every.ts'

const EVERY_MILLISECONDS = 10 * 60_000
const AT_ONCE = 100

interface Options {
  store: Store
  execute: Execute
  log: { warn(fields: object, message: string): void }
}

/**
 * Emails the people who answer for a key a week before it expires (P12). Any number of processes may run it at once: the statement that marks a key decides.
 * @returns a function that stops it
 */
export const startKeyExpiry = ({ log, ...options }: Options): (() => Promise<void>) =>
  every(
    EVERY_MILLISECONDS,
    () => announceExpiries(options),
    (error) => log.warn({ err: error }, 'the emails about keys that expire could not be queued'),
  )

export async function announceExpiries({ store, execute }: Omit<Options, 'log'>): Promise<void> {
  for (;;) {
    const ids = await store.reading.apiKeys.expiring(AT_ONCE)
    for (const id of ids) await execute(announceExpiry, systemPrincipal, { id })
    if (ids.length < AT_ONCE) return
  }
}
