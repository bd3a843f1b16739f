import type { RecordedRevocation } from '../domain/revocation.ts'
import { bodyOf, eventOf, revocationBatch } from './event-types.ts'

/** Signs a Security Event Token (RFC 8417). */
export type SignEventToken = (claims: Record<string, unknown>) => Promise<string>

export interface EventToken {
  jti: string
  token: string
}

/** Tokens that were made a moment ago are wanted by every other process of the same client: they are signed once. */
const KEPT_CHARACTERS = 32_000_000

/** The numbers, ascending, each by its distance from the one before: short, and any process can read what a receiver acknowledges. */
export const jtiOf = (kind: 'r' | 'b' | 'v', ids: readonly bigint[]): string => {
  let before = 0n
  const parts = [...ids]
    .sort((one, other) => (one < other ? -1 : one > other ? 1 : 0))
    .map((id) => {
      const distance = id - before
      before = id
      return distance.toString(36)
    })
  return `${kind}.${parts.join('.')}`
}

/** Null: not one of ours. `v` are events of one stream. */
export function idsOfJti(jti: string): { kind: 'r' | 'b' | 'v'; ids: bigint[] } | null {
  const match = /^([rbv])\.([0-9a-z]{1,13}(?:\.[0-9a-z]{1,13})*)$/.exec(jti)
  if (!match) return null
  let sum = 0n
  const ids = (match[2] as string).split('.').map((part) => {
    sum += BigInt(Number.parseInt(part, 36))
    return sum
  })
  return { kind: match[1] as 'r' | 'b' | 'v', ids }
}

export interface EventTokens {
  /** Null: none of the event types this stream wants says it. */
  single(revocation: RecordedRevocation, audience: string, wanted: ReadonlySet<string>): Promise<EventToken> | null
  batch(revocations: readonly RecordedRevocation[], audience: string): Promise<EventToken>
  own(event: { id: bigint; payload: Record<string, unknown> }, audience: string, streamId: string): Promise<EventToken>
}

export function createEventTokens({ issuer, sign }: { issuer: string; sign: SignEventToken }): EventTokens {
  const kept = new Map<string, { made: Promise<EventToken>; size: number }>()
  let characters = 0

  const drop = (key: string): void => {
    characters -= kept.get(key)?.size ?? 0
    kept.delete(key)
  }
  const once = (key: string, jti: string, claims: () => Record<string, unknown>): Promise<EventToken> => {
    const known = kept.get(key)
    if (known) return known.made
    const entry = { size: 0, made: sign({ iss: issuer, iat: Math.floor(Date.now() / 1000), jti, ...claims() }).then((token) => ({ jti, token })) }
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

  return {
    single(revocation, audience, wanted) {
      const { subject, events } = eventOf(issuer, revocation)
      const types = Object.keys(events).filter((type) => wanted.has(type))
      if (types.length === 0) return null
      const jti = jtiOf('r', [revocation.id])
      return once(`${audience} ${jti} ${types.join(' ')}`, jti, () => ({
        aud: audience,
        sub_id: subject,
        events: Object.fromEntries(types.map((type) => [type, events[type]])),
        muster: bodyOf(revocation),
      }))
    },
    batch(revocations, audience) {
      const jti = jtiOf(
        'b',
        revocations.map(({ id }) => id),
      )
      return once(`${audience} ${jti}`, jti, () => ({
        aud: audience,
        sub_id: { format: 'opaque', id: issuer },
        events: { [revocationBatch]: { count: revocations.length } },
        muster: revocations.map(bodyOf),
      }))
    },
    own({ id, payload }, audience, streamId) {
      const jti = jtiOf('v', [id])
      return once(`${audience} ${jti}`, jti, () => ({ aud: audience, sub_id: { format: 'opaque', id: streamId }, events: payload }))
    },
  }
}
