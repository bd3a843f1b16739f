import { base64url, type CryptoKey, type JWTHeaderParameters, jwtVerify } from 'jose'
import { type Revocation, type Revocations, revocationOf } from './revocations.ts'

// All revocations that can still matter, in one body: a signed token that names the digest of the records behind it, and the records (docs/signals.md).

/** A snapshot whose signature and digest are right. */
export interface Snapshot {
  /** Acknowledged in the next poll, which continues behind the snapshot. */
  jti: string
  records: Uint8Array<ArrayBuffer>
  count: number
}

/** Six million revocations. */
const BYTES_MOST = 256_000_000
const TOKEN_MOST = 10_000
/** The bytes of a record without a subject. */
const RECORD_LEAST = 6
const snapshotEvent = 'urn:muster:event-type:revocation-snapshot'

interface Origin {
  issuer: string
  audience: string
  keyOf(header: JWTHeaderParameters): Promise<CryptoKey>
}

/** @throws when the snapshot is not signed by the issuer for this client, or is not complete */
export async function verifySnapshot(bytes: Uint8Array<ArrayBuffer>, { issuer, audience, keyOf }: Origin): Promise<Snapshot> {
  const length = bytes.length < 4 ? 0 : new DataView(bytes.buffer, bytes.byteOffset).getUint32(0, true)
  if (length === 0 || length > TOKEN_MOST || 4 + length > bytes.length) throw new Error('The snapshot has no token.')
  const token = new TextDecoder().decode(bytes.subarray(4, 4 + length))
  // An event of a stream has another type, so neither can be used as the other.
  const { payload } = await jwtVerify(token, keyOf, { issuer, audience, typ: 'revocation-snapshot+jwt', algorithms: ['RS256'] })
  const { jti, events } = payload as { jti?: unknown; events?: Record<string, { sha256?: unknown; bytes?: unknown; count?: unknown } | undefined> }
  const { sha256, bytes: size, count } = events?.[snapshotEvent] ?? {}
  if (typeof jti !== 'string' || typeof sha256 !== 'string' || typeof count !== 'number' || count < 0)
    throw new Error('The token of the snapshot cannot be read.')
  const records = bytes.subarray(4 + length)
  if (records.length !== size || count * RECORD_LEAST > size) throw new Error('The snapshot is not complete.')
  if (base64url.encode(new Uint8Array(await crypto.subtle.digest('SHA-256', records))) !== sha256)
    throw new Error('The snapshot is not the one that was signed.')
  return { jti, records, count }
}

/** The kind and the value of a record. */
type Type = Pick<Revocation, 'kind' | 'value'> | 'withdrawn key'

export interface SnapshotReader {
  /**
   * Applies so many records, or those that are left.
   * @returns true if there are more
   * @throws when a record cannot be read
   */
  read(most: number): boolean
}

export function createSnapshotReader(
  { records, count }: Snapshot,
  { revocations, withdraw }: { revocations: Pick<Revocations, 'applyBytes'>; withdraw(kid: string): void },
): SnapshotReader {
  const decoder = new TextDecoder('utf-8', { fatal: true })
  const view = new DataView(records.buffer, records.byteOffset, records.byteLength)
  const types: Type[] = []
  let at = 0
  let read = 0

  const number = (): number => {
    let value = 0
    for (let scale = 1; scale < 2 ** 35; scale *= 128) {
      const byte = records[at++]
      if (byte === undefined) break
      value += (byte & 0x7f) * scale
      if (byte < 0x80) return value
    }
    throw new Error('A number of the snapshot cannot be read.')
  }
  /** The start of a text, which is skipped. */
  const text = (): number => {
    const length = number()
    const start = at
    at += length
    if (at > records.length) throw new Error('The snapshot ends within a record.')
    return start
  }
  const record = (type: Type | undefined): void => {
    if (type === undefined) throw new Error('A record of the snapshot has no type.')
    const [start, end] = [text(), at]
    if (at + 4 > records.length) throw new Error('The snapshot ends within a record.')
    const expiresAt = view.getUint32(at, true)
    at += 4
    read += 1
    if (type === 'withdrawn key') withdraw(decoder.decode(records.subarray(start, end)))
    else revocations.applyBytes(type, records, start, end, expiresAt)
  }

  return {
    read(most) {
      for (const until = read + most; read < until && at < records.length; ) {
        const place = number()
        if (place === 0) types.push(typeOf(decoder.decode(records.subarray(text(), at))))
        else record(types[place - 1])
      }
      if (at < records.length) return true
      if (read !== count) throw new Error('The snapshot has another number of records than its token says.')
      return false
    },
  }
}

/** A kind and a value. Read once for all records that share them. */
function typeOf(text: string): Type {
  const { kind, value } = JSON.parse(text) as { kind?: unknown; value?: unknown }
  return revocationOf({ kind, value, subject: '', expires_at: 0 }) ?? 'withdrawn key'
}

/** Reads a response of at most so many bytes. @throws when it is longer */
export async function readBytes(response: Response, most = BYTES_MOST): Promise<Uint8Array<ArrayBuffer>> {
  const announced = Number(response.headers.get('content-length') ?? 0) || 0
  if (!response.body || announced > most) throw new Error('The snapshot is too long.')
  // A proxy may have compressed it, so it may be longer than announced.
  let bytes = new Uint8Array(Math.max(announced, 65_536))
  let size = 0
  for await (const part of response.body) {
    if (size + part.length > most) throw new Error('The snapshot is too long.')
    if (size + part.length > bytes.length) {
      const longer = new Uint8Array(2 * (size + part.length))
      longer.set(bytes.subarray(0, size))
      bytes = longer
    }
    bytes.set(part, size)
    size += part.length
  }
  return bytes.subarray(0, size)
}
