import type { EmailChangeId, UserId } from '@muster/contract/ids.ts'
import type { EmailChange } from '../email-change.ts'

export interface EmailChangeStore {
  /** Ends the one of before. */
  insert(change: Omit<EmailChange, 'codeTries' | 'expired' | 'ended' | 'expiresAt'> & { lifetimeSeconds: number }): Promise<EmailChange>
  find(id: EmailChangeId): Promise<EmailChange | null>
  /** The one that is under way, in time or not. */
  open(userId: UserId): Promise<EmailChange | null>
  /** Spends a try if there is one left and it is in time: one statement, so that parallel tries are all counted. */
  countTry(id: EmailChangeId, most: number): Promise<EmailChange | null>
  end(userId: UserId): Promise<void>
  /** Those that ended so long ago that no mail about them is under way. */
  deleteEnded(days: number): Promise<void>
}
