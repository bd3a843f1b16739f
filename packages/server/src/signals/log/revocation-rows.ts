import type { RevocationKind } from '@muster/contract/revocation.ts'
import type { RecordedRevocation } from '../../domain/model/revocation.ts'

/** A revocation in the log. `n` is its position, in the order of arrival at this process. */
export interface Entry extends RecordedRevocation {
  n: number
}

const LEAST = 1_024
/** The ids of Muster have 30 characters, and the `jti` of an access token 22. */
const SUBJECT_BYTES = 32
const IS_LONG = 255
const SHARED_VALUES = 1_000

const BASIS = 0x811c9dc5
const PRIME = 0x01000193

/** FNV-1a. Every subject was made by the issuer, so nobody can choose subjects with the same hash. */
export function hashOfSubject(kind: string, subject: string): number {
  let hash = BASIS ^ kind.charCodeAt(0) ^ kind.length
  for (let at = 0; at < subject.length; at++) hash = Math.imul(hash ^ subject.charCodeAt(at), PRIME)
  return hash ^ (hash >>> 15)
}

/** Multiplied, because ids are consecutive. */
const hashOfWords = (low: number, high: number): number => {
  const hash = Math.imul(low ^ Math.imul(high, PRIME), 0x9e3779b1)
  return hash ^ (hash >>> 15)
}

const word = new BigInt64Array(1)
const halves = new Int32Array(word.buffer)

/**
 * Revocations as numbers and bytes in columns: about 90 bytes each, which is a sixth of an object with its fields, and nothing for the garbage collector to visit.
 * A row that was removed is used again.
 */
export class RevocationRows {
  #capacity = LEAST
  #used = 0
  readonly #free: number[] = []
  #ids = new BigInt64Array(LEAST)
  #idHalves = new Int32Array(this.#ids.buffer)
  #xids = new BigInt64Array(LEAST)
  #positions = new Float64Array(LEAST)
  #times = new Float64Array(LEAST)
  #expiries = new Float64Array(LEAST)
  #awaited = new Uint8Array(LEAST)
  #kinds = new Uint8Array(LEAST)
  #lengths = new Uint8Array(LEAST)
  #subjects = Buffer.alloc(LEAST * SUBJECT_BYTES)
  /** Subjects that do not fit. */
  readonly #longSubjects = new Map<number, string>()
  /** Most values are the same few, such as `{ reason: 'token_revoked' }`, so they are shared. */
  readonly #values: (RecordedRevocation['value'] | null)[] = []
  readonly #sharedValues = new Map<string, RecordedRevocation['value']>()
  #lastValue: RecordedRevocation['value'] | undefined
  readonly #kindNames: string[] = []

  /** The bytes of all columns. */
  get bytes(): number {
    return this.#capacity * (5 * 8 + 3 + SUBJECT_BYTES + 8)
  }

  add({ id, xid, kind, subject, value, at, expiresAt, awaited }: RecordedRevocation, position: number): number {
    const row = this.#free.pop() ?? this.#used++
    if (row >= this.#capacity) this.#grow(this.#capacity * 2)
    this.#ids[row] = id
    this.#xids[row] = xid
    this.#positions[row] = position
    this.#times[row] = at.getTime()
    this.#expiries[row] = expiresAt.getTime()
    this.#awaited[row] = awaited ? 1 : 0
    this.#kinds[row] = this.#numberOf(kind)
    this.#setSubject(row, subject)
    this.#values[row] = this.#shared(value)
    return row
  }

  /** Makes room for so many rows in all. */
  reserve(rows: number): void {
    if (rows > this.#capacity) this.#grow(rows)
  }

  remove(row: number): void {
    this.#longSubjects.delete(row)
    this.#values[row] = null
    this.#free.push(row)
  }

  entry(row: number): Entry {
    return {
      id: this.#ids[row] as bigint,
      xid: this.#xids[row] as bigint,
      kind: this.kind(row),
      subject: this.subject(row),
      value: this.value(row),
      at: new Date(this.at(row)),
      expiresAt: new Date(this.expiresAt(row)),
      awaited: this.isAwaited(row),
      n: this.position(row),
    }
  }

  xid = (row: number): bigint => this.#xids[row] as bigint
  position = (row: number): number => this.#positions[row] as number
  at = (row: number): number => this.#times[row] as number
  expiresAt = (row: number): number => this.#expiries[row] as number
  isAwaited = (row: number): boolean => this.#awaited[row] === 1
  kind = (row: number): RevocationKind => this.#kindNames[this.#kinds[row] as number] as RevocationKind
  value = (row: number): RecordedRevocation['value'] => this.#values[row] as RecordedRevocation['value']

  subject(row: number): string {
    const length = this.#lengths[row] as number
    if (length === IS_LONG) return this.#longSubjects.get(row) as string
    return this.#subjects.toString('latin1', row * SUBJECT_BYTES, row * SUBJECT_BYTES + length)
  }

  isAbout(row: number, kind: string, subject: string): boolean {
    const length = this.#lengths[row] as number
    if (this.#kindNames[this.#kinds[row] as number] !== kind) return false
    if (length === IS_LONG) return this.#longSubjects.get(row) === subject
    if (length !== subject.length) return false
    const start = row * SUBJECT_BYTES
    for (let at = 0; at < length; at++) if (this.#subjects[start + at] !== subject.charCodeAt(at)) return false
    return true
  }

  hasId = (row: number, id: bigint): boolean => this.#ids[row] === id

  hashOfId(id: bigint): number {
    word[0] = id
    return hashOfWords(halves[0] as number, halves[1] as number)
  }

  hashOfRowId = (row: number): number => hashOfWords(this.#idHalves[2 * row] as number, this.#idHalves[2 * row + 1] as number)

  hashOfRowSubject = (row: number): number => hashOfSubject(this.kind(row), this.subject(row))

  #setSubject(row: number, subject: string): void {
    const start = row * SUBJECT_BYTES
    let fits = subject.length <= SUBJECT_BYTES
    for (let at = 0; fits && at < subject.length; at++) {
      const code = subject.charCodeAt(at)
      this.#subjects[start + at] = code
      fits = code < 256
    }
    this.#lengths[row] = fits ? subject.length : IS_LONG
    if (!fits) this.#longSubjects.set(row, subject)
  }

  #numberOf(kind: string): number {
    const number = this.#kindNames.indexOf(kind)
    return number === -1 ? this.#kindNames.push(kind) - 1 : number
  }

  #shared(value: RecordedRevocation['value']): RecordedRevocation['value'] {
    if (value === this.#lastValue) return value
    const text = JSON.stringify(value)
    const known = this.#sharedValues.get(text)
    if (known) return known
    if (this.#sharedValues.size >= SHARED_VALUES) this.#sharedValues.clear()
    this.#sharedValues.set(text, value)
    this.#lastValue = value
    return value
  }

  #grow(capacity: number): void {
    this.#capacity = capacity
    const grown = <Column extends BigInt64Array | Float64Array | Uint8Array>(column: Column, made: Column): Column => {
      made.set(column as never)
      return made
    }
    this.#ids = grown(this.#ids, new BigInt64Array(this.#capacity))
    this.#idHalves = new Int32Array(this.#ids.buffer)
    this.#xids = grown(this.#xids, new BigInt64Array(this.#capacity))
    this.#positions = grown(this.#positions, new Float64Array(this.#capacity))
    this.#times = grown(this.#times, new Float64Array(this.#capacity))
    this.#expiries = grown(this.#expiries, new Float64Array(this.#capacity))
    this.#awaited = grown(this.#awaited, new Uint8Array(this.#capacity))
    this.#kinds = grown(this.#kinds, new Uint8Array(this.#capacity))
    this.#lengths = grown(this.#lengths, new Uint8Array(this.#capacity))
    this.#subjects = grown(this.#subjects, Buffer.alloc(this.#capacity * SUBJECT_BYTES))
  }
}
