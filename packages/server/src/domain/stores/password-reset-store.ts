import type { PasswordResetId, UserId } from '@muster/contract/ids.ts'
import type { PasswordReset } from '../password-reset.ts'

export interface PasswordResetStore {
  insert(reset: Pick<PasswordReset, 'id' | 'emailCanonical' | 'address' | 'requestId'> & { lifetimeSeconds: number }): Promise<void>
  find(id: PasswordResetId): Promise<PasswordReset | null>
  /** Says whose it is and ends the user's older ones. False when that was done before. */
  assign(id: PasswordResetId, userId: UserId): Promise<boolean>
  /** Takes it if it is open: one statement, so that two callers cannot both win. Every other one of its user ends with it. */
  consume(id: PasswordResetId): Promise<UserId | null>
  /** Every open one of a user, whose password or address is another now. */
  endAllOf(userId: UserId): Promise<void>
  /** Those whose time is over. */
  removeEnded(): Promise<number>
}
