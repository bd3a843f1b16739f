import { isReadable, isRevocationKind, isStronger, type KnownRevocations, type ReadRevocation, type RevocationKind } from '@muster/contract/revocation.ts'

/** A revocation in the form of the issuer's signed events. */
export interface Revocation extends ReadRevocation {
  /** Seconds since 1970. Every token that the revocation affects has expired by then. */
  expiresAt: number
}

/** A process whose clock is behind may still need a revocation that has expired by the issuer's clock. */
const GRACE_SECONDS = 300
const SWEEP_SECONDS = 600

/** The id of the signing key that the issuer withdrew. Null for every other row. */
export function withdrawnKeyOf(row: unknown): string | null {
  const { kind, subject } = (row ?? {}) as Record<string, unknown>
  return kind === 'signing_key' && typeof subject === 'string' ? subject : null
}

/** By their JSON. Most revocations have one of a few values, so a million of them share these objects. */
const sharedValues = new Map<string, Revocation['value']>()
const SHARED_MOST = 1_000

function shared(value: Revocation['value']): Revocation['value'] {
  const text = JSON.stringify(value)
  const known = sharedValues.get(text)
  if (known) return known
  if (sharedValues.size >= SHARED_MOST) sharedValues.clear()
  sharedValues.set(text, value)
  return value
}

/**
 * Reads a revocation. Null: a withdrawn signing key, which the key set handles, or a kind added after this version, which affects no token that this version
 * accepts.
 * @throws when the row cannot be read, because the row may revoke a token that is accepted here
 */
export function revocationOf(row: unknown): Revocation | null {
  const { kind, subject, value, expires_at: expiresAt } = (row ?? {}) as Record<string, unknown>
  if (typeof kind === 'string' && typeof subject === 'string' && typeof value === 'object' && value !== null && typeof expiresAt === 'number') {
    if (!isRevocationKind(kind) || kind === 'signing_key') return null
    const revocation: Revocation = { kind, subject, value: shared(value as Revocation['value']), expiresAt }
    if (isReadable(revocation)) return revocation
  }
  throw new Error(`A revocation cannot be read (kind: ${String(kind).slice(0, 40)}).`)
}

/** All unexpired revocations, in memory. Their number is bounded by the number of revocations within the longest lifetime of a token. */
export class Revocations implements KnownRevocations {
  readonly #all: Record<RevocationKind, Map<string, Revocation>> = {
    user: new Map(),
    session: new Map(),
    token: new Map(),
    key: new Map(),
    client: new Map(),
    enabled: new Map(),
    account: new Map(),
    role: new Map(),
    organization: new Map(),
    signing_key: new Map(),
  }
  #sweptAt = 0

  get size(): number {
    return Object.values(this.#all).reduce((sum, { size }) => sum + size, 0)
  }

  strongest(kind: RevocationKind, subject: string): Revocation | undefined {
    return this.#all[kind].get(subject)
  }

  apply(revocation: Revocation, nowSeconds: number): void {
    if (nowSeconds - this.#sweptAt >= SWEEP_SECONDS || nowSeconds < this.#sweptAt) this.sweep(nowSeconds)
    const ofKind = this.#all[revocation.kind]
    const known = ofKind.get(revocation.subject)
    if (!known || isStronger(revocation, known)) ofKind.set(revocation.subject, revocation)
    // A repeated revocation may expire later.
    else if (revocation.expiresAt > known.expiresAt) ofKind.set(revocation.subject, { ...known, expiresAt: revocation.expiresAt })
  }

  /** Deletes expired revocations. */
  sweep(nowSeconds: number): void {
    this.#sweptAt = nowSeconds
    for (const ofKind of Object.values(this.#all)) {
      for (const [subject, { expiresAt }] of ofKind) if (expiresAt + GRACE_SECONDS < nowSeconds) ofKind.delete(subject)
    }
  }
}
