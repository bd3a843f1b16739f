import { type CryptoKey, importJWK, type JWK } from 'jose'
import { type Clock, type Moment, momentOf, since } from './clock.ts'
import { VerifierUnavailable } from './errors.ts'
import { type Issuer, readJson } from './issuer.ts'

export interface VerificationKey {
  kid: string
  alg: 'ES256' | 'RS256'
  key: CryptoKey
}

export interface Keys {
  /** Of what was fetched last. */
  find(kid: string): VerificationKey | undefined
  /**
   * Asks the issuer for a key that is not known: once a minute at most, as anybody may name keys that never were (E06); sooner when the issuer itself
   * named it in its stream. @throws VerifierUnavailable when it does not answer
   */
  lookUp(kid: string, namedBy?: 'anybody' | 'issuer'): Promise<VerificationKey | undefined>
  refresh(): Promise<void>
  /** The issuer withdrew this key: it verifies nothing from now on, and the others are fetched again. */
  withdraw(kid: string): void
  /** Fetches them again when they are some minutes old. */
  keepFresh(): void
  /** A key is not published any more: what it signed counts for nothing. */
  onRemoved(heard: () => void): void
}

const REFETCH_MILLISECONDS = { anybody: 60_000, issuer: 2_000 }
/** A new key is published ten minutes before it signs. */
const FRESH_MILLISECONDS = 300_000
const ANSWER_MILLISECONDS = 10_000

export function createKeys({ issuer, clock }: { issuer: Issuer; clock: Clock }): Keys {
  let keys = new Map<string, VerificationKey>()
  let askedAt: Moment | undefined
  let asking: Promise<void> | undefined
  let failed = false
  let removed: () => void = () => {}
  const withdrawn = new Set<string>()
  let withdrawnAt: Moment | undefined

  const fetchKeys = async (): Promise<void> => {
    askedAt = momentOf(clock)
    failed = true
    const response = await issuer.fetch('/.well-known/jwks.json', {
      headers: { 'cache-control': 'no-cache' }, // a proxy may have kept a key that was withdrawn
      signal: AbortSignal.timeout(ANSWER_MILLISECONDS),
    })
    if (!response.ok) throw new VerifierUnavailable('issuer', `The keys of the issuer could not be read: ${response.status}.`)
    const { keys: published = [] } = (await readJson(response)) as { keys?: JWK[] }
    const now = new Map<string, VerificationKey>()
    for (const jwk of published) {
      const key = await imported(jwk)
      if (key && !withdrawn.has(key.kid)) now.set(key.kid, key)
    }
    if (now.size === 0) throw new VerifierUnavailable('issuer', 'The issuer publishes no keys that can be used.')
    const before = keys
    keys = now
    failed = false
    if ([...before.keys()].some((kid) => !now.has(kid))) removed()
  }
  const refresh = (): Promise<void> => {
    asking ??= fetchKeys().finally(() => {
      asking = undefined
    })
    return asking
  }

  return {
    find: (kid) => keys.get(kid),
    async lookUp(kid, namedBy = 'anybody') {
      const known = keys.get(kid)
      if (known) return known
      // Tokens of the key that took over come right after a withdrawal.
      const pace = withdrawnAt && since(clock, withdrawnAt) < REFETCH_MILLISECONDS.anybody ? 'issuer' : namedBy
      if (asking || !askedAt || since(clock, askedAt) >= REFETCH_MILLISECONDS[pace]) {
        await refresh().catch((error: unknown) => {
          throw error instanceof VerifierUnavailable ? error : new VerifierUnavailable('issuer', 'The keys of the issuer could not be read.', { cause: error })
        })
      } else if (failed) {
        throw new VerifierUnavailable('issuer', 'The keys of the issuer could not be read a moment ago.', { retryAfterSeconds: 10 })
      }
      return keys.get(kid)
    },
    refresh,
    withdraw(kid) {
      if (withdrawn.has(kid)) return
      withdrawn.add(kid)
      withdrawnAt = momentOf(clock)
      if (!keys.delete(kid)) return
      removed()
      // One that is under way may have been answered before the key that took over was there.
      void (asking ?? Promise.resolve()).catch(() => {}).then(() => refresh().catch(() => {}))
    },
    keepFresh() {
      const wanted = !askedAt || since(clock, askedAt) >= (failed ? REFETCH_MILLISECONDS.anybody : FRESH_MILLISECONDS)
      if (wanted && !asking) refresh().catch(() => {}) // the keys at hand go on; a token of an unknown one says what is wrong
    },
    onRemoved(heard) {
      removed = heard
    },
  }
}

/** Which way a key signs is the key's matter, never the token's (RFC 8725 section 3.1). Others than ours are passed over. */
async function imported(jwk: JWK): Promise<VerificationKey | null> {
  const { kid, alg, kty, crv, use = 'sig' } = jwk
  const ours = (alg === 'ES256' && kty === 'EC' && crv === 'P-256') || (alg === 'RS256' && kty === 'RSA')
  if (typeof kid !== 'string' || use !== 'sig' || 'd' in jwk || !ours) return null
  const key = await importJWK(jwk, alg).catch(() => null)
  return key && !(key instanceof Uint8Array) ? { kid, alg: alg as VerificationKey['alg'], key } : null
}
