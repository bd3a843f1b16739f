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
  /** Searches the keys of the last fetch. */
  find(kid: string): VerificationKey | undefined
  /**
   * Fetches the keys again to find an unknown one. At most once a minute, because anyone can send made-up key ids (E06); sooner when the issuer itself named
   * the key in its stream.
   * @throws VerifierUnavailable when the issuer does not answer
   */
  lookUp(kid: string, namedBy?: 'anybody' | 'issuer'): Promise<VerificationKey | undefined>
  refresh(): Promise<void>
  /** Removes a key that the issuer withdrew, permanently, and fetches the others again. */
  withdraw(kid: string): void
  /** Fetches the keys again when they are some minutes old. */
  keepFresh(): void
  /** Sets the callback for a key that is no longer published. Every token that the key signed is invalid. */
  onRemoved(heard: () => void): void
}

const REFETCH_MILLISECONDS = { anybody: 60_000, issuer: 2_000 }
/** Shorter than the ten minutes for which a new key is published before it signs. */
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
      headers: { 'cache-control': 'no-cache' }, // A proxy may have cached a withdrawn key.
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
      // Tokens signed by the replacement key arrive soon after a withdrawal.
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
      // A pending response may have been produced before the replacement key existed.
      void (asking ?? Promise.resolve()).catch(() => {}).then(() => refresh().catch(() => {}))
    },
    keepFresh() {
      const wanted = !askedAt || since(clock, askedAt) >= (failed ? REFETCH_MILLISECONDS.anybody : FRESH_MILLISECONDS)
      if (wanted && !asking) refresh().catch(() => {}) // The present keys stay in use. A token of an unknown key reports the fault.
    },
    onRemoved(heard) {
      removed = heard
    },
  }
}

/** The key determines the algorithm, never the token (RFC 8725 section 3.1). Keys that Muster does not use are ignored. */
async function imported(jwk: JWK): Promise<VerificationKey | null> {
  const { kid, alg, kty, crv, use = 'sig' } = jwk
  const ours = (alg === 'ES256' && kty === 'EC' && crv === 'P-256') || (alg === 'RS256' && kty === 'RSA')
  if (typeof kid !== 'string' || use !== 'sig' || 'd' in jwk || !ours) return null
  const key = await importJWK(jwk, alg).catch(() => null)
  return key && !(key instanceof Uint8Array) ? { kid, alg: alg as VerificationKey['alg'], key } : null
}
