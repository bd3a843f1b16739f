import { type Claims, claimsOf } from './claims.ts'
import { type Clock, type Moment, momentOf, since } from './clock.ts'
import { TokenRefused } from './errors.ts'
import type { Issuer } from './issuer.ts'

export const looksLikeKey = (token: string): boolean => token.startsWith('muster_uk_') || token.startsWith('muster_sk_')

/** Prefix, 256 bits in base62, checksum. What is not of that form is no question for the issuer. */
const form = /^muster_[us]k_[0-9A-Za-z]{49}$/

/** A key has no end of its own, and what is known of its end is forgotten after a day: the issuer is asked again long before. */
const KEPT_MILLISECONDS = 600_000
/** An organization that is not suspended any more gives its keys back their life. */
const REFUSED_MILLISECONDS = 5_000

interface Known {
  claims: Claims | null
  askedAt: Moment
}

export interface ApiKeys {
  /** Whom the key speaks for, from memory or by asking once. `mayKeep`: what ended is known here, so that an answer can be kept (S59). */
  read(key: string, print: string, mayKeep: () => boolean): Promise<Claims>
}

export function createApiKeys({ issuer, audience, clock, most }: { issuer: Issuer; audience: string; clock: Clock; most: number }): ApiKeys {
  const all = new Map<string, Known>()
  const asking = new Map<string, Promise<Known>>()

  const ask = async (key: string): Promise<Known> => {
    const askedAt = momentOf(clock)
    const answer = await issuer.introspect(key)
    return { claims: answer && claimsOf(answer, { issuer: issuer.url, audience }), askedAt }
  }
  /** Those who come while it is asked share the answer only when what ends meanwhile will be heard of. */
  const askOnce = (key: string, print: string): Promise<Known> => {
    const under = asking.get(print) ?? ask(key).finally(() => asking.delete(print))
    asking.set(print, under)
    return under
  }

  return {
    async read(key, print, mayKeep) {
      if (!form.test(key)) throw new TokenRefused('invalid_token')
      let known = all.get(print)
      if (known && (!mayKeep() || since(clock, known.askedAt) >= (known.claims ? KEPT_MILLISECONDS : REFUSED_MILLISECONDS))) {
        all.delete(print)
        known = undefined
      }
      if (!known) {
        const shared = mayKeep()
        known = shared ? await askOnce(key, print) : await ask(key)
        if (mayKeep()) {
          if (all.size >= most) all.delete(all.keys().next().value as string)
          all.set(print, known)
        } else if (shared) {
          // Asked before this request came, perhaps, and what ended since is not heard of any more.
          known = await ask(key)
        }
      }
      if (!known.claims) throw new TokenRefused('invalid_token')
      return known.claims
    },
  }
}
