import type { SessionId, UserId } from '@muster/contract/ids.ts'
import type { InvitationSession } from '../invitation-session.ts'

/** Sessions that can answer one invitation and nothing else (S26). */
export interface InvitationSessionStore {
  insert(session: Omit<InvitationSession, 'expiresAt'> & { tokenHash: Uint8Array; address: string; lifetimeSeconds: number }): Promise<void>
  /** While it has not ended, is in time, of the user's epoch, and its invitation of the version it was opened with. */
  alive(key: { tokenHash: Uint8Array } | { id: SessionId }): Promise<InvitationSession | null>
  end(id: SessionId): Promise<void>
  endAllOf(userId: UserId): Promise<void>
  deleteEnded(): Promise<void>
}
