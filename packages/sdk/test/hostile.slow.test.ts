import { refusalByRevocations } from '@muster/contract/revocation.ts'
import { createVerifier } from '@muster/sdk'
import { claimsOf } from '@muster/sdk/claims.ts'
import { byWebCrypto, digest } from '@muster/sdk/digest.ts'
import { Revocations, revocationOf } from '@muster/sdk/revocations.ts'
import { CompactSign, type CryptoKey, exportJWK, exportSPKI, generateKeyPair, type JWK, SignJWT } from 'jose'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Counting, eventually, movedClock, verdict } from './verifying.ts'

// Forged tokens against a verifier whose issuer, with its keys, is simulated by this test.

const issuer = 'https://muster.example.com'
const client = { clientId: 'cli_test', clientSecret: 'secret' }
let es: { publicKey: CryptoKey; privateKey: CryptoKey }
let rs: { publicKey: CryptoKey; privateKey: CryptoKey }
let other: { publicKey: CryptoKey; privateKey: CryptoKey }
let jwks: { keys: JWK[] }
let net: Counting
let jwksAnswers = true

const now = (): number => Math.floor(Date.now() / 1_000)
const person = { sub: 'usr_1', client_id: 'muster-cli', sid: 'ses_1', epoch: 1, org_id: 'org_1', org: 'acme', role: 'member', scope: 'openid api' }
const claims = (more: object = {}): Record<string, unknown> => ({
  iss: issuer,
  aud: issuer,
  iat: now(),
  exp: now() + 86_400,
  jti: crypto.randomUUID(),
  ...person,
  ...more,
})
const signed = (
  payload: Record<string, unknown>,
  { header = {}, key = es.privateKey }: { header?: object; key?: CryptoKey | Uint8Array } = {},
): Promise<string> => new SignJWT(payload as any).setProtectedHeader({ alg: 'ES256', typ: 'at+jwt', kid: 'es', ...header }).sign(key)
const encode = (value: unknown): string => Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64url')

beforeAll(async () => {
  es = await generateKeyPair('ES256', { extractable: true })
  rs = await generateKeyPair('RS256', { extractable: true })
  other = await generateKeyPair('ES256', { extractable: true })
  const jwk = async (key: CryptoKey, kid: string, alg: string): Promise<JWK> => ({ ...(await exportJWK(key)), kid, alg, use: 'sig' })
  jwks = { keys: [await jwk(es.publicKey, 'es', 'ES256'), await jwk(rs.publicKey, 'rs', 'RS256')] }
  const requests: string[] = []
  const json = (body: unknown, status = 200): Response => new Response(JSON.stringify(body), { status, headers: { 'content-type': 'application/json' } })
  net = {
    requests,
    fetch: async (input, init) => {
      const path = new URL(String(input)).pathname
      requests.push(path)
      if (path === '/.well-known/openid-configuration') return json({ issuer })
      if (path === '/.well-known/jwks.json') return jwksAnswers ? json(jwks) : json({}, 500)
      if (path === '/oauth/token') return json({ access_token: 'token' })
      if (path === '/ssf/streams') return init?.method === 'DELETE' ? new Response(null, { status: 204 }) : json({ stream_id: 'str_1' }, 201)
      await new Promise((resolve) => setTimeout(resolve, JSON.parse(String(init?.body)).returnImmediately ? 0 : 1_000))
      return json({ sets: {}, moreAvailable: false, muster: { status: 'enabled', lease_seconds: 30, current: true } })
    },
  }
})

const clock = movedClock()
let verifier: ReturnType<typeof createVerifier>
const told: string[] = []
beforeAll(async () => {
  verifier = createVerifier({ issuer, ...client, fetch: net.fetch, clock, onStale: 'refuse', remember: 1_000, onError: (error) => told.push(String(error)) })
  await verifier.ready()
})
afterAll(() => verifier.close())

test('a valid token is accepted with either type of key', async () => {
  expect(await verdict(verifier, await signed(claims()))).toBe('accepted')
  expect(await verdict(verifier, await signed(claims(), { header: { alg: 'RS256', kid: 'rs' }, key: rs.privateKey }))).toBe('accepted')
})

test('a token is refused unless a published key signed it with its algorithm (E01)', async () => {
  const spki = new TextEncoder().encode(await exportSPKI(es.publicKey))
  const bare = (header: object): string => `${encode(header)}.${encode(claims())}.`
  const good = await signed(claims())
  const [head = '', body = '', signature = ''] = good.split('.')
  const der = Buffer.concat([
    Buffer.from([0x30, 0x44, 0x02, 0x20]),
    Buffer.from(signature, 'base64url').subarray(0, 32),
    Buffer.from([0x02, 0x20]),
    Buffer.from(signature, 'base64url').subarray(32),
  ])
  const forged: Record<string, string> = {
    none: bare({ alg: 'none', typ: 'at+jwt', kid: 'es' }),
    nOnE: bare({ alg: 'nOnE', typ: 'at+jwt', kid: 'es' }),
    'none with a signature': `${encode({ alg: 'none', typ: 'at+jwt', kid: 'es' })}.${body}.${signature}`,
    'HS256 with the public key': await signed(claims(), { header: { alg: 'HS256' }, key: spki }),
    'another key': await signed(claims(), { key: other.privateKey }),
    'another key, brought along': await signed(claims(), { key: other.privateKey, header: { jwk: await exportJWK(other.publicKey) } }),
    jku: await signed(claims(), { header: { jku: 'https://evil.example/jwks.json' } }),
    x5u: await signed(claims(), { header: { x5u: 'https://evil.example/cert' } }),
    'RS256 by the kid of the EC key': await signed(claims(), { header: { alg: 'RS256' }, key: rs.privateKey }),
    'ES256 by the kid of the RSA key': await signed(claims(), { header: { kid: 'rs' } }),
    'ES384 said': `${encode({ alg: 'ES384', typ: 'at+jwt', kid: 'es' })}.${body}.${signature}`,
    crit: `${encode({ alg: 'ES256', typ: 'at+jwt', kid: 'es', crit: ['x'], x: 1 })}.${body}.${signature}`,
    'b64 false': await new CompactSign(new TextEncoder().encode(JSON.stringify(claims())))
      .setProtectedHeader({ alg: 'ES256', typ: 'at+jwt', kid: 'es', b64: true, crit: ['b64'] })
      .sign(es.privateKey),
    'no typ': await new SignJWT(claims() as any).setProtectedHeader({ alg: 'ES256', kid: 'es' }).sign(es.privateKey),
    'typ JWT, an id_token': await signed(claims(), { header: { typ: 'JWT' } }),
    'typ of a logout token': await signed(claims(), { header: { typ: 'logout+jwt' } }),
    'typ of an event': await signed(claims(), { header: { typ: 'secevent+jwt' } }),
    'no kid': await new SignJWT(claims() as any).setProtectedHeader({ alg: 'ES256', typ: 'at+jwt' }).sign(es.privateKey),
    'kid no string': `${encode({ alg: 'ES256', typ: 'at+jwt', kid: ['es'] })}.${body}.${signature}`,
    'kid __proto__': `${encode({ alg: 'ES256', typ: 'at+jwt', kid: '__proto__' })}.${body}.${signature}`,
    'zero signature': `${head}.${body}.${Buffer.alloc(64).toString('base64url')}`,
    'DER signature': `${head}.${body}.${der.toString('base64url')}`,
    'other last bits': `${head}.${body}.${signature.slice(0, -1)}${signature.endsWith('A') ? 'B' : 'A'}`,
    'another body': `${head}.${encode(claims({ role: 'admin' }))}.${signature}`,
    'body no JSON': await new CompactSign(new TextEncoder().encode('{')).setProtectedHeader({ alg: 'ES256', typ: 'at+jwt', kid: 'es' }).sign(es.privateKey),
    'body a list': await new CompactSign(new TextEncoder().encode('[]')).setProtectedHeader({ alg: 'ES256', typ: 'at+jwt', kid: 'es' }).sign(es.privateKey),
    'body no UTF-8': await new CompactSign(Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d]))
      .setProtectedHeader({ alg: 'ES256', typ: 'at+jwt', kid: 'es' })
      .sign(es.privateKey),
    'encrypted form': `${good}.${signature}.${signature}`,
    'header no object': `${encode('1')}.${body}.${signature}`,
  }
  for (const [name, token] of Object.entries(forged)) expect([name, await verdict(verifier, token)]).toEqual([name, 'invalid_token'])
})

test('no other issuer, audience or shape of a token is accepted (E04)', async () => {
  const wrong: Record<string, object> = {
    'other issuer': { iss: 'https://muster.example.com.evil.example' },
    'issuer with a slash': { iss: `${issuer}/` },
    'issuer in a list': { iss: [issuer] },
    'no issuer': { iss: undefined },
    'other audience': { aud: 'https://other.example' },
    'audience in a list': { aud: [issuer] },
    'audience among others': { aud: [issuer, 'https://other.example'] },
    'no audience': { aud: undefined },
    'no subject': { sub: undefined },
    'subject a number': { sub: 1 },
    'no jti': { jti: undefined },
    'no exp': { exp: undefined },
    'exp a text': { exp: String(now() + 60) },
    'epoch a text': { epoch: '9' },
    'no epoch': { epoch: undefined },
    'epoch below zero': { epoch: -1 },
    'epoch between two numbers': { epoch: 1.5 },
    'epoch of more than 31 bits': { epoch: 2 ** 31 },
    'epoch null': { epoch: null },
    'sid a list': { sid: ['ses_1'] },
    'no sid, yet a person': { sid: undefined },
    'role a number': { role: 1 },
    'a custom role without its revision': { role: 'custom', role_id: 'role_1' },
    'org_id a list': { org_id: ['org_1'] },
    'scope a list': { scope: ['api'] },
  }
  for (const [name, more] of Object.entries(wrong)) expect([name, await verdict(verifier, await signed(claims(more)))]).toEqual([name, 'invalid_token'])
  expect(await verdict(verifier, await signed(claims({ scope: 'openid profile' })))).toBe('insufficient_scope')
  expect(await verdict(verifier, await signed(claims({ scope: 'openid xapi' })))).toBe('insufficient_scope')
})

test.each(['exp', 'iat'])('a token is refused when its %s is not a finite number', async (claim) => {
  for (const number of ['1e999', '-1e999']) {
    const payload = JSON.stringify(claims()).replace(new RegExp(`"${claim}":[0-9.]+`), `"${claim}":${number}`)
    expect(payload).toContain(number)
    const token = await new CompactSign(Buffer.from(payload)).setProtectedHeader({ alg: 'ES256', typ: 'at+jwt', kid: 'es' }).sign(es.privateKey)
    expect([number, await verdict(verifier, token)]).toEqual([number, 'invalid_token'])
  }
})

test('claimsOf refuses an instant that is not finite, for a token and for an API key', () => {
  const token = claims() as Record<string, unknown>
  const key = { ...token, key_id: 'key_1', jti: undefined, exp: undefined }
  const about = { issuer, audience: issuer }
  expect([claimsOf(token, about)?.kind, claimsOf(key, about)?.kind]).toEqual(['user', 'user'])
  for (const base of [token, key])
    for (const claim of ['exp', 'iat'])
      for (const value of [Number.POSITIVE_INFINITY, Number.NaN, '1', null])
        expect([claim, value, claimsOf({ ...base, [claim]: value }, about)]).toEqual([claim, value, null])
})

test("a token's times may be off by five seconds, and no more (S54)", async () => {
  const times: [object, string][] = [
    [{ exp: now() - 2 }, 'accepted'],
    [{ exp: now() - 6 }, 'token_expired'],
    [{ nbf: now() + 3 }, 'accepted'],
    [{ nbf: now() + 30 }, 'invalid_token'],
    [{ nbf: 'now' }, 'invalid_token'],
    [{ nbf: '0' }, 'invalid_token'],
    [{ nbf: null }, 'invalid_token'],
    [{ nbf: now() - 30 }, 'accepted'],
  ]
  for (const [more, expected] of times) expect([more, await verdict(verifier, await signed(claims(more)))]).toEqual([more, expected])
})

describe('keys (E06)', () => {
  test('tokens with unknown kids cause at most one request a minute', async () => {
    const asked = (): number => net.requests.filter((path) => path.endsWith('jwks.json')).length
    clock.ahead += 61
    await eventually(() => verifier.isCurrent())
    const before = asked()
    const storm = await Promise.all(Array.from({ length: 200 }, (_, n) => signed(claims(), { header: { kid: `unknown-${n}` }, key: other.privateKey })))
    expect(new Set(await Promise.all(storm.map((token) => verdict(verifier, token))))).toEqual(new Set(['invalid_token']))
    for (const token of storm) await verdict(verifier, token)
    expect(asked() - before).toBeLessThanOrEqual(1)
  })

  test('an unknown key is not called invalid while the issuer does not answer', async () => {
    jwksAnswers = false
    clock.ahead += 61
    await eventually(() => verifier.isCurrent())
    const unknown = await signed(claims(), { header: { kid: 'new' }, key: other.privateKey })
    told.length = 0
    expect(await verdict(verifier, unknown)).toBe('unavailable: issuer')
    expect(await verdict(verifier, unknown)).toBe('unavailable: issuer')
    expect(told.filter((what) => what.includes('could not be read'))).toHaveLength(2)
    expect(await verdict(verifier, await signed(claims()))).toBe('accepted')
    jwksAnswers = true
  })

  test('a new key is accepted once it is published, and a withdrawn one refused', async () => {
    const old = await signed(claims())
    expect(await verdict(verifier, old)).toBe('accepted')
    jwks = { keys: [...jwks.keys.slice(1), { ...(await exportJWK(other.publicKey)), kid: 'new', alg: 'ES256', use: 'sig' }] }
    clock.ahead += 61
    await eventually(() => verifier.isCurrent())
    const fresh = await signed(claims(), { header: { kid: 'new' }, key: other.privateKey })
    expect(await verdict(verifier, fresh)).toBe('accepted')
    expect(await verdict(verifier, old)).toBe('invalid_token')
    // A verifier uses only public keys for signing: no symmetric key, no private key, and no key for encryption.
    const odd: JWK[] = [
      { kty: 'oct', k: 'AAAA', kid: 'oct', alg: 'HS256' },
      { ...(await exportJWK(other.privateKey)), kid: 'priv', alg: 'ES256' },
    ]
    jwks = { keys: [...jwks.keys, ...odd, { ...(await exportJWK(other.publicKey)), kid: 'enc', alg: 'ES256', use: 'enc' }] }
    clock.ahead += 61
    await eventually(() => verifier.isCurrent())
    for (const kid of ['oct', 'priv', 'enc'])
      expect(await verdict(verifier, await signed(claims(), { header: { kid }, key: other.privateKey }))).toBe('invalid_token')
  })
})

describe('bounded memory (E20)', () => {
  test('a verifier remembers at most the configured number of tokens', async () => {
    jwks = { keys: [...jwks.keys, { ...(await exportJWK(other.publicKey)), kid: 'many', alg: 'ES256', use: 'sig' }] }
    clock.ahead += 61
    await eventually(() => verifier.isCurrent())
    for (let round = 0; round < 1_500; round++) await verifier.verify(await signed(claims(), { header: { kid: 'many' }, key: other.privateKey }))
    expect(verifier.sizes().tokens).toBe(1_000)
  })

  test('a revocation is forgotten when every token it concerns has expired', () => {
    const revocations = new Revocations()
    let most = 0
    const start = 1_800_000_000
    for (let n = 0; n < 1_000_000; n++) {
      const at = start + Math.floor(n * 0.864)
      revocations.apply({ kind: 'token', subject: `jti-${n}`, value: { reason: 'token_revoked' }, expiresAt: at + 86_400 }, at)
      if (n % 1_000 === 0) most = Math.max(most, revocations.size)
    }
    // The bound is a day of revocations and a few minutes of grace.
    expect(most).toBeLessThan(102_000)
    revocations.sweep(start + 20 * 86_400)
    expect(revocations.size).toBe(0)
  })

  test('the strongest revocation of a subject is kept in any order of arrival', () => {
    const rows = [1, 5, 3, 5, 2].map((belowEpoch) => ({
      kind: 'user',
      subject: 'usr_1',
      value: { belowEpoch, reason: 'token_revoked' },
      expires_at: now() + 60,
    }))
    const revocations = new Revocations()
    for (const row of rows) revocations.apply(revocationOf(row) as NonNullable<ReturnType<typeof revocationOf>>, now())
    expect(revocations.size).toBe(1)
    const token = {
      kind: 'user',
      sub: 'usr_1',
      organizationId: 'org_1',
      organization: 'acme',
      role: 'member',
      scopes: new Set<string>(),
      epoch: 4,
      sessionId: 's',
      keyId: null,
      tokenId: 't',
      clientId: 'c',
      issuedAt: null,
      expiresAt: null,
    } as const
    expect(refusalByRevocations(revocations, token, true)).toEqual({ code: 'token_revoked' })
    expect(refusalByRevocations(revocations, { ...token, epoch: 5 }, true)).toBeNull()
  })

  test('revocations with equal values share one object', () => {
    const values = ['a', 'b'].map((subject) => revocationOf({ kind: 'token', subject, value: { reason: 'token_revoked' }, expires_at: 1 })?.value)
    expect(values[0]).toEqual({ reason: 'token_revoked' })
    expect(values[1]).toBe(values[0])
    const user = { belowEpoch: 3, reason: 'token_revoked' }
    expect(revocationOf({ kind: 'user', subject: 'usr_1', value: user, expires_at: 1 })?.value).toEqual(user)
  })

  test('a verifier keeps a revocation of an unknown kind, and one unreadable is a fault', () => {
    const row = { kind: 'user', subject: 'usr_1', value: { belowEpoch: 2 }, expires_at: 1 }
    for (const bad of [null, {}, { ...row, subject: 1 }, { ...row, value: null }, { ...row, value: { belowEpoch: 'x' } }, { ...row, expires_at: 'soon' }]) {
      expect(() => revocationOf(bad)).toThrow('cannot be read')
    }
    for (const value of [{ level: 1 }, 7, null]) {
      expect(revocationOf({ ...row, kind: 'galaxy', value })).toEqual({ kind: 'unknown', subject: 'usr_1', value: {}, expiresAt: 1 })
    }
  })
})

test('the digest by WebCrypto alone equals the fast one', async () => {
  for (const text of ['', 'abc', 'ä'.repeat(500)]) expect(await byWebCrypto(text)).toBe(await digest(text))
})
