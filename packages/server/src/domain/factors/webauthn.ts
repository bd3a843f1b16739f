import type { Passkey } from './store.ts'

/** EdDSA, ES256 and RS256, in the order in which they are preferred (COSE). */
export const ALGORITHMS: readonly number[] = [-8, -7, -257]

/** What an authenticator has created. */
export interface CreatedCredential extends Pick<Passkey, 'credentialId' | 'publicKey' | 'counter' | 'deviceBound' | 'aaguid' | 'transports'> {
  /** The authenticator checked its user by a PIN, a fingerprint or a face. */
  userVerified: boolean
  challenge: string
}

/** What an authenticator has signed. */
export interface UsedCredential {
  counter: number
  userVerified: boolean
  challenge: string
}

/** An assertion of a browser, as it was sent: which credential it is said to be of, and of whom. */
export interface Asserted {
  credentialId: Uint8Array
  /** The handle of the account. Null if the authenticator does not keep it. */
  userHandle: Uint8Array | null
}

/** Checks the responses of authenticators. Origin and relying party are those of the issuer (F4). */
export interface WebAuthn {
  /** The host of the issuer. All passkeys end if it changes. */
  readonly relyingParty: string
  /** Null if the response is not valid, or not for a challenge that `isOwn`. */
  created(response: string, isOwn: (challenge: string) => boolean): Promise<CreatedCredential | null>
  /** Reads an assertion without checking it. Null if it is not one. */
  asserted(response: string): Asserted | null
  /** Null if the assertion is not valid for the passkey, or not for a challenge that `isOwn`. */
  used(
    response: string,
    passkey: Pick<Passkey, 'credentialId' | 'publicKey' | 'transports'>,
    isOwn: (challenge: string) => boolean,
  ): Promise<UsedCredential | null>
}
