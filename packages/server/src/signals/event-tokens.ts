import type { RecordedRevocation } from '../domain/model/revocation.ts'
import { accountDisabled, bodyOf, eventOf, revocationBatch, sessionRevoked } from './event-types.ts'

/** Signs a Security Event Token (RFC 8417). */
export type SignEventToken = (claims: Record<string, unknown>) => Promise<string>

export interface EventToken {
  jti: string
  token: string
}

/** Tokens that were made a moment ago are wanted by every other process of the same client: they are signed once. */
const KEPT_CHARACTERS = 32_000_000

/** `r`: a revocation. `d`: its second event, that an account is disabled. `b`: a batch. `v`: an event of one stream alone. */
export type JtiKind = 'r' | 'd' | 'b' | 'v'

/** Numbers are int8 in the database. */
const LARGEST = 2n ** 63n - 1n

/** The numbers, ascending, each by its distance from the one before: short, and any process can read what a receiver acknowledges. */
export const jtiOf = (kind: JtiKind, ids: readonly bigint[]): string => {
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

/** Null: not one of ours. */
export function idsOfJti(jti: string): { kind: JtiKind; ids: bigint[] } | null {
  const match = /^([rdbv])\.([0-9a-z]{1,13}(?:\.[0-9a-z]{1,13})*)$/.exec(jti)
  if (!match) return null
  let sum = 0n
  const ids = (match[2] as string).split('.').map((part) => {
    let distance = 0n
    for (const digit of part) distance = distance * 36n + BigInt(Number.parseInt(digit, 36)) // exact beyond 2^53, which a number is not
    sum += distance
    return sum
  })
  return sum > LARGEST ? null : { kind: match[1] as JtiKind, ids }
}

const jtiKindOf = (type: string): JtiKind => (type === accountDisabled ? 'd' : 'r')

/** A deactivation is told by two tokens, where both are wanted: it is acknowledged when both are. */
export const isToldTwice = ({ kind, value }: RecordedRevocation, wanted: readonly string[]): boolean =>
  kind === 'user' && value.reason === 'user_deactivated' && wanted.includes(sessionRevoked) && wanted.includes(accountDisabled)

export interface EventTokens {
  /** One for each of its events that is wanted (the interoperability profile has one event in a token); each with the whole revocation. `heard` is not told again. */
  singles(revocation: RecordedRevocation, audience: string, wanted: readonly string[], heard?: JtiKind): Promise<EventToken>[]
  batch(revocations: readonly RecordedRevocation[], audience: string): Promise<EventToken>
  /** Signs every token again: a key was withdrawn. */
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
    singles(revocation, audience, wanted, heard) {
      const { subject, events } = eventOf(issuer, revocation)
      return wanted
        .filter((type) => events[type] !== undefined && jtiKindOf(type) !== heard)
        .map((type) => {
          const jti = jtiOf(jtiKindOf(type), [revocation.id])
          return once(`${audience} ${jti}`, jti, () => ({ aud: audience, sub_id: subject, events: { [type]: events[type] }, muster: bodyOf(revocation) }))
        })
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
    forget() {
      kept.clear()
      characters = 0
    },
    own({ id, payload }, audience, streamId) {
      const jti = jtiOf('v', [id])
      return once(`${audience} ${jti}`, jti, () => ({ aud: audience, sub_id: { format: 'opaque', id: streamId }, events: payload }))
    },
  }
}
