import { expect, test } from 'vitest'
import { authenticate } from '../src/http.ts'
import { type MemberClaims, type RecentSignIn, refusalOf, requireRecentSignIn } from '../src/index.ts'

const NOW = 1_800_000_000
const clock = { wall: () => NOW * 1_000 }
const caller: Pick<MemberClaims, 'sessionId' | 'keyId' | 'authenticatedAt' | 'acr' | 'amr'> = {
  sessionId: 'ses_1',
  keyId: null,
  authenticatedAt: NOW - 600,
  acr: 'urn:muster:acr:two-factors',
  amr: ['pwd', 'otp', 'mfa'],
}
const check = (claims: Partial<typeof caller>, options: RecentSignIn = {}) => {
  try {
    requireRecentSignIn({ ...caller, ...claims }, { clock, ...options })
    return null
  } catch (error) {
    return refusalOf(error)
  }
}

test('a sign-in of ten minutes ago is recent, and one a second older is not (F14)', () => {
  expect(check({})).toBe(null)
  const refusal = check({ authenticatedAt: NOW - 601 })
  expect(refusal).toMatchObject({ status: 401, body: { code: 'insufficient_user_authentication', max_age: 600, command: 'muster confirm' } })
  expect(refusal?.headers['www-authenticate']).toBe(
    'Bearer error="insufficient_user_authentication", error_description="This requires a recent sign-in.", max_age="600"',
  )
  expect(check({ authenticatedAt: NOW - 601 }, { maxAge: 900 })).toBe(null)
})

test('a token that does not say when its person signed in is refused (F14)', () => {
  expect(check({ authenticatedAt: null })?.status).toBe(401)
})

test('a remembered browser or a provider alone is no recent sign-in (F11, F20)', () => {
  const acr = 'urn:muster:acr:one-factor'
  expect(check({ acr, amr: ['pwd'] })).toBe(null)
  for (const amr of [['pwd', 'rba'], ['fed']]) expect(check({ acr, amr })?.status).toBe(401)
})

test('only a passkey is phishing-resistant (F14)', () => {
  const refusal = check({}, { phishingResistant: true })
  expect(refusal?.body).toMatchObject({ code: 'insufficient_user_authentication', acr_values: 'phr' })
  expect(refusal?.headers['www-authenticate']).toContain('acr_values="phr", max_age="600"')
  expect(check({ acr: 'phr' }, { phishingResistant: true })).toBe(null)
  expect(check({ acr: null }, { phishingResistant: true })?.status).toBe(401)
})

test('a key is refused unless the resource server accepts keys (F15)', () => {
  const key = { sessionId: null, keyId: 'key_1', authenticatedAt: null, acr: null }
  expect(check(key)).toMatchObject({ status: 403, body: { code: 'forbidden' } })
  expect(check(key, { keys: true })).toBe(null)
  expect(check({ ...key, keyId: null }, { keys: true })?.status).toBe(403)
})

test('protect refuses an old sign-in where a route requires a recent one (F14)', async () => {
  const verifier = { verify: async () => ({ ...caller, authenticatedAt: NOW - 601, organizationId: 'org_1', role: 'admin' }) as MemberClaims }
  await expect(authenticate(verifier, 'Bearer x', { recent: { clock } })).rejects.toMatchObject({ code: 'insufficient_user_authentication' })
  await expect(authenticate(verifier, 'Bearer x', {})).resolves.toBeTruthy()
})

test('an age that is not a number of seconds is refused by the function itself', () => {
  expect(() => requireRecentSignIn(caller, { maxAge: Number.NaN })).toThrow(RangeError)
})
