import type { KeyObject } from 'node:crypto'
import { ExternalSigningKey } from 'oidc-provider'
import { type SigningKey, signatureOf } from './signing-keys.ts'

/** Lets the OAuth library sign as Muster does. Its own signer is WebCrypto, which always uses a thread. */
export class LibraryKey extends ExternalSigningKey {
  readonly #key: SigningKey

  constructor(key: SigningKey) {
    super()
    this.#key = key
  }

  override get kid(): string {
    return this.#key.kid
  }

  override get alg(): string {
    return this.#key.alg
  }

  override keyObject(): KeyObject {
    return this.#key.publicKey
  }

  override sign(data: Uint8Array): Uint8Array {
    return signatureOf(data, this.#key)
  }
}
