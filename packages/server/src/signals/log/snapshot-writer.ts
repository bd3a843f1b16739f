import { createHash } from 'node:crypto'
import type { RecordedRevocation } from '../../domain/model/revocation.ts'

/** The revocations of a snapshot, as they are sent. */
export interface SnapshotBody {
  chunks: readonly Buffer[]
  bytes: number
  count: number
  /** The SHA-256 digest of the chunks, in base64url. */
  sha256: string
}

const CHUNK = 1 << 20
const VARINT_MOST = 5
const EXPIRY_BYTES = 4

/**
 * Writes revocations as records (docs/signals.md): about 36 bytes each, where a list in JSON takes 200. A kind and a value that many revocations share are
 * written once.
 */
export class SnapshotWriter {
  readonly #chunks: Buffer[] = []
  readonly #hash = createHash('sha256')
  /** By kind and by the object, because the log shares equal values. */
  readonly #types = new Map<string, Map<object, number>>()
  #typeCount = 0
  #chunk = Buffer.allocUnsafe(CHUNK)
  #at = 0
  #bytes = 0
  #count = 0

  add({ kind, subject, value, expiresAt }: Pick<RecordedRevocation, 'kind' | 'subject' | 'value'> & { expiresAt: number }): void {
    const type = this.#typeOf(kind, value)
    this.#makeRoom(2 * VARINT_MOST + 3 * subject.length + EXPIRY_BYTES)
    this.#writeNumber(type)
    this.#writeText(subject)
    this.#at = this.#chunk.writeUInt32LE(Math.floor(expiresAt / 1_000), this.#at)
    this.#count += 1
  }

  end(): SnapshotBody {
    this.#finishChunk()
    return { chunks: this.#chunks, bytes: this.#bytes, count: this.#count, sha256: this.#hash.digest('base64url') }
  }

  #typeOf(kind: string, value: object): number {
    const ofKind = this.#types.get(kind) ?? new Map<object, number>()
    const known = ofKind.get(value)
    if (known !== undefined) return known
    const type = ++this.#typeCount
    this.#types.set(kind, ofKind.set(value, type))
    const text = JSON.stringify({ kind, value })
    this.#makeRoom(2 * VARINT_MOST + 3 * text.length)
    this.#writeNumber(0)
    this.#writeText(text)
    return type
  }

  #makeRoom(most: number): void {
    if (this.#at + most <= this.#chunk.length) return
    this.#finishChunk()
    this.#chunk = Buffer.allocUnsafe(Math.max(CHUNK, most))
    this.#at = 0
  }

  #finishChunk(): void {
    const chunk = this.#chunk.subarray(0, this.#at)
    if (chunk.length === 0) return
    this.#hash.update(chunk)
    this.#bytes += chunk.length
    this.#chunks.push(chunk)
  }

  #writeText(text: string): void {
    const bytes = Buffer.byteLength(text)
    this.#writeNumber(bytes)
    this.#at += this.#chunk.write(text, this.#at)
  }

  /** Seven bits in a byte, the lowest first, as in LEB128. */
  #writeNumber(number: number): void {
    for (; number >= 0x80; number = Math.floor(number / 0x80)) this.#chunk[this.#at++] = (number % 0x80) | 0x80
    this.#chunk[this.#at++] = number
  }
}
