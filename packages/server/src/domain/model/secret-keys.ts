import { createCipheriv, createDecipheriv, createHash, createHmac, hkdfSync, randomBytes, timingSafeEqual } from 'node:crypto'

/** The purpose of a key. Each purpose has its own key, so that a value made for one purpose is meaningless for another. */
export type Purpose =
  | 'invitation'
  | 'sign-up-code'
  | 'email-change-code'
  | 'password-reset'
  | 'push-authorization'
  | 'known-device'
  | 'signing-key'
  | 'idempotency'
  | 'cookie'
  | 'cursor'
  | 'typed-form'
  | 'secret-check'

/** Keys derived from MUSTER_SECRET (HKDF, RFC 5869). The secret itself is not stored in any row. */
export class SecretKeys {
  readonly #secret: Uint8Array
  readonly #keys = new Map<Purpose, Buffer>()

  /** @param secret the installation's secret, 32 bytes or more of it unguessable */
  constructor(secret: Uint8Array) {
    this.#secret = secret
  }

  #key(purpose: Purpose): Buffer {
    let key = this.#keys.get(purpose)
    if (!key) {
      key = Buffer.from(hkdfSync('sha256', this.#secret, 'muster', `muster/${purpose}/1`, 32))
      this.#keys.set(purpose, key)
    }
    return key
  }

  /** HMAC-SHA-256 over the parts. No id or number contains the separator, so the parts are unambiguous. */
  mac(purpose: Purpose, ...parts: (string | number)[]): Buffer {
    return createHmac('sha256', this.#key(purpose)).update(parts.join('\u0000')).digest()
  }

  /** AES-256-GCM. The result is nonce, tag and ciphertext. Opening requires the same `context`, so a value copied to another row does not open. */
  seal(purpose: Purpose, context: string, plain: string): Buffer {
    const nonce = randomBytes(12)
    const cipher = createCipheriv('aes-256-gcm', this.#key(purpose), nonce).setAAD(Buffer.from(context))
    const sealed = Buffer.concat([cipher.update(plain, 'utf8'), cipher.final()])
    return Buffer.concat([nonce, cipher.getAuthTag(), sealed])
  }

  /** @throws Error if the value was not sealed with this secret, purpose and context */
  open(purpose: Purpose, context: string, sealed: Uint8Array): string {
    const bytes = Buffer.from(sealed)
    const decipher = createDecipheriv('aes-256-gcm', this.#key(purpose), bytes.subarray(0, 12)).setAAD(Buffer.from(context)).setAuthTag(bytes.subarray(12, 28))
    return decipher.update(bytes.subarray(28), undefined, 'utf8') + decipher.final('utf8')
  }
}

/** Opaque credentials are stored and looked up by this digest only. They are random, so one SHA-256 is enough. */
export const digest = (token: string): Buffer => createHash('sha256').update(token).digest()

export const sameBytes = (one: Uint8Array, other: Uint8Array): boolean => one.length === other.length && timingSafeEqual(one, other)
