export interface SigningKeyRow {
  kid: string
  alg: 'ES256' | 'RS256'
  publicJwk: Record<string, unknown>
  /** Sealed. */
  privateJwk: Uint8Array
  createdAt: Date
  /** When it may begin to sign: verifiers have it by then. */
  signsFrom: Date
  /** When another took over, if one has. */
  retiredAt: Date | null
}

export interface SigningKeyStore {
  /** Only one process at a time makes keys: waits for the other, until commit. */
  lock(): Promise<void>
  /** Those that are published, oldest first. */
  list(): Promise<SigningKeyRow[]>
  insert(key: { kid: string; alg: SigningKeyRow['alg']; publicJwk: Record<string, unknown>; privateJwk: Uint8Array; afterSeconds: number }): Promise<void>
  /** From the moment its successor signs; it is published for a while longer. */
  retire(kid: string, afterSeconds: number): Promise<void>
  deleteRetired(seconds: number): Promise<void>
  remove(kid: string): Promise<void>
  /** Signs from now on, if it does not yet, with no end. */
  promote(kid: string): Promise<void>
}
