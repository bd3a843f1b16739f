import { setTimeout as sleep } from 'node:timers/promises'
import type { Execute } from '../domain/command/context.ts'
import { systemPrincipal } from '../domain/model/principal.ts'
import { renewValues, resealValues } from '../domain/organizations/secret.ts'
import type { Job } from './queue.ts'

interface Options {
  execute: Execute
  /** Reads the newest root keys. */
  refresh(): Promise<void>
  /** A transaction that began before the switch may still commit a value of the old root key for this long: `idle_in_transaction_session_timeout`. */
  lateMilliseconds?: number
}

/** After a switch of the secret: seals stored values again, and renews open invitations, codes and resets if the secret has leaked (O8). */
export function secretHandler({ execute, refresh, lateMilliseconds = 16_000 }: Options): (job: Job) => Promise<void> {
  const all = async (signal: AbortSignal): Promise<void> => {
    while ((await execute(resealValues, systemPrincipal, undefined)) > 0) signal.throwIfAborted()
    while ((await execute(renewValues, systemPrincipal, undefined)) > 0) signal.throwIfAborted()
  }
  return async ({ signal }) => {
    await refresh()
    await all(signal)
    await sleep(lateMilliseconds, undefined, { signal, ref: false })
    await all(signal)
  }
}
