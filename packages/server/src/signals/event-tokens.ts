import type { RecordedRevocation } from '../domain/model/revocation.ts'
import { accountDisabled, bodyOf, disablesAccount, eventOf, revocationBatch, revocationSnapshot, sessionRevoked } from './event-types.ts'

/** A snapshot's token has a type of its own, so that a receiver cannot take it for an event and acknowledge what it has not read. */
export type EventTokenType = 'secevent+jwt' | 'revocation-snapshot+jwt'

/** Signs a Security Event Token (RFC 8417). */
export type SignEventToken = (claims: Record<string, unknown>, type?: EventTokenType) => Promise<string>

export interface EventToken {
  jti: string
  token: string
}

/** All processes of a client need the same tokens, so each is signed once and kept for a while. */
const KEPT_CHARACTERS = 32_000_000

/** `r`: a revocation. `d`: its second event, account disabled. `b`: a batch. `v`: an event of a single stream. */
export type JtiKind = 'r' | 'd' | 'b' | 'v'

/** Ids are int8 in the database. */
const LARGEST = 2n ** 63n - 1n

/** The ids in ascending order, each as the difference to the one before. It is short, and every process can tell what a receiver acknowledges. */
export const jtiOf = (kind: JtiKind, ids: readonly bigint[]): string => {
  let before = 0n
  let jti: string = kind
  for (const id of [...ids].sort((one, other) => (one < other ? -1 : one > other ? 1 : 0))) {
    const distance = id - before
    before = id
    // A number is written faster, and is exact up to 2^53.
    jti += `.${(distance < 0x1_0000_0000n ? Number(distance) : distance).toString(36)}`
  }
  return jti
}

/** Null for a `jti` that Muster did not create. */
export function idsOfJti(jti: string): { kind: JtiKind; ids: bigint[] } | null {
  const match = /^([rdbv])\.([0-9a-z]{1,13}(?:\.[0-9a-z]{1,13})*)$/.exec(jti)
  if (!match) return null
  let sum = 0n
  const ids = (match[2] as string).split('.').map((part) => {
    sum += numberOf(part)
    return sum
  })
  return sum > LARGEST ? null : { kind: match[1] as JtiKind, ids }
}

/** Acknowledges everything that was committed by transactions before the watermark. Every process understands it. */
export const jtiOfSnapshot = (watermark: bigint): string => `s.${watermark.toString(36)}`

/** Null for every other `jti`. */
export function watermarkOfJti(jti: string): bigint | null {
  const digits = /^s\.([0-9a-z]{1,13})$/.exec(jti)?.[1]
  return digits === undefined ? null : numberOf(digits)
}

/** A number is not exact above 2^53. */
function numberOf(digits: string): bigint {
  let number = 0n
  for (const digit of digits) number = number * 36n + BigInt(Number.parseInt(digit, 36))
  return number
}

const jtiKindOf = (type: string): JtiKind => (type === accountDisabled ? 'd' : 'r')

/** True for a revocation that is sent as two tokens, because it disables an account. It counts as acknowledged when both are. */
export const hasTwoTokens = ({ kind, value }: RecordedRevocation, eventTypes: readonly string[]): boolean =>
  kind === 'user' && disablesAccount(value) && eventTypes.includes(sessionRevoked) && eventTypes.includes(accountDisabled)

export interface EventTokens {
  /**
   * A token for each of the event types, each with the whole revocation. The interoperability profile allows one event in a token. The token of the kind
   * `acknowledged` is left out.
   */
  singles(revocation: RecordedRevocation, audience: string, eventTypes: readonly string[], acknowledged?: JtiKind): Promise<EventToken>[]
  batch(revocations: readonly RecordedRevocation[], audience: string): Promise<EventToken>
  /**
   * A batch of a part of the log, for all streams of a client. It is found by its positions, so that nothing is built when it exists. A revocation that was
   * dropped from the log since may still be in it, which does no harm.
   */
  part(part: { start: number; end: number }, audience: string, revocations: () => readonly RecordedRevocation[]): Promise<EventToken>
  /** Names the content of a snapshot and its place in the feed, for a client. */
  snapshot(snapshot: { watermark: bigint; sha256: string; bytes: number; count: number }, audience: string): Promise<EventToken>
  /** Forgets all signed tokens, after a signing key was withdrawn. */
  forget(): void
  own(event: { id: bigint; payload: Record<string, unknown> }, audience: string, streamId: string): Promise<EventToken>
}

export function createEventTokens({ issuer, sign }: { issuer: string; sign: SignEventToken }): EventTokens {
  const kept = new Map<string, { made: Promise<EventToken>; size: number }>()
  let characters = 0

  const drop = (key: string): void => {
    characters -= kept.get(key)?.size ?? 0
    kept.delete(key)
  }
  const once = (key: string, claims: () => Record<string, unknown> & { jti: string }, type?: EventTokenType): Promise<EventToken> => {
    const existing = kept.get(key)
    if (existing) return existing.made
    const made = claims()
    const entry = { size: 0, made: sign({ iss: issuer, iat: Math.floor(Date.now() / 1000), ...made }, type).then((token) => ({ jti: made.jti, token })) }
    kept.set(key, entry)
    entry.made.then(
      ({ token }) => {
        if (kept.get(key) !== entry) return
        entry.size = token.length + key.length
        characters += entry.size
        for (const oldest of kept.keys()) {
          if (characters <= KEPT_CHARACTERS) break
          drop(oldest)
        }
      },
      () => drop(key),
    )
    return entry.made
  }

  const batchId = (revocations: readonly RecordedRevocation[]): string =>
    jtiOf(
      'b',
      revocations.map(({ id }) => id),
    )
  const batchClaims = (jti: string, revocations: readonly RecordedRevocation[], audience: string) => ({
    jti,
    aud: audience,
    sub_id: { format: 'opaque', id: issuer },
    events: { [revocationBatch]: { count: revocations.length } },
    muster: revocations.map(bodyOf),
  })

  return {
    singles(revocation, audience, eventTypes, acknowledged) {
      const { subject, events } = eventOf(issuer, revocation)
      return eventTypes
        .filter((type) => events[type] !== undefined && jtiKindOf(type) !== acknowledged)
        .map((type) => {
          const jti = jtiOf(jtiKindOf(type), [revocation.id])
          return once(`${audience} ${jti}`, () => ({ jti, aud: audience, sub_id: subject, events: { [type]: events[type] }, muster: bodyOf(revocation) }))
        })
    },
    batch(revocations, audience) {
      const jti = batchId(revocations)
      return once(`${audience} ${jti}`, () => batchClaims(jti, revocations, audience))
    },
    part({ start, end }, audience, revocations) {
      return once(`${audience} ${start}-${end}`, () => {
        const all = revocations()
        return batchClaims(batchId(all), all, audience)
      })
    },
    snapshot({ watermark, sha256, bytes, count }, audience) {
      const jti = jtiOfSnapshot(watermark)
      const claims = { jti, aud: audience, sub_id: { format: 'opaque', id: issuer }, events: { [revocationSnapshot]: { sha256, bytes, count } } }
      return once(`${audience} ${jti} ${sha256}`, () => claims, 'revocation-snapshot+jwt')
    },
    forget() {
      kept.clear()
      characters = 0
    },
    own({ id, payload }, audience, streamId) {
      const jti = jtiOf('v', [id])
      return once(`${audience} ${jti}`, () => ({ jti, aud: audience, sub_id: { format: 'opaque', id: streamId }, events: payload }))
    },
  }
}
