/** What the OAuth library keeps for itself for a short while: its browser sessions, interactions, authorization codes. Found by the hash of their id. */
export interface OAuthModelStore {
  put(
    kind: string,
    idHash: Uint8Array,
    row: { payload: Record<string, unknown>; uid: string | null; grantId: string | null; lifetimeSeconds: number | null },
  ): Promise<void>
  find(kind: string, idHash: Uint8Array): Promise<{ payload: Record<string, unknown>; consumedAt: Date | null; expired: boolean } | null>
  findByUid(kind: string, uid: string): Promise<{ payload: Record<string, unknown>; consumedAt: Date | null; expired: boolean } | null>
  findByGrant(kind: string, grantId: string): Promise<{ payload: Record<string, unknown>; consumedAt: Date | null; expired: boolean } | null>
  /** False when somebody was quicker. */
  consume(kind: string, idHash: Uint8Array): Promise<boolean>
  delete(kind: string, idHash: Uint8Array): Promise<void>
  deleteByGrant(kind: string, grantId: string): Promise<void>
  deleteExpired(): Promise<void>
}
