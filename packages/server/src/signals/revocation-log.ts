import { isReadable, isStronger, type KnownRevocations, type RevocationKind } from '@muster/contract/revocation.ts'
import type { RecordedRevocation } from '../domain/model/revocation.ts'

/** A revocation as this process has it. `n` is the order in which it arrived here. */
export interface Entry extends RecordedRevocation {
  n: number
}

const AWAITED_MILLISECONDS = 60_000

const keyOf = (kind: RevocationKind, subject: string): string => `${kind}:${subject}`

/**
 * All revocations that can still matter, in the order in which they arrived: a state (what is dead?) and a log (what is new since?) in one. Bounded by
 * what the last 24 hours took away from different people; what has run out, or says less than another, is dropped.
 */
export class RevocationLog implements KnownRevocations {
  /** In order of arrival; those whose place is in `#dropped` are there no more. */
  #entries: Entry[] = []
  #end = 0
  readonly #dropped = new Set<number>()
  readonly #byId = new Map<bigint, Entry>()
  readonly #strongest = new Map<string, Entry>()
  readonly #unreadable = new Set<Entry>()

  /** Null when it says nothing new. */
  add(revocation: RecordedRevocation): Entry | null {
    if (this.#byId.has(revocation.id)) return null
    if (!isReadable(revocation)) {
      const entry = this.#append(revocation)
      this.#unreadable.add(entry)
      return entry
    }
    const key = keyOf(revocation.kind, revocation.subject)
    const known = this.#strongest.get(key)
    const saysMore = !known || isStronger(revocation, known)
    // Somebody waits to hear that everybody has heard of this one: it is passed on for a while, though another says as much.
    if (!saysMore && !isAwaited(revocation)) return null
    const entry = this.#append(revocation)
    if (saysMore) {
      this.#strongest.set(key, entry)
      if (known && !isAwaited(known)) this.#drop(known)
    }
    return entry
  }

  #append(revocation: RecordedRevocation): Entry {
    const entry: Entry = { ...revocation, n: this.#end++ }
    this.#entries.push(entry)
    this.#byId.set(entry.id, entry)
    return entry
  }

  get end(): number {
    return this.#end
  }

  /** It holds what only newer server processes understand, so it cannot say which tokens are valid. Everything is passed on all the same. */
  get hasUnreadable(): boolean {
    return this.#unreadable.size > 0
  }

  get size(): number {
    return this.#byId.size
  }

  has(id: bigint): boolean {
    return this.#byId.has(id)
  }

  find(id: bigint): Entry | undefined {
    return this.#byId.get(id)
  }

  /** What is known of a subject. */
  strongest(kind: RevocationKind, subject: string): Entry | undefined {
    return this.#strongest.get(keyOf(kind, subject))
  }

  /** From a place in the order on. */
  *from(n: number): Generator<Entry> {
    let low = 0
    for (let high = this.#entries.length; low < high; ) {
      const middle = (low + high) >>> 1
      if ((this.#entries[middle] as Entry).n < n) low = middle + 1
      else high = middle
    }
    for (let index = low; index < this.#entries.length; index++) {
      const entry = this.#entries[index] as Entry
      if (!this.#dropped.has(entry.n)) yield entry
    }
  }

  /** Drops what nobody can need any more. */
  tidy(now = Date.now()): void {
    for (const entry of this.#byId.values()) {
      const strongest = this.#strongest.get(keyOf(entry.kind, entry.subject)) === entry || this.#unreadable.has(entry)
      if (entry.expiresAt.getTime() + AWAITED_MILLISECONDS < now || (!strongest && !isAwaited(entry, now))) this.#drop(entry)
    }
    if (this.#dropped.size < 1_000 || this.#dropped.size < this.#entries.length / 2) return
    this.#entries = this.#entries.filter(({ n }) => !this.#dropped.has(n))
    this.#dropped.clear()
  }

  #drop(entry: Entry): void {
    if (!this.#byId.delete(entry.id)) return
    const key = keyOf(entry.kind, entry.subject)
    if (this.#strongest.get(key) === entry) this.#strongest.delete(key)
    this.#unreadable.delete(entry)
    this.#dropped.add(entry.n)
  }
}

export const isAwaited = ({ awaited, at }: Pick<RecordedRevocation, 'awaited' | 'at'>, now = Date.now()): boolean =>
  awaited && at.getTime() + AWAITED_MILLISECONDS > now
