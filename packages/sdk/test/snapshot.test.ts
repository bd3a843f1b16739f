import { createHash } from 'node:crypto'
import { createVerifier, type Verifier, type VerifierOptions } from '@muster/sdk'
import { verifySnapshot } from '@muster/sdk/snapshot.ts'
import { type Human, type Muster, startMuster } from '@muster/testkit/muster.ts'
import { type CryptoKey, generateKeyPair, SignJWT } from 'jose'
import { sql } from 'kysely'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { aClient, type Credentials, counting, verdict } from './verifying.ts'

// A new verifier reads the revocations of a day as one signed snapshot, and continues by polls.

const issuer = 'https://muster.example.com'
const audience = 'cli_test'
const event = 'urn:muster:event-type:revocation-snapshot'

describe('the signature of a snapshot', () => {
  let key: { publicKey: CryptoKey; privateKey: CryptoKey }
  let other: { publicKey: CryptoKey; privateKey: CryptoKey }
  beforeAll(async () => {
    key = await generateKeyPair('RS256')
    other = await generateKeyPair('RS256')
  })
  const records = Buffer.from('records that nobody reads here')
  const sha256 = createHash('sha256').update(records).digest('base64url')
  const content = { sha256, bytes: records.length, count: 3 }

  interface Change {
    claims?: Record<string, unknown>
    header?: object
    signer?: CryptoKey
    body?: Buffer
  }
  async function snapshotWith({ claims = {}, header = {}, signer = key.privateKey, body = records }: Change = {}): Promise<Uint8Array<ArrayBuffer>> {
    const token = await new SignJWT({ iss: issuer, aud: audience, jti: 's.1', events: { [event]: content }, ...claims })
      .setProtectedHeader({ alg: 'RS256', typ: 'revocation-snapshot+jwt', kid: 'rs', ...header })
      .sign(signer)
    const length = Buffer.alloc(4)
    length.writeUInt32LE(token.length)
    return new Uint8Array(Buffer.concat([length, Buffer.from(token), body]))
  }
  const verify = (bytes: Uint8Array<ArrayBuffer>) => verifySnapshot(bytes, { issuer, audience, keyOf: async () => key.publicKey })

  test('a verifier accepts the snapshot that the issuer signed for it', async () => {
    expect(await verify(await snapshotWith())).toMatchObject({ jti: 's.1', count: 3, records: new Uint8Array(records) })
  })

  test('a verifier refuses a snapshot that was changed, cut or signed for another', async () => {
    const changed = Buffer.from(records)
    changed[5] = 0
    const wrong: Record<string, Change> = {
      'a changed byte': { body: changed },
      'a missing byte': { body: records.subarray(1) },
      'an additional byte': { body: Buffer.concat([records, Buffer.alloc(1)]) },
      'no records': { body: Buffer.alloc(0) },
      'another key': { signer: other.privateKey },
      'another issuer': { claims: { iss: 'https://evil.example' } },
      'another client': { claims: { aud: 'cli_other' } },
      'the type of an event': { header: { typ: 'secevent+jwt' } },
      'the type of an access token': { header: { typ: 'at+jwt' } },
      'another event': { claims: { events: { 'urn:muster:event-type:revocations': content } } },
      'no jti': { claims: { jti: undefined } },
      'no digest': { claims: { events: { [event]: { ...content, sha256: undefined } } } },
      'another digest': { claims: { events: { [event]: { ...content, sha256: sha256.toUpperCase() } } } },
      'more records than fit': { claims: { events: { [event]: { ...content, count: 1_000_000_000 } } } },
      'a negative number of records': { claims: { events: { [event]: { ...content, count: -1 } } } },
    }
    for (const [name, change] of Object.entries(wrong)) await expect(verify(await snapshotWith(change)), name).rejects.toThrow()
    for (const length of [0, 3, 4, 100]) await expect(verify((await snapshotWith()).slice(0, length)), `${length} bytes`).rejects.toThrow()
  })
})

describe('a verifier at a server with 20,000 revocations', () => {
  let muster: Muster
  let client: Credentials
  let people: Record<string, Human>
  const verifiers: Verifier[] = []
  beforeAll(async () => {
    muster = await startMuster()
    client = await aClient(muster)
    people = await muster.organization({ ada: 'admin', bob: 'member', cyd: 'member' })
    await sql`insert into revocation (kind, subject, value, expires_at)
      select 'session', 'ses_gone' || n, '{"reason":"token_revoked"}', now() + interval '1 day' from generate_series(1, 20000) n`.execute(
      muster.server.database.kysely,
    )
  })
  afterAll(() => muster?.close())
  afterEach(async () => {
    for (const verifier of verifiers.splice(0)) await verifier.close()
  })

  const start = async (options: Partial<VerifierOptions> = {}): Promise<Verifier> => {
    const verifier = createVerifier({ issuer: muster.url, ...client, onStale: 'refuse', ...options })
    verifiers.push(verifier)
    await verifier.ready(60)
    return verifier
  }
  const tokenOf = (name: string): string => people[name]?.token ?? ''
  const deactivate = (name: string) =>
    muster.call('POST', `/v1/organizations/ada/members/${name}/deactivate`, { token: tokenOf('ada'), headers: { prefer: 'wait=5' } })
  const isSnapshot = (path: string): boolean => path.endsWith('/snapshot')

  test('it refuses exactly the revoked ones after one request for the snapshot', async () => {
    const { fetch, requests } = counting()
    await deactivate('bob')
    const verifier = await start({ fetch })
    expect(requests.filter(isSnapshot)).toHaveLength(1)
    expect(requests.filter((path) => path.endsWith('/poll')).length).toBeLessThanOrEqual(2)
    expect(verifier.sizes().revocations).toBeGreaterThan(20_000)
    expect([await verdict(verifier, tokenOf('ada')), await verdict(verifier, tokenOf('bob'))]).toEqual(['accepted', 'user_deactivated'])
  })

  test('it refuses a token revoked between the snapshot and the first poll', async () => {
    const verifier = await start({
      fetch: async (input, init) => {
        const answer = await fetch(input, init)
        if (isSnapshot(String(input))) await deactivate('cyd')
        return answer
      },
    })
    expect(await verdict(verifier, tokenOf('cyd'))).toBe('user_deactivated')
  })

  test.each<[string, (answer: Response) => Response | Promise<Response>]>([
    ['a changed snapshot', async (answer) => new Response((await answer.bytes()).with(-1, 0x7f))],
    ['half of the snapshot', async (answer) => new Response((await answer.bytes()).subarray(0, 100_000))],
    ['no snapshot', () => Response.json({}, { status: 404 })],
    ['a fault', () => Response.json({}, { status: 500 })],
  ])('it reads everything by polls when the server sends %s', async (_, changed) => {
    const verifier = await start({
      onError: () => {},
      fetch: async (input, init) => {
        const answer = await fetch(input, init)
        return isSnapshot(String(input)) ? changed(answer) : answer
      },
    })
    expect(verifier.sizes().revocations).toBeGreaterThan(20_000)
    expect(await verdict(verifier, tokenOf('bob'))).toBe('user_deactivated')
  })

  test('it reads everything by polls at a server of the version before', async () => {
    const requests: string[] = []
    const verifier = await start({
      fetch: async (input, init) => {
        const path = new URL(String(input)).pathname
        requests.push(path)
        const answer = await fetch(input, init)
        if (path !== '/ssf/streams' || init?.method !== 'POST') return answer
        const { snapshot_endpoint: _, ...earlier } = (await answer.json()) as Record<string, unknown>
        return Response.json(earlier, { status: 201 })
      },
    })
    expect(requests.some(isSnapshot)).toBe(false)
    expect(verifier.sizes().revocations).toBeGreaterThan(20_000)
  })

  test('it reports a snapshot that it cannot read', async () => {
    const errors: unknown[] = []
    await start({
      onError: (error) => errors.push(error),
      fetch: async (input, init) => (isSnapshot(String(input)) ? new Response(new Uint8Array(50)) : fetch(input, init)),
    })
    expect(String(errors[0])).toBe('Error: The snapshot of the issuer could not be read.')
  })
})
