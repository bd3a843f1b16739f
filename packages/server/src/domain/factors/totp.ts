import { Secret, TOTP } from 'otpauth'

// The codes of authenticator apps (RFC 6238), with the parameters that every app supports: SHA-1, six digits, 30 seconds.

const STEP_SECONDS = 30
/** The clock of a phone may be this many steps off. */
const WINDOW = 1

const totpOf = (secret: string, more: { issuer?: string; label?: string } = {}): TOTP =>
  new TOTP({ algorithm: 'SHA1', digits: 6, period: STEP_SECONDS, secret: Secret.fromBase32(secret), ...more })

/** A new secret of 160 bits, in base32. */
export const newTotpSecret = (): string => new Secret({ size: 20 }).base32

/** The address that an app reads from a QR code. */
export const totpAddress = (secret: string, { issuer, account }: { issuer: string; account: string }): string =>
  totpOf(secret, { issuer, label: account }).toString()

/** The number of the 30 seconds that the code is for, within one step of `now`. Null for a wrong code. */
export function totpStep(secret: string, code: string, now: Date): number | null {
  const delta = totpOf(secret).validate({ token: code, timestamp: now.getTime(), window: WINDOW })
  return delta === null ? null : Math.floor(now.getTime() / 1000 / STEP_SECONDS) + delta
}
