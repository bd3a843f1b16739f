import { type Accepted, claimsOf, type TokenClaims } from './claims.ts'
import { type Clock, type Moment, momentOf, since } from './clock.ts'
import { TokenRefused, VerifierUnavailable } from './errors.ts'
import type { Issuer } from './issuer.ts'

export const looksLikeKey = (token: string): boolean => token.startsWith('muster_uk_') || token.startsWith('muster_sk_')

/** Prefix, 256 bits in base62, checksum. Any other string is refused without a request to the issuer. */
const form = /^muster_[us]k_[0-9A-Za-z]{49}$/
const isWellFormed = (key: string): boolean => form.test(key) && checksum(key.slice(0, -6)) === key.slice(-6)

/** The revocation of a key is kept for only a day, so each key is introspected again well within a day. The verifier compares its expiry at each request. */
const KEPT_MILLISECONDS = 600_000
/** Short, because the keys of an organization are valid again as soon as its suspension ends. */
const REFUSED_MILLISECONDS = 5_000

/** Limits the introspection of unknown keys, because anyone can send made-up ones. Known keys are not limited. */
const UNKNOWN = { most: 200, perSecond: 50 }

interface Known {
  claims: TokenClaims | null
  /** Why the key is refused. */
  refusal: TokenRefused | null
  /** Null when the answer is valid for one request only, because the lease had expired. */
  askedAt: Moment | null
}

export interface ApiKeys {
  /** Returns the holder of the key, from memory or by introspection. `mayKeep` is true while revocations arrive, so that an answer can be kept (S59). */
  read(key: string, print: string, mayKeep: () => boolean): Promise<TokenClaims>
  /** Introspects this key again at its next use, because its holder has another role. */
  forgetOne(print: string): void
  /** Forgets all answers, because revocations may have been missed. */
  forget(): void
}

export function createApiKeys({ issuer, accepted, clock, most }: { issuer: Issuer; accepted: Accepted; clock: Clock; most: number }): ApiKeys {
  const good = new Map<string, Known>()
  /** Separate, so that a flood of invalid keys evicts no valid one. */
  const bad = new Map<string, Known>()
  const remember = (of: Map<string, Known>, print: string, known: Known): void => {
    if (of.size >= most) of.delete(of.keys().next().value as string)
    of.set(print, known)
  }
  const spendUnknown = createAllowance(clock, UNKNOWN)
  const asking = new Map<string, Promise<Known>>()
  let forgotten = 0

  const ask = async (key: string): Promise<Known> => {
    const askedAt = momentOf(clock)
    const answer = await issuer.introspect(key)
    const claims = answer && claimsOf(answer, accepted)
    return { claims, refusal: claims ? null : await issuer.whyNot(key), askedAt }
  }
  /** Shares one introspection between concurrent requests. Only safe while the lease is valid, because revocations arrive only then. */
  const askOnce = (key: string, print: string): Promise<Known> => {
    const under = asking.get(print) ?? ask(key)
    asking.set(print, under)
    const done = (): unknown => asking.get(print) === under && asking.delete(print)
    under.then(done, done)
    return under
  }

  return {
    async read(key, print, mayKeep) {
      if (!isWellFormed(key)) throw new TokenRefused('invalid_token')
      const kept = good.get(print) ?? bad.get(print)
      let known = kept?.askedAt && mayKeep() && since(clock, kept.askedAt) < (kept.claims ? KEPT_MILLISECONDS : REFUSED_MILLISECONDS) ? kept : undefined
      if (!known) {
        const shared = mayKeep()
        const before = forgotten
        if (!good.has(print) && !(shared && asking.has(print)) && !spendUnknown()) {
          throw new VerifierUnavailable('issuer', 'Too many keys that are not known here were shown.')
        }
        known = shared ? await askOnce(key, print) : await ask(key)
        // The shared introspection may have begun before this request, and a revocation since then may not have arrived.
        if (shared && (!mayKeep() || forgotten !== before)) known = await ask(key)
        good.delete(print)
        bad.delete(print)
        if (mayKeep() || known.claims) remember(known.claims ? good : bad, print, mayKeep() ? known : { ...known, askedAt: null })
      }
      if (!known.claims) throw known.refusal ?? new TokenRefused('invalid_token')
      return known.claims
    },
    forgetOne(print) {
      const known = good.get(print)
      if (known) known.askedAt = null
      asking.delete(print) // its answer may be from before
    },
    forget() {
      forgotten += 1
      // They stay known, so that asking again is not limited.
      for (const known of good.values()) known.askedAt = null
      bad.clear()
      asking.clear()
    },
  }
}

/** Allows a burst of `most`, and `perSecond` after that. */
function createAllowance(clock: Clock, { most, perSecond }: { most: number; perSecond: number }): () => boolean {
  let left = most
  let at = momentOf(clock)
  return () => {
    left = Math.min(most, left + (since(clock, at) / 1_000) * perSecond)
    at = momentOf(clock)
    if (left < 1) return false
    left -= 1
    return true
  }
}

const alphabet = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'

/** CRC-32 in base62. It detects typing errors and is no defence against attackers. */
function checksum(body: string): string {
  let crc = 0xffffffff
  for (const character of body) {
    crc ^= character.charCodeAt(0)
    for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0)
  }
  let text = ''
  for (let number = ~crc >>> 0; number > 0; number = Math.floor(number / 62)) text = alphabet[number % 62] + text
  return text.padStart(6, '0')
}
