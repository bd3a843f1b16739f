import { HashIndex } from '@muster/contract/hash-index.ts'
import {
  isReadable,
  isRevocationKind,
  isStronger,
  type KnownRevocations,
  type ReadRevocation,
  type RevocableCredential,
  type RevocationKind,
} from '@muster/contract/revocation.ts'

/** `unknown`: a kind of a later version. This version only knows which subject it names. */
type KeptKind = RevocationKind | 'unknown'

/** A revocation in the form of the issuer's signed events. */
export interface Revocation extends Omit<ReadRevocation, 'kind'> {
  kind: KeptKind
  /** Seconds since 1970. Every token that the revocation affects has expired by then. */
  expiresAt: number
}

/** The fields of a credential that a revocation can name as its subject. */
type NamedCredential = Pick<RevocableCredential, 'sub' | 'organizationId' | 'sessionId' | 'keyId' | 'tokenId' | 'clientId'>

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

const noValue: Revocation['value'] = Object.freeze({})

/**
 * Reads a revocation. Null: a withdrawn signing key, which the key set handles. A kind of a later version is kept, whatever its value is (P11).
 * @throws when the row cannot be read, because the row may revoke a token that is accepted here
 */
export function revocationOf(row: unknown): Revocation | null {
  const { kind, subject, value, expires_at: expiresAt } = (row ?? {}) as Record<string, unknown>
  if (typeof kind === 'string' && typeof subject === 'string' && typeof expiresAt === 'number') {
    if (!isRevocationKind(kind)) return { kind: 'unknown', subject, value: noValue, expiresAt }
    if (typeof value === 'object' && value !== null) {
      if (kind === 'signing_key') return null
      const revocation = { kind, subject, value: shared(value as Revocation['value']), expiresAt }
      if (isReadable(revocation)) return revocation
    }
  }
  throw new Error(`A revocation cannot be read (kind: ${String(kind).slice(0, 40)}).`)
}

/** The ids of Muster have 30 characters, and the `jti` of an access token 22. */
const SUBJECT_BYTES = 32
const LEAST = 1_024
/** Looked through at once, so that requests wait less than a millisecond. */
const SWEPT_AT_ONCE = 5_000

const numberOfKind: Record<KeptKind, number> = {
  user: 0,
  session: 1,
  token: 2,
  key: 3,
  client: 4,
  enabled: 5,
  account: 6,
  role: 7,
  organization: 8,
  signing_key: 9,
  role_definition: 10,
  catalogue: 11,
  unknown: 12,
}
const kinds = Object.keys(numberOfKind) as KeptKind[]

/** An unknown kind has no order, so one revocation of a subject stands for all of them. */
const isStrongerThan = (kind: KeptKind, value: Revocation['value'], than: Revocation['value']): boolean =>
  kind !== 'unknown' && isStronger({ kind, subject: '', value }, { kind, subject: '', value: than })

/**
 * All unexpired revocations, in memory. Their number is bounded by the number of revocations within the longest lifetime of a token. They are numbers and bytes in
 * columns, about 60 bytes each, because a million objects would take five times as much and be slow to build.
 */
export class Revocations implements KnownRevocations {
  #capacity = LEAST
  #used = 0
  readonly #free: number[] = []
  #kinds = new Uint8Array(LEAST)
  /** 0: the row is free. */
  #lengths = new Uint8Array(LEAST)
  #subjects = new Uint8Array(LEAST * SUBJECT_BYTES)
  #expiries = new Float64Array(LEAST)
  readonly #values: (Revocation['value'] | null)[] = []
  readonly #index = new HashIndex((row) => hashOf(this.#kinds[row] as number, this.#subjects, row * SUBJECT_BYTES, this.#lengths[row] as number))
  readonly #countOfKind = new Uint32Array(kinds.length)
  /** Subjects that are no ids of Muster, because they do not fit into a row. */
  readonly #others = new Map<string, Revocation>()
  readonly #subject = new Uint8Array(SUBJECT_BYTES)
  #sweptAt = 0
  #sweepFrom = 0

  get size(): number {
    return this.#index.size + this.#others.size
  }

  strongest(kind: RevocationKind, subject: string): Revocation | undefined {
    return this.#kept(kind, subject)
  }

  /** True if a revocation of an unknown kind names this credential. Then only the issuer can decide about it (P11). */
  areUnknownFor({ sub, organizationId, sessionId, keyId, tokenId, clientId }: NamedCredential): boolean {
    if (this.#countOfKind[numberOfKind.unknown] === 0) return false
    const subjects = [sub, organizationId, sessionId, keyId, tokenId, clientId]
    return subjects.some((subject) => subject !== null && this.#kept('unknown', subject) !== undefined)
  }

  #kept(kind: KeptKind, subject: string): Revocation | undefined {
    const number = numberOfKind[kind]
    if (this.#countOfKind[number] === 0) return undefined
    const length = this.#write(subject)
    if (length === 0) return this.#others.get(`${kind} ${subject}`)
    const row = this.#find(hashOf(number, this.#subject, 0, length), number, this.#subject, 0, length)
    return row === -1 ? undefined : { kind, subject, value: this.#values[row] as Revocation['value'], expiresAt: this.#expiries[row] as number }
  }

  apply(revocation: Revocation, nowSeconds: number): void {
    this.#sweepSome(nowSeconds)
    const { kind, subject } = revocation
    const length = this.#write(subject)
    if (length > 0) {
      this.#put(revocation, this.#subject, 0, length, revocation.expiresAt)
      return
    }
    const key = `${kind} ${subject}`
    const known = this.#others.get(key)
    if (!known) this.#countOfKind[numberOfKind[kind]] = (this.#countOfKind[numberOfKind[kind]] as number) + 1
    if (!known || isStrongerThan(kind, revocation.value, known.value)) this.#others.set(key, revocation)
    // A repeated revocation may expire later.
    else if (revocation.expiresAt > known.expiresAt) this.#others.set(key, { ...known, expiresAt: revocation.expiresAt })
  }

  /** The same, for a subject in UTF-8 between two places of a snapshot. */
  applyBytes(type: Pick<Revocation, 'kind' | 'value'>, bytes: Uint8Array, start: number, end: number, expiresAt: number): void {
    let isPlain = end > start && end - start <= SUBJECT_BYTES
    for (let at = start; isPlain && at < end; at++) isPlain = (bytes[at] as number) < 0x80
    if (isPlain) this.#put(type, bytes, start, end - start, expiresAt)
    else this.apply({ ...type, subject: new TextDecoder().decode(bytes.subarray(start, end)), expiresAt }, this.#sweptAt)
  }

  /** Makes room for so many more at once, and for later ones. Room that is not used takes no memory. */
  reserve(more: number): void {
    if (this.#used + more > this.#capacity) this.#grow(Math.ceil((this.#used + more) * 1.25))
    this.#index.reserve(this.#index.size + more)
  }

  /** Deletes expired revocations. */
  sweep(nowSeconds: number): void {
    this.#sweepFrom = 0
    do this.#sweepRows(nowSeconds)
    while (this.#sweepFrom > 0)
  }

  #sweepSome(nowSeconds: number): void {
    if (this.#sweepFrom > 0 || nowSeconds - this.#sweptAt >= SWEEP_SECONDS || nowSeconds < this.#sweptAt) this.#sweepRows(nowSeconds)
  }

  #sweepRows(nowSeconds: number): void {
    const end = Math.min(this.#sweepFrom + SWEPT_AT_ONCE, this.#used)
    for (let row = this.#sweepFrom; row < end; row++) {
      if (this.#lengths[row] !== 0 && (this.#expiries[row] as number) + GRACE_SECONDS < nowSeconds) this.#remove(row)
    }
    this.#sweepFrom = end < this.#used ? end : 0
    if (this.#sweepFrom > 0) return
    this.#sweptAt = nowSeconds
    for (const [key, { kind, expiresAt }] of this.#others) {
      if (expiresAt + GRACE_SECONDS >= nowSeconds) continue
      this.#others.delete(key)
      this.#countOfKind[numberOfKind[kind]] = (this.#countOfKind[numberOfKind[kind]] as number) - 1
    }
  }

  #put({ kind, value }: Pick<Revocation, 'kind' | 'value'>, bytes: Uint8Array, start: number, length: number, expiresAt: number): void {
    const number = numberOfKind[kind]
    const hash = hashOf(number, bytes, start, length)
    const known = this.#find(hash, number, bytes, start, length)
    if (known === -1) {
      this.#add(hash, number, value, bytes, start, length, expiresAt)
      return
    }
    const isStrongest = isStrongerThan(kind, value, this.#values[known] as Revocation['value'])
    if (isStrongest) this.#values[known] = value
    // A repeated revocation may expire later.
    if (isStrongest || expiresAt > (this.#expiries[known] as number)) this.#expiries[known] = expiresAt
  }

  #add(hash: number, kind: number, value: Revocation['value'], bytes: Uint8Array, start: number, length: number, expiresAt: number): void {
    const row = this.#free.pop() ?? this.#used++
    if (row >= this.#capacity) this.#grow(this.#capacity * 2)
    const place = row * SUBJECT_BYTES
    for (let at = 0; at < length; at++) this.#subjects[place + at] = bytes[start + at] as number
    this.#kinds[row] = kind
    this.#lengths[row] = length
    this.#expiries[row] = expiresAt
    this.#values[row] = value
    this.#countOfKind[kind] = (this.#countOfKind[kind] as number) + 1
    this.#index.add(row, hash)
  }

  #remove(row: number): void {
    const kind = this.#kinds[row] as number
    this.#index.remove(row)
    this.#countOfKind[kind] = (this.#countOfKind[kind] as number) - 1
    this.#lengths[row] = 0
    this.#values[row] = null
    this.#free.push(row)
  }

  #find(hash: number, kind: number, bytes: Uint8Array, start: number, length: number): number {
    return this.#index.find(hash, (row) => {
      if (this.#kinds[row] !== kind || this.#lengths[row] !== length) return false
      const place = row * SUBJECT_BYTES
      for (let at = 0; at < length; at++) if (this.#subjects[place + at] !== bytes[start + at]) return false
      return true
    })
  }

  /** Writes the subject as bytes. Returns their number, or 0 if the subject does not fit. */
  #write(subject: string): number {
    if (subject.length > SUBJECT_BYTES) return 0
    for (let at = 0; at < subject.length; at++) {
      const code = subject.charCodeAt(at)
      if (code >= 0x80) return 0
      this.#subject[at] = code
    }
    return subject.length
  }

  #grow(capacity: number): void {
    this.#capacity = capacity
    const grown = <Column extends Uint8Array | Float64Array>(column: Column, made: Column): Column => {
      made.set(column)
      return made
    }
    this.#kinds = grown(this.#kinds, new Uint8Array(capacity))
    this.#lengths = grown(this.#lengths, new Uint8Array(capacity))
    this.#subjects = grown(this.#subjects, new Uint8Array(capacity * SUBJECT_BYTES))
    this.#expiries = grown(this.#expiries, new Float64Array(capacity))
  }
}

/** FNV-1a. The issuer made every subject, so nobody can choose subjects with the same hash. */
function hashOf(kind: number, bytes: Uint8Array, start: number, length: number): number {
  let hash = 0x811c9dc5 ^ kind
  for (let at = start; at < start + length; at++) hash = Math.imul(hash ^ (bytes[at] as number), 0x01000193)
  return hash ^ (hash >>> 15)
}
