import { isReadable, isStronger, type KnownRevocations, type RevocationKind } from '@muster/contract/revocation.ts'
import type { RecordedRevocation } from '../domain/model/revocation.ts'

/** A revocation in the log. `n` is its position, in the order of arrival at this process. */
export interface Entry extends RecordedRevocation {
  n: number
}

const AWAITED_MILLISECONDS = 60_000

const keyOf = (kind: RevocationKind, subject: string): string => `${kind}:${subject}`

/**
 * All revocations that can still matter, in the order of arrival. It answers both which credentials are revoked and what is new since a position. It holds
 * at most the revocations of 24 hours: those that have expired, or are weaker than another, are dropped.
 */
export class RevocationLog implements KnownRevocations {
  /** In order of arrival. Entries whose position is in `#dropped` have been removed. */
  #entries: Entry[] = []
  #end = 0
  readonly #dropped = new Set<number>()
  readonly #byId = new Map<bigint, Entry>()
  readonly #strongest = new Map<string, Entry>()
  readonly #unreadable = new Set<Entry>()

  /** Null if a stronger revocation is already in the log. */
  add(revocation: RecordedRevocation): Entry | null {
    if (this.#byId.has(revocation.id)) return null
    if (!isReadable(revocation)) {
      const entry = this.#append(revocation)
      this.#unreadable.add(entry)
      return entry
    }
    const key = keyOf(revocation.kind, revocation.subject)
    const known = this.#strongest.get(key)
    const isStrongest = !known || isStronger(revocation, known)
    // A request waits until all receivers have acknowledged this one, so it is delivered for a while even if a stronger one exists.
    if (!isStrongest && !awaitsAcknowledgement(revocation)) return null
    const entry = this.#append(revocation)
    if (isStrongest) {
      this.#strongest.set(key, entry)
      if (known && !awaitsAcknowledgement(known)) this.#drop(known)
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

  /** True while it holds a revocation of a newer server version. Then it cannot decide which tokens are valid, but still delivers everything. */
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

  /** The strongest revocation of a subject. */
  strongest(kind: RevocationKind, subject: string): Entry | undefined {
    return this.#strongest.get(keyOf(kind, subject))
  }

  /** The entries from a position on. */
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

  /** Drops the entries that are no longer needed. */
  tidy(now = Date.now()): void {
    for (const entry of this.#byId.values()) {
      const strongest = this.#strongest.get(keyOf(entry.kind, entry.subject)) === entry || this.#unreadable.has(entry)
      if (entry.expiresAt.getTime() + AWAITED_MILLISECONDS < now || (!strongest && !awaitsAcknowledgement(entry, now))) this.#drop(entry)
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

export const awaitsAcknowledgement = ({ awaited, at }: Pick<RecordedRevocation, 'awaited' | 'at'>, now = Date.now()): boolean =>
  awaited && at.getTime() + AWAITED_MILLISECONDS > now
