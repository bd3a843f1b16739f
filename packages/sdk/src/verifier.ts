import { type AccessTokenReader, createAccessTokenReader } from './access-token.ts'
import { createApiKeys, looksLikeKey } from './api-keys.ts'
import { type Claims, claimsOf } from './claims.ts'
import { type Clock, systemClock, TOLERANCE_SECONDS } from './clock.ts'
import { digest } from './digest.ts'
import { TokenRefused, VerifierUnavailable } from './errors.ts'
import { createIssuer, type IssuerOptions } from './issuer.ts'
import { createKeys } from './jwks.ts'
import { createReceiver } from './receiver.ts'
import { Revocations } from './revocations.ts'

export interface VerifierOptions extends IssuerOptions {
  /** As in the token's `aud`: the issuer's own address, unless the operator chose another. */
  audience?: string | undefined
  /** How many seconds this process goes on by what it knows when it hears nothing from the issuer. 10 to 300, 30 unless said. */
  lease?: number | undefined
  /** What to do after that: ask the issuer about each credential, or refuse. Accepting is not among them. */
  onStale?: 'introspect' | 'refuse' | undefined
  /** What a person's token must have been given; null for nothing in particular. `api` unless said: the right to act as the person. */
  scope?: string | null | undefined
  /** Take the tokens that clients have for themselves, too. They end within the hour, and not before. */
  clients?: boolean | undefined
  /** What an admin reads who waits for this process. */
  description?: string | undefined
  /** So many verified tokens are remembered. */
  remember?: number | undefined
  /** What goes wrong in the background, which is tried again in any case; and each time that it could not be found out whether a credential is good. */
  onError?: ((error: unknown) => void) | undefined
  clock?: Clock | undefined
}

export interface Verifier {
  /** Resolves when tokens can be checked. @throws VerifierUnavailable when the issuer does not answer for so many seconds (30) */
  ready(seconds?: number): Promise<void>
  /**
   * Who it is. No request goes out for an access token: signature, time, and what ended meanwhile are checked here. An API key is asked about once.
   * @throws TokenRefused when the credential is not good
   * @throws VerifierUnavailable when that could not be found out
   */
  verify(token: string): Promise<Claims>
  /** Whether it goes by what it knows, at this moment. */
  isCurrent(): boolean
  /** For a page of health: how much is kept. */
  sizes(): { revocations: number; tokens: number }
  /** Ends the stream, so that no admin waits for this process. */
  close(): Promise<void>
}

export function createVerifier(options: VerifierOptions): Verifier {
  const { lease = 30, onStale = 'introspect', scope = 'api', clients = false, remember = 20_000, description = null, clock = systemClock } = options
  if (!Number.isInteger(lease) || lease < 10 || lease > 300) throw new RangeError('lease: a whole number of seconds from 10 to 300.')
  if (!Number.isInteger(remember) || remember < 1) throw new RangeError('remember: a whole number, at least 1.')
  if (onStale !== 'introspect' && onStale !== 'refuse') throw new RangeError("onStale: 'introspect' or 'refuse'.")
  const issuer = createIssuer(options, clock)
  const audience = options.audience ?? issuer.url
  const keys = createKeys({ issuer, clock })
  const revocations = new Revocations()
  const onError = (error: unknown): void => {
    try {
      options.onError?.(error)
    } catch {
      // A log that fails is no answer to who asks.
    }
  }
  const receiver = createReceiver({ issuer, keys, revocations, lease, description, clock, onError })
  const accessTokens: AccessTokenReader = createAccessTokenReader({ keys, issuer: issuer.url, audience, clock })
  const apiKeys = createApiKeys({ issuer, audience, clock, most: remember })
  /** Verified tokens, never the decision about them. A bound keeps memory flat whatever comes (E20). */
  const remembered = new Map<string, Claims>()
  let withdrawals = 0
  keys.onRemoved(() => {
    withdrawals += 1
    remembered.clear()
  })
  let closed = false

  const requireTime = ({ expiresAt }: Claims): void => {
    if (expiresAt !== null && (expiresAt + TOLERANCE_SECONDS) * 1_000 <= clock.wall()) throw new TokenRefused('token_expired')
  }

  /** Everything that may be different by the next request, in the order of S36. */
  const admit = (claims: Claims, isCurrent: boolean): Claims => {
    requireTime(claims)
    revocations.requireStanding(claims, isCurrent)
    if (claims.kind === 'client') {
      if (!clients) throw new TokenRefused('forbidden', "This is for people; the token is a client's own.")
      return claims
    }
    if (claims.organizationId === null) throw new TokenRefused('user_not_registered')
    if (scope !== null && !claims.scopes.has(scope)) throw new TokenRefused('insufficient_scope', `This needs a token with the scope "${scope}".`, { scope })
    // What the issuer said just now is newer than what is remembered of roles.
    if (!isCurrent) return claims
    const role = revocations.roleOf(claims)
    return role === claims.role ? claims : Object.freeze({ ...claims, role })
  }

  const readToken = async (token: string, print: string): Promise<Claims> => {
    const known = remembered.get(print)
    if (known) return known
    const before = withdrawals
    const claims = await accessTokens.read(token)
    requireTime(claims)
    // Its key may have been withdrawn while it was looked at.
    if (withdrawals !== before) return accessTokens.read(token)
    if (remembered.size >= remember) remembered.delete(remembered.keys().next().value as string)
    remembered.set(print, claims)
    return claims
  }

  const slowly = async (token: string, print: string): Promise<Claims> => {
    try {
      return await found(token, print)
    } catch (error) {
      if (error instanceof VerifierUnavailable) onError(error)
      throw error
    }
  }

  const found = async (token: string, print: string): Promise<Claims> => {
    if (closed) throw new VerifierUnavailable('closed', 'This verifier was closed.')
    const isKey = looksLikeKey(token)
    if (isKey && onStale === 'refuse') requireCurrent()
    const claims = isKey ? await apiKeys.read(token, print, receiver.isCurrent) : await readToken(token, print)
    // Looked at after everything that was waited for: what ended meanwhile counts.
    if (receiver.isCurrent()) return admit(claims, true)
    // What is known to have ended stays so; only what is not known has to be asked.
    const admitted = admit(claims, false)
    if (onStale === 'refuse') requireCurrent()
    // A key was asked about just now.
    return isKey ? admitted : admit(await asked(token, claims), false)
  }

  const asked = async (token: string, claims: Claims): Promise<Claims> => {
    const answer = await issuer.introspect(token)
    const now = answer && claimsOf(answer, { issuer: issuer.url, audience })
    if (now?.sub !== claims.sub && now) throw new VerifierUnavailable('issuer', 'The issuer answered about somebody else.')
    if (!now) throw (await issuer.whyNot(token)) ?? new TokenRefused('token_revoked')
    return now
  }

  const requireCurrent = (): void => {
    if (!receiver.isCurrent()) throw new VerifierUnavailable('stale', `Nothing was heard from ${issuer.url} for ${lease} s.`)
  }

  const later = async (token: string, print: Promise<string>): Promise<Claims> => slowly(token, await print)

  return {
    ready: (seconds = 30) => receiver.ready(seconds),
    isCurrent: receiver.isCurrent,
    verify(token) {
      const print = digest(token)
      if (typeof print !== 'string') return later(token, print)
      const known = remembered.get(print)
      if (!known || !receiver.isCurrent()) return slowly(token, print)
      try {
        return Promise.resolve(admit(known, true))
      } catch (error) {
        return Promise.reject(error)
      }
    },
    sizes: () => ({ revocations: revocations.size, tokens: remembered.size }),
    async close() {
      closed = true
      remembered.clear()
      await receiver.close()
    },
  }
}
