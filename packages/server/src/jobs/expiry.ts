import type { Limits } from '../domain/command/limits.ts'
import type { Store } from '../domain/store.ts'
import { every } from './every.ts'

const EVERY_MILLISECONDS = 10 * 60_000
const DAY = 86_400

interface Options {
  store: Store
  limits: Limits
  log: { warn(fields: object, message: string): void }
}

/**
 * Deletes rows that expired long ago. No rule depends on it: each statement that uses a row checks whether it has expired (A04). Any number of
 * processes may run it at once. Sessions, invitations and memberships are never deleted.
 * @returns a function that stops it
 */
export function startExpiry({ store: { reading }, limits, log }: Options): () => Promise<void> {
  const deleteExpired = async (): Promise<void> => {
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
    await reading.confirmationCodes.deleteEnded()
    await reading.passkeys.deleteExpiredChallenges()
    await reading.pendingSignIns.deleteEnded()
    await reading.rememberedDevices.deleteEnded()
    await reading.providerSignIns.deleteExpired()
    await reading.provenPersons.deleteExpired()
    await reading.accounts.deleteUnusedNetworks(365)
    await reading.emails.deleteOld(30)
  }
  return every(EVERY_MILLISECONDS, deleteExpired, (error) => log.warn({ err: error }, 'expired rows could not be deleted'))
}
