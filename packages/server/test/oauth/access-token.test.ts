import assert from 'node:assert/strict'
import { createHmac, generateKeyPairSync, sign } from 'node:crypto'
import { type Muster, startMuster } from '@muster/testkit/muster.ts'
import { CompactSign, decodeJwt, decodeProtectedHeader, exportSPKI, importJWK, type JWTPayload, SignJWT } from 'jose'
import { afterAll, beforeAll, test } from 'vitest'
import { deviceLogin } from './conversation.ts'

let muster: Muster
let token: string
let payload: JWTPayload
let kid: string
beforeAll(async () => {
  muster = await startMuster()
  token = (await deviceLogin(muster, await muster.person('ada'))).access_token
  payload = decodeJwt(token)
  kid = decodeProtectedHeader(token).kid ?? ''
})
afterAll(() => muster.close())

const encode = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url')
const codeOf = async (forged: string): Promise<string> => {
  const { status, body } = await muster.call('GET', '/v1/me', { token: forged })
  return status === 401 ? body.code : `${status}`
}

/** Signs a token with the real signing key, as if an attacker could choose everything but the key. */
async function signed(header: Record<string, unknown>, claims: Record<string, unknown> = {}): Promise<string> {
  const { keys } = muster.server.services
  const row = await muster.server.database.kysely.selectFrom('signing_key').selectAll().where('kid', '=', kid).executeTakeFirstOrThrow()
  const key = await importJWK(JSON.parse(keys.of(0).open('signing-key', kid, row.private_jwk)), 'ES256')
  return new SignJWT({ ...payload, ...claims }).setProtectedHeader({ alg: 'ES256', typ: 'at+jwt', kid, ...header }).sign(key)
}

test('a token signed by this test is accepted, so the others fail for their own reason', async () => {
  assert.equal(await codeOf(await signed({})), '200')
})

test('a token is refused when one of its times is not a valid date', async () => {
  const { keys } = muster.server.services
  const row = await muster.server.database.kysely.selectFrom('signing_key').selectAll().where('kid', '=', kid).executeTakeFirstOrThrow()
  const key = await importJWK(JSON.parse(keys.of(0).open('signing-key', kid, row.private_jwk)), 'ES256')
  for (const claim of ['exp', 'iat'])
    for (const time of ['1e999', '-1e999', '1e300', '8640000000001', '"1"', 'null', '[1]']) {
      // The claims are edited as text because JSON.stringify writes null for Infinity.
      const text = JSON.stringify(payload).replace(new RegExp(`"${claim}":\\d+`), `"${claim}":${time}`)
      const forged = await new CompactSign(Buffer.from(text)).setProtectedHeader({ alg: 'ES256', typ: 'at+jwt', kid }).sign(key)
      assert.equal(await codeOf(forged), 'invalid_token', `${claim} ${time}`)
    }
})

test('a token is refused without a signature, or with the public key as a secret (E01)', async () => {
  const { keys } = (await muster.call('GET', '/.well-known/jwks.json')).body
  const jwk = keys.find((key: { kid: string }) => key.kid === kid)
  const spki = await exportSPKI((await importJWK(jwk, 'ES256', { extractable: true })) as import('node:crypto').webcrypto.CryptoKey)
  const [head = '', body = '', signature = ''] = token.split('.')
  const forged = [
    `${encode({ alg: 'none', typ: 'at+jwt', kid })}.${body}.`,
    `${encode({ alg: 'None', typ: 'at+jwt', kid })}.${body}.${signature}`,
    `${head}.${body}.`,
    `${head}.${body}`,
  ]
  for (const secret of [spki, spki.trim(), JSON.stringify(jwk), jwk.x, kid, '']) {
    const input = `${encode({ alg: 'HS256', typ: 'at+jwt', kid })}.${body}`
    forged.push(`${input}.${createHmac('sha256', secret).update(input).digest('base64url')}`)
  }
  for (const one of forged) assert.equal(await codeOf(one), 'invalid_token', one.slice(0, 60))
})

test('a token with another key, curve, signature or payload is refused (E01)', async () => {
  const [head = '', body = '', signature = ''] = token.split('.')
  const forged: string[] = []
  for (const namedCurve of ['P-256', 'P-384', 'secp256k1']) {
    const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve })
    for (const extra of [{}, { jwk: publicKey.export({ format: 'jwk' }) }, { jku: 'https://evil.example/jwks' }]) {
      const input = `${encode({ alg: 'ES256', typ: 'at+jwt', kid, ...extra })}.${body}`
      forged.push(`${input}.${sign('sha256', Buffer.from(input), { key: privateKey, dsaEncoding: 'ieee-p1363' }).toString('base64url')}`)
    }
  }
  forged.push(`${head}.${encode({ ...payload, sub: 'usr_01h00000000000000000000000' })}.${signature}`)
  forged.push(
    `${head}.${body}.${Buffer.alloc(64).toString('base64url')}`,
    `${head}.${body}.${signature}=`,
    `${head}.${body}.${signature}A`,
    `${token}.${signature}`,
  )
  for (const one of forged) assert.match(await codeOf(one), /^invalid_token$/, one.slice(-40))
})

test('a token is refused when its header has crit, b64, another type or kid (E01)', async () => {
  const forged = [
    await signed({ typ: 'JWT' }),
    await signed({ typ: undefined }),
    await signed({ typ: 'at+JWT; x' }),
    await signed({ kid: 'unknown' }),
    await signed({ kid: undefined }),
    await signed({ x5c: ['abc'] }),
  ]
  const [, body = '', signature = ''] = token.split('.')
  for (const header of [{ crit: ['b64'], b64: false }, { crit: [] }, { b64: true }])
    forged.push(`${encode({ alg: 'ES256', typ: 'at+jwt', kid, ...header })}.${body}.${signature}`)
  for (const one of forged) assert.equal(await codeOf(one), 'invalid_token')
})

test('a token is refused when its issuer, audience or claims are not exact (E04)', async () => {
  const { url, config } = muster
  const changes: Record<string, unknown>[] = [
    { iss: 'https://evil.example' },
    { iss: `${url}/` },
    { iss: [url] },
    { iss: undefined },
    { aud: 'https://evil.example' },
    { aud: [config.audience, 'https://evil.example'] },
    { aud: [config.audience] },
    { aud: undefined },
    { aud: `${config.audience} ` },
    { sub: undefined },
    { exp: undefined },
    { exp: `${payload.exp}` },
    { sid: undefined },
    { sid: 'ses_x' },
    { sid: 7 },
    { epoch: '0' },
    { epoch: -1 },
    { epoch: 0.5 },
    { epoch: 2 ** 31 },
    { epoch: null },
    { exp: 9e15 },
    { iat: 'now' },
    { nbf: Math.floor(Date.now() / 1000) + 60 },
    { nbf: '0' },
    { nbf: null },
    { org_id: 7 },
    { jti: undefined },
    { client_id: undefined },
  ]
  for (const change of changes) assert.equal(await codeOf(await signed({}, change)), 'invalid_token', JSON.stringify(change))
  // These claims have the form of a client's token, and a client has no profile.
  assert.equal(await codeOf(await signed({}, { sub: 'muster-cli', sid: undefined, epoch: undefined })), '403')
})

test('a token is refused when its session belongs to another user', async () => {
  const bob = await muster.person('bob')
  assert.equal(await codeOf(await signed({}, { sub: bob.id })), 'invalid_token')
})

test('an ID token is refused as an access token', async () => {
  const { id_token } = await deviceLogin(muster, await muster.person('cat'))
  assert.equal(await codeOf(id_token ?? ''), 'invalid_token')
})

test("a token is refused when its epoch is not the user's", async () => {
  assert.equal(await codeOf(await signed({}, { epoch: 7 })), 'token_revoked')
})
