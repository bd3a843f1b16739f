import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createVerifier, type VerifierOptions, VerifierUnavailable } from '@muster/sdk'
import { faultOfAudiences } from '@muster/sdk/configuration.ts'
import { freePort, type Muster, OPERATOR_TOKEN, startMuster } from '@muster/testkit/muster.ts'
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest'
import { aClient, aVerifier, type Credentials, eventually } from './verifying.ts'

// A wrong option is reported at once with what to do. An issuer that does not answer is waited for.

let muster: Muster
let client: Credentials
let aliasPort: number
beforeAll(async () => {
  muster = await startMuster({ env: { MUSTER_HOSTS: 'alias.localhost' } })
  client = await aClient(muster)
  aliasPort = Number(new URL(muster.url).port)
})
afterAll(() => muster?.close())

const closing: (() => unknown)[] = []
afterEach(async () => {
  for (const close of closing.splice(0)) await close()
})

/** Returns the fault with which `ready` rejects. The test times out if `ready` waits instead. */
async function faultOf(options: Partial<VerifierOptions>): Promise<VerifierUnavailable> {
  const verifier = createVerifier({ issuer: muster.url, ...client, onError: () => {}, ...options })
  closing.push(() => verifier.close())
  const fault = await verifier.ready(3_600).catch((error: unknown) => error)
  expect(fault).toBeInstanceOf(VerifierUnavailable)
  expect((fault as VerifierUnavailable).reason).toBe('configuration')
  await expect(verifier.verify('muster_uk_x')).rejects.toThrow()
  return fault as VerifierUnavailable
}

async function answering(status: number, headers: Record<string, string>): Promise<string> {
  const server = createServer((_request, response) => void response.writeHead(status, headers).end())
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve))
  closing.push(() => server.close())
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

test('ready rejects at once when the secret is wrong', async () => {
  expect((await faultOf({ clientSecret: `${client.clientSecret}x` })).message).toMatch(/refused the client cli_.*Check clientId and clientSecret/)
})

test.each(['clientId', 'clientSecret', 'issuer'] as const)('ready rejects at once when %s is missing', async (name) => {
  for (const value of [undefined, '']) expect((await faultOf({ [name]: value })).message).toContain(`createVerifier needs ${name}`)
})

test('ready rejects at once when the issuer is not an address', async () => {
  expect((await faultOf({ issuer: 'accounts.example.com' })).message).toContain('https://accounts.example.com')
})

test('ready rejects at once when the server has another issuer, and names it', async () => {
  // The server answers to this name, but its tokens have another issuer.
  const through: typeof fetch = (input, init) => {
    const headers = new Headers(init?.headers)
    return fetch(String(input).replace(`alias.localhost:${aliasPort}`, new URL(muster.url).host), { ...init, headers })
  }
  const issuer = `http://alias.localhost:${aliasPort}`
  expect((await faultOf({ issuer, fetch: through })).message).toContain(`Set issuer: '${muster.url}'`)
})

test('ready rejects at once when the server does not answer to the host', async () => {
  expect((await faultOf({ issuer: muster.url.replace('localhost', '127.0.0.1') })).message).toContain('MUSTER_HOSTS')
})

test.each([
  [301, { location: 'https://accounts.example.com/' }, 'redirects to https://accounts.example.com/'],
  [404, {}, 'There is no Muster at'],
])('ready rejects at once when the address answers %i', async (status, headers, expected) => {
  expect((await faultOf({ issuer: await answering(status, headers as Record<string, string>) })).message).toContain(expected)
})

test.each([[['signals']], [['introspect']]])('ready rejects at once when the client has only the scope %j', async (scopes) => {
  const fault = await faultOf(await aClient(muster, scopes))
  expect(fault.message).toMatch(/needs the scopes signals and introspect.*--scope signals introspect/)
})

test('a verifier that refuses when stale needs the scope signals alone', async () => {
  const verifier = await aVerifier(muster, { ...(await aClient(muster, ['signals'])), onStale: 'refuse' })
  await verifier.close()
})

test('ready rejects when a verifier with further audiences may not introspect (P21)', async () => {
  const fault = await faultOf({ ...(await aClient(muster, ['signals'])), onStale: 'refuse', otherAudiences: ['https://deploy.example.com'] })
  expect(fault.message).toMatch(/needs the scopes signals and introspect/)
})

test('ready rejects at once when the client lacks the grant', async () => {
  const body = { name: 'Application', grants: ['authorization_code'], redirect_uris: ['https://app.example.com/callback'], scopes: ['openid'] }
  const { body: other } = await muster.call('POST', '/v1/operator/clients', { token: OPERATOR_TOKEN, body })
  const fault = await faultOf({ clientId: other.id, clientSecret: other.secret })
  expect(fault.message).toContain('--grant client_credentials')
})

test('ready waits for an issuer that does not answer, and says why it gave up', async () => {
  const port = await freePort()
  const verifier = createVerifier({ issuer: `http://localhost:${port}`, ...client, onError: () => {} })
  closing.push(() => verifier.close())
  const fault = await verifier.ready(0.5).catch((error: unknown) => error as VerifierUnavailable)
  expect(fault).toMatchObject({ reason: 'stale', message: expect.stringContaining('ECONNREFUSED') })
})

test('faults are printed once without onError', async () => {
  const warn = vi.spyOn(console, 'warn').mockImplementation(() => {})
  let requests = 0
  const failing: typeof fetch = async () => {
    requests += 1
    throw new TypeError('fetch failed', { cause: new Error('the network is down') })
  }
  const verifier = createVerifier({ issuer: muster.url, ...client, fetch: failing })
  closing.push(() => verifier.close())
  await eventually(() => requests >= 3)
  expect(warn.mock.calls).toEqual([['muster: fetch failed (the network is down)']])
})

test('onError receives faults in place of the console', async () => {
  const warn = vi.spyOn(console, 'warn').mockImplementation(() => {})
  const faults: unknown[] = []
  const verifier = createVerifier({ issuer: muster.url, ...client, clientId: '', onError: (error) => faults.push(error) })
  await expect(verifier.ready()).rejects.toBe(faults[0])
  expect(warn).not.toHaveBeenCalled()
})

describe('a client and an audience', () => {
  const api = (name: string, more = {}) => ({
    name,
    audience: `https://${name}.example.com/v1`,
    permissions: { [`${name}:read`]: 'Read' },
    grant: { member: ['*'] },
    ...more,
  })
  const [deploy, bills, open] = [api('deploy'), api('bills'), api('open', { accept_default_audience: true })]
  beforeAll(async () => {
    const { status } = await muster.call('PUT', '/v1/operator/apis', { token: OPERATOR_TOKEN, body: { apis: [deploy, bills, open] } })
    expect(status).toBe(200)
  })
  /** Starts a verifier that can work, and returns the faults that it reports. */
  async function warningsOf(options: Partial<VerifierOptions> & Credentials): Promise<string[]> {
    const warnings: string[] = []
    const verifier = createVerifier({ issuer: muster.url, onError: (error) => warnings.push((error as Error).message), ...options })
    closing.push(() => verifier.close())
    await verifier.ready(60)
    return warnings
  }

  test.each([
    ['a trailing slash', `${deploy.audience}/`],
    ['another API', bills.audience],
    ['no audience', undefined],
  ])('ready rejects at once when the client of an API verifies for %s (P13)', async (_, audience) => {
    const own = await aClient(muster, ['signals', 'introspect'], deploy.audience)
    const { message } = await faultOf({ ...own, ...(audience && { audience }) })
    const named = audience ?? muster.config.audience
    expect(message).toContain(`The client ${own.clientId} belongs to the API ${deploy.audience}, and audience is ${named}.`)
    expect(message).toContain(`Set audience: '${deploy.audience}'`)
    expect(message).toContain(`muster server client create NAME --grant client_credentials --scope signals introspect --api ${named}`)
  })

  test('a verifier that can accept one of its audiences starts and reports the others', async () => {
    const ofOpen = await aClient(muster, ['signals', 'introspect'], open.audience)
    const own = muster.config.audience
    expect(await warningsOf({ ...ofOpen, audience: open.audience, otherAudiences: [own] })).toEqual([])
    expect(await warningsOf({ ...ofOpen, audience: own })).toEqual([])
    expect(await warningsOf({ ...ofOpen, audience: `${open.audience}/`, otherAudiences: [own] })).toEqual([
      expect.stringContaining("Set audience: 'https://open"),
    ])
    const ofDeploy = await aClient(muster, ['signals', 'introspect'], deploy.audience)
    expect(await warningsOf({ ...ofDeploy, audience: deploy.audience, otherAudiences: [own] })).toEqual([
      expect.stringContaining(`refuses tokens for ${own}. Remove that from otherAudiences.`),
    ])
  })

  test('a verifier whose client has no API starts, and reports an audience of an API', async () => {
    expect(await warningsOf({ ...client, audience: muster.config.audience })).toEqual([])
    expect((await faultOf({ audience: `${muster.config.audience}/` })).message).toContain(`Set audience: '${muster.config.audience}'`)
    // The operator may name the API later. Its tokens are then accepted by their signature.
    for (const audience of [deploy.audience, 'https://later.example.com'])
      expect(await warningsOf({ ...client, audience })).toEqual([expect.stringMatching(new RegExp(`belongs to no API.*--api ${audience}$`))])
  })

  test('ready rejects when the audience is left out and Muster has set another one', () => {
    const named = { issuer: muster.url, clientId: 'cli_1', scopes: ['signals'] }
    const stream = { muster: { api: null, audiences: ['urn:example:muster'] } }
    const found = faultOfAudiences(stream, { audience: muster.url }, named)
    expect([found?.isFatal, found?.fault.message]).toEqual([true, expect.stringContaining("Set audience: 'urn:example:muster'")])
  })

  test('a verifier starts at an issuer that does not say what its client is for', async () => {
    const earlier: typeof fetch = async (input, init) => {
      const answer = await fetch(input, init)
      if (new URL(String(input)).pathname !== '/ssf/streams' || init?.method !== 'POST') return answer
      const { muster: _, ...body } = (await answer.json()) as Record<string, unknown>
      return Response.json(body, { status: answer.status })
    }
    const own = await aClient(muster, ['signals', 'introspect'], deploy.audience)
    expect(await warningsOf({ ...own, audience: bills.audience, fetch: earlier })).toEqual([])
  })
})
