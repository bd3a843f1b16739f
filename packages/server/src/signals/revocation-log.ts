import { HashIndex } from '@muster/contract/hash-index.ts'
import { isReadable, isStronger, type KnownRevocations, type RevocationKind } from '@muster/contract/revocation.ts'
import type { RecordedRevocation } from '../domain/model/revocation.ts'
import { type Entry, hashOfSubject, RevocationRows } from './log/revocation-rows.ts'
import type { SnapshotWriter } from './log/snapshot-writer.ts'

export type { Entry } from './log/revocation-rows.ts'

const AWAITED_MILLISECONDS = 60_000
const LEAST = 1_024
/** Positions of the log in groups of so many, whose transactions are known without a look at each. */
const CELL = 2_000
/** A part has at least so many entries, so that it is worth a signature. */
const PART_LEAST = CELL / 2

/**
 * All revocations that can still matter, in the order of arrival. It answers both which credentials are revoked and what is new since a position. It holds
 * at most the revocations of 24 hours: those that have expired, or are weaker than another, are dropped.
 */
export class RevocationLog implements KnownRevocations {
  readonly #rows = new RevocationRows()
  readonly #byId = new HashIndex(this.#rows.hashOfRowId)
  readonly #strongest = new HashIndex(this.#rows.hashOfRowSubject)
  readonly #unreadable = new Set<number>()
  /** In order of arrival, from the position `#start` on: a row and one, or 0 if it was dropped. */
  #order = new Int32Array(LEAST)
  #start = 0
  #end = 0
  /** By position: the earliest and the latest transaction in a cell. */
  readonly #cells = new Map<number, { earliest: bigint; latest: bigint }>()

  /** Null if a stronger revocation is already in the log. */
  add(revocation: RecordedRevocation): Entry | null {
    const row = this.#insert(revocation)
    return row === -1 ? null : this.#rows.entry(row)
  }

  /** The same for many, which are no news. */
  addAll(revocations: readonly RecordedRevocation[]): void {
    for (const revocation of revocations) this.#insert(revocation)
  }

  /** Makes room for so many at once. To grow again and again would leave as much memory behind as the log needs. */
  reserve(count: number): void {
    this.#rows.reserve(count)
    this.#byId.reserve(count)
    this.#strongest.reserve(count)
    if (this.#end === 0 && count > this.#order.length) this.#order = new Int32Array(count)
  }

  #insert(revocation: RecordedRevocation): number {
    if (this.has(revocation.id)) return -1
    if (!isReadable(revocation)) {
      const row = this.#append(revocation)
      this.#unreadable.add(row)
      return row
    }
    const known = this.#strongestRow(revocation.kind, revocation.subject)
    const isStrongest = known === -1 || isStronger(revocation, { kind: revocation.kind, subject: revocation.subject, value: this.#rows.value(known) })
    // A request waits until all receivers have acknowledged this one, so it is delivered for a while even if a stronger one exists.
    if (!isStrongest && !awaitsAcknowledgement(revocation)) return -1
    const row = this.#append(revocation)
    if (isStrongest) {
      if (known !== -1) {
        this.#strongest.remove(known)
        if (!this.#awaits(known, Date.now())) this.#drop(known)
      }
      this.#strongest.add(row)
    }
    return row
  }

  #append(revocation: RecordedRevocation): number {
    const row = this.#rows.add(revocation, this.#end)
    this.#byId.add(row)
    if (this.#end - this.#start >= this.#order.length) this.#makeRoom()
    this.#order[this.#end - this.#start] = row + 1
    this.#noteTransaction(Math.floor(this.#end / CELL), revocation.xid)
    this.#end += 1
    return row
  }

  #noteTransaction(cell: number, xid: bigint): void {
    const known = this.#cells.get(cell)
    if (!known) this.#cells.set(cell, { earliest: xid, latest: xid })
    else if (xid < known.earliest) known.earliest = xid
    else if (xid > known.latest) known.latest = xid
  }

  /** Positions that were dropped at the beginning give their room back. */
  #makeRoom(): void {
    let dropped = 0
    while (dropped < this.#order.length && this.#order[dropped] === 0) dropped += 1
    if (dropped < this.#order.length / 2) {
      const order = new Int32Array(this.#order.length * 2)
      order.set(this.#order)
      this.#order = order
      return
    }
    this.#order.copyWithin(0, dropped)
    this.#order.fill(0, this.#order.length - dropped)
    this.#start += dropped
    for (const cell of this.#cells.keys()) if (cell < Math.floor(this.#start / CELL)) this.#cells.delete(cell)
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

  /** The bytes of its columns. */
  get bytes(): number {
    return this.#rows.bytes
  }

  has(id: bigint): boolean {
    return this.#rowOf(id) !== -1
  }

  find(id: bigint): Entry | undefined {
    const row = this.#rowOf(id)
    return row === -1 ? undefined : this.#rows.entry(row)
  }

  #rowOf(id: bigint): number {
    return this.#byId.find(this.#rows.hashOfId(id), (row) => this.#rows.hasId(row, id))
  }

  /** The strongest revocation of a subject. */
  strongest(kind: RevocationKind, subject: string): Entry | undefined {
    const row = this.#strongestRow(kind, subject)
    return row === -1 ? undefined : this.#rows.entry(row)
  }

  #strongestRow(kind: string, subject: string): number {
    return this.#strongest.find(hashOfSubject(kind, subject), (row) => this.#rows.isAbout(row, kind, subject))
  }

  /**
   * The entries from a position on, up to another.
   * @param xid leaves out the entries of earlier transactions
   */
  *from(n: number, { xid = 0n, until = Number.POSITIVE_INFINITY }: { xid?: bigint; until?: number } = {}): Generator<Entry> {
    for (let position = Math.max(n, this.#start); position < Math.min(until, this.#end); position++) {
      if (position % CELL === 0 && this.#latest(position) < xid) {
        position += CELL - 1
        continue
      }
      const row = this.#rowAt(position)
      if (row !== -1 && this.#rows.xid(row) >= xid) yield this.#rows.entry(row)
    }
  }

  /** Writes the entries of so many positions to a snapshot. @returns the position to continue from */
  write(writer: Pick<SnapshotWriter, 'add'>, n: number, most: number): number {
    const from = Math.max(n, this.#start)
    const until = Math.min(from + most, this.#end)
    for (let position = from; position < until; position++) {
      const row = this.#rowAt(position)
      if (row === -1) continue
      const rows = this.#rows
      writer.add({ kind: rows.kind(row), subject: rows.subject(row), value: rows.value(row), expiresAt: rows.expiresAt(row) })
    }
    return until
  }

  /** The entries that a request waits for. */
  *awaited(n = 0, until = this.#end): Generator<Entry> {
    const now = Date.now()
    for (let position = Math.max(n, this.#start); position < until; position++) {
      const row = this.#rowAt(position)
      if (row !== -1 && this.#awaits(row, now)) yield this.#rows.entry(row)
    }
  }

  /**
   * A part of the log from a position on that changes no more, except that entries are dropped. Its end is the same from most positions, so that streams share
   * its token. Null if the rest is too short, and will be sent as it grows.
   */
  part(n: number): { start: number; end: number; xid: bigint } | null {
    let count = 0
    let position = Math.max(n, this.#start)
    while (position < this.#end && this.#rowAt(position) === -1) position += 1
    const start = position
    let xid = this.#earliest(start)
    while (true) {
      const end = (Math.floor(position / CELL) + 1) * CELL
      if (end > this.#end) return null
      if (this.#earliest(position) < xid) xid = this.#earliest(position)
      for (; position < end; position++) if (this.#rowAt(position) !== -1) count += 1
      if (count >= PART_LEAST) return { start, end, xid }
    }
  }

  /** A reader may wait between two entries, and positions that were dropped are forgotten meanwhile. */
  #rowAt(position: number): number {
    return position < this.#start ? -1 : (this.#order[position - this.#start] as number) - 1
  }

  #earliest(position: number): bigint {
    return this.#cells.get(Math.floor(position / CELL))?.earliest ?? 0n
  }

  #latest(position: number): bigint {
    return this.#cells.get(Math.floor(position / CELL))?.latest ?? 0n
  }

  /**
   * Drops the entries that are no longer needed, but at most so many at once.
   * @returns true if there may be more
   */
  tidy(now = Date.now(), most = Number.POSITIVE_INFINITY): boolean {
    let dropped = 0
    for (let position = this.#start; position < this.#end; position++) {
      const row = this.#rowAt(position)
      if (row === -1 || !this.#isOver(row, now)) continue
      this.#drop(row)
      dropped += 1
      if (dropped >= most) return true
    }
    return false
  }

  #isOver(row: number, now: number): boolean {
    if (this.#rows.expiresAt(row) + AWAITED_MILLISECONDS < now) return true
    return this.#rows.isAwaited(row) && !this.#awaits(row, now) && !this.#unreadable.has(row) && !this.#isStrongest(row)
  }

  #isStrongest(row: number): boolean {
    return this.#strongest.find(this.#rows.hashOfRowSubject(row), (one) => one === row) === row
  }

  #awaits(row: number, now: number): boolean {
    return isAwaitedStill(this.#rows.isAwaited(row), this.#rows.at(row), now)
  }

  #drop(row: number): void {
    this.#order[this.#rows.position(row) - this.#start] = 0
    this.#byId.remove(row)
    this.#strongest.remove(row)
    this.#unreadable.delete(row)
    this.#rows.remove(row)
  }
}

const isAwaitedStill = (awaited: boolean, at: number, now: number): boolean => awaited && at + AWAITED_MILLISECONDS > now

export const awaitsAcknowledgement = ({ awaited, at }: Pick<RecordedRevocation, 'awaited' | 'at'>, now = Date.now()): boolean =>
  isAwaitedStill(awaited, at.getTime(), now)
