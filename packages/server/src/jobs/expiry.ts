import type { Limits } from '../domain/command/limits.ts'
import type { Store } from '../domain/store.ts'

const EVERY_MILLISECONDS = 10 * 60_000
const DAY = 86_400

interface Options {
  store: Store
  limits: Limits
  log: { warn(fields: object, message: string): void }
}

/**
 * Throws away what has ended so long ago that nobody will ask for it. Nothing waits for this: whether a thing is over is asked in the
 * statement that uses it (A04). Any number of processes may do it at once. Sessions, invitations and memberships stay for ever.
 * @returns the end of it
 */
export function startExpiry({ store: { reading }, limits, log }: Options): () => Promise<void> {
  const tidy = async (): Promise<void> => {
    await limits.deleteExpired()
    await reading.idempotency.deleteExpired()
    await reading.revocations.deleteExpired()
    await reading.receivers.deleteLapsed(3_600)
    await reading.deviceAuthorizations.deleteEnded(DAY)
    await reading.refreshTokens.deleteEnded(30)
    await reading.oauthModels.deleteExpired()
    await reading.signUps.removeEnded()
    await reading.invitationSessions.deleteEnded()
    await reading.passwordResets.removeEnded()
    await reading.emailChanges.deleteEnded(7)
    await reading.accounts.deleteUnusedNetworks(365)
  }
  let running = Promise.resolve()
  const timer = setInterval(() => {
    running = running.then(tidy).catch((error: unknown) => log.warn({ err: error }, 'what has expired could not be thrown away'))
  }, EVERY_MILLISECONDS)
  timer.unref()
  return async () => {
    clearInterval(timer)
    await running
  }
}
