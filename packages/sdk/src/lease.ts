import { type Clock, type Moment, since } from './clock.ts'

/**
 * How long a verifier decides from memory without news from the issuer (S59). While the lease is valid, every revocation of up to `seconds` ago is known. Afterwards
 * the verifier introspects each credential, or refuses all of them (`onStale`), and accepts none while the issuer is down.
 */
export interface Lease {
  seconds: number
  isValid(): boolean
  /** @param from when the request was sent. The issuer counts from its arrival, so the lease expires here first. */
  renew(from: Moment): void
  /** Ends it at once, because the issuer no longer waits for this process. */
  end(): void
}

/** @throws RangeError */
export function createLease(seconds: number, clock: Clock): Lease {
  if (!Number.isInteger(seconds) || seconds < 10 || seconds > 300) throw new RangeError('lease: a whole number of seconds from 10 to 300.')
  let heardAt: Moment | null = null
  return {
    seconds,
    isValid: () => heardAt !== null && since(clock, heardAt) < seconds * 1_000,
    renew(from) {
      heardAt = from
    },
    end() {
      heardAt = null
    },
  }
}
