import { createCipheriv, createDecipheriv, createHash, createHmac, hkdfSync, randomBytes, timingSafeEqual } from 'node:crypto'
import { Problem } from './problem.ts'

/** The purpose of a key. Each purpose has its own key, so that a value made for one purpose is meaningless for another. */
export type Purpose =
  | 'invitation'
  | 'sign-up-code'
  | 'email-change-code'
  | 'confirmation-code'
  | 'password-reset'
  | 'factor-reset'
  | 'authenticator-unlock'
  | 'sign-in-code'
  | 'push-authorization'
  | 'known-device'
  | 'signing-key'
  | 'idempotency'
  | 'cookie'
  | 'cursor'
  | 'typed-form'
  | 'passkey-challenge'
  | 'authenticator'
  | 'secret-check'
  | 'root-key'

/** The keys derived from one root key (HKDF, RFC 5869), one for each purpose. */
export class RootKey {
  readonly #root: Uint8Array
  readonly #keys = new Map<Purpose, Buffer>()

  /** @param root 32 bytes or more of it unguessable */
  constructor(root: Uint8Array) {
    this.#root = root
  }

  #key(purpose: Purpose): Buffer {
    let key = this.#keys.get(purpose)
    if (!key) {
      key = Buffer.from(hkdfSync('sha256', this.#root, 'muster', `muster/${purpose}/1`, 32))
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

  /** @throws Error if the value was not sealed with this root key, purpose and context */
  open(purpose: Purpose, context: string, sealed: Uint8Array): string {
    const bytes = Buffer.from(sealed)
    const decipher = createDecipheriv('aes-256-gcm', this.#key(purpose), bytes.subarray(0, 12)).setAAD(Buffer.from(context)).setAuthTag(bytes.subarray(12, 28))
    return decipher.update(bytes.subarray(28), undefined, 'utf8') + decipher.final('utf8')
  }
}

/** What a process has read of the root keys, opened. */
export interface OpenedKeys {
  /** The generation that makes new values. */
  generation: number
  /** By generation, in any order. */
  roots: ReadonlyMap<number, RootKey>
  /** The newest first. */
  lasting: readonly [RootKey, ...RootKey[]]
}

/**
 * The root keys of the installation (O8). Every value in a row is made and checked with the root key of the generation in that row. Values outside the database,
 * such as cookies, have a lasting root key, because nobody can count which of them are left.
 */
export class SecretKeys {
  #opened: OpenedKeys

  /** With one root key for everything until `set`. */
  constructor(root: Uint8Array) {
    const key = new RootKey(root)
    this.#opened = { generation: 0, roots: new Map([[0, key]]), lasting: [key] }
  }

  set(opened: OpenedKeys): void {
    this.#opened = opened
  }

  /** Makes new values. */
  get generation(): number {
    return this.#opened.generation
  }

  /** Higher than `generation` while a rotation is prepared. */
  get newestRead(): number {
    return Math.max(0, ...this.#opened.roots.keys())
  }

  /**
   * For making a value.
   * @throws Problem unavailable if the generation has ended, or this process has not read it yet
   */
  of(generation: number): RootKey {
    const key = this.find(generation)
    if (!key) throw new Problem('unavailable', 'The secret is being replaced.', { extensions: { retry_after: 1 } })
    return key
  }

  /** For checking a value. Null for a generation that has ended: what was made with it is invalid. */
  find(generation: number): RootKey | null {
    return this.#opened.roots.get(generation) ?? null
  }

  /** Makes values outside the database. */
  get lasting(): RootKey {
    return this.#opened.lasting[0]
  }

  /** Checks values outside the database. */
  get everyLasting(): readonly RootKey[] {
    return this.#opened.lasting
  }

  /** Opens a value outside the database. @throws Error if no lasting root key opens it */
  openLasting(purpose: Purpose, context: string, sealed: Uint8Array): string {
    for (const key of this.everyLasting.slice(0, -1)) {
      try {
        return key.open(purpose, context, sealed)
      } catch {} // sealed with an older one
    }
    return (this.everyLasting.at(-1) as RootKey).open(purpose, context, sealed)
  }
}

/** Opaque credentials are stored and looked up by this digest only. They are random, so one SHA-256 is enough. */
export const digest = (token: string | Uint8Array): Buffer => createHash('sha256').update(token).digest()

export const sameBytes = (one: Uint8Array, other: Uint8Array): boolean => one.length === other.length && timingSafeEqual(one, other)
