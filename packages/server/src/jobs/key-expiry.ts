import type { ApiKeyId } from '@muster/contract/ids.ts'
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
export function startKeyExpiry({ log, ...options }: Options): () => Promise<void> {
  const onOneFailed = (error: unknown, keyId: ApiKeyId): void => log.warn({ err: error, keyId }, 'the email about a key that expires could not be queued')
  return every(
    EVERY_MILLISECONDS,
    () => announceExpiries(options, onOneFailed),
    (error) => log.warn({ err: error }, 'the emails about keys that expire could not be queued'),
  )
}

/** @param onFailed a key that fails does not delay the others, and is tried again at the next run. Without it, the first failure is thrown. */
export async function announceExpiries({ store, execute }: Omit<Options, 'log'>, onFailed?: (error: unknown, keyId: ApiKeyId) => void): Promise<void> {
  const failed: ApiKeyId[] = []
  for (;;) {
    const ids = await store.reading.apiKeys.expiring(AT_ONCE, failed)
    for (const id of ids) {
      await execute(announceExpiry, systemPrincipal, { id }).catch((error: unknown) => {
        if (!onFailed) throw error
        failed.push(id)
        onFailed(error, id)
      })
    }
    if (ids.length < AT_ONCE) return
  }
}
