export interface IdempotencyStore {
  /** Null when the key is ours now; else what stands under it. Waits for whoever is using it at this moment. */
  claim(principal: string, key: string, requestHash: Uint8Array): Promise<{ requestHash: Uint8Array; answer: Uint8Array | null } | null>
  answer(principal: string, key: string, answer: Uint8Array): Promise<void>
  deleteExpired(): Promise<void>
}
