import { request as httpRequest } from 'node:http'
import { connect } from 'node:net'
import { type Human, type Muster, OPERATOR_TOKEN, startMuster } from '@muster/testkit/muster.ts'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { browserOf } from '../oauth/conversation.ts'

const METRICS_TOKEN = 'the-token-of-a-scraper-that-is-only-made-for-a-test'
let local: Muster
let exposed: Muster
let people: Record<string, Human>
beforeAll(async () => {
  local = await startMuster()
  exposed = await startMuster({
    env: { MUSTER_ISSUER: 'https://accounts.example.com', MUSTER_METRICS_TOKEN: METRICS_TOKEN, MUSTER_API_DOCS: 'off', MUSTER_SMTP_URL: 'smtp://127.0.0.1:1' },
  })
  people = await local.organization({ ada: 'admin', bob: 'member' })
})
afterAll(async () => {
  await local.close()
  await exposed.close()
})

/** Sends a request as a proxy on the same machine that adds no header. */
const status = (muster: Muster, path: string, headers: Record<string, string> = {}): Promise<number> =>
  new Promise((resolve, reject) => {
    const { port } = muster.server
    httpRequest({ host: '127.0.0.1', port, path, headers: { host: `127.0.0.1:${port}`, ...headers } }, (answer) => {
      answer.resume()
      resolve(answer.statusCode ?? 0)
    })
      .on('error', reject)
      .end()
  })

describe('/metrics', () => {
  test('is hidden behind a local proxy that adds no header', async () => {
    expect(await status(exposed, '/metrics')).toBe(404)
    expect(await status(exposed, '/metrics', { authorization: 'Bearer wrong' })).toBe(404)
  })

  test("accepts the scraper's token and the operator's token", async () => {
    for (const token of [METRICS_TOKEN, OPERATOR_TOKEN]) expect(await status(exposed, '/metrics', { authorization: `Bearer ${token}` })).toBe(200)
  })

  test('has a token that operator routes refuse', async () => {
    const answer = await status(exposed, '/v1/operator/clients', { authorization: `Bearer ${METRICS_TOKEN}`, host: 'accounts.example.com' })
    expect(answer).toBe(401)
  })

  test('needs no token on the machine itself while the issuer is on localhost', async () => {
    expect(await status(local, '/metrics')).toBe(200)
    for (const headers of [{ 'x-forwarded-for': '203.0.113.7' }, { via: '1.1 proxy' }, { 'x-real-ip': '203.0.113.7' }, { host: 'evil.example' }] as Record<
      string,
      string
    >[])
      expect(await status(local, '/metrics', headers)).toBe(404)
  })
})

test('the API reference is not served when it is switched off', async () => {
  const host = 'accounts.example.com'
  for (const path of ['/docs', '/docs/', '/openapi.json', '/docs/js/scalar.js']) {
    expect([path, await status(exposed, path, { host })]).toEqual([path, 404])
    expect([path, (await fetch(local.url + path)).status]).toEqual([path, 200])
  }
})

test('the API reference sends less than 1 MiB to a browser', async () => {
  let sent = 0
  for (const path of ['/docs/', '/docs/js/scalar.js', '/openapi.json']) {
    const { rawPayload } = await local.server.app.inject({
      url: path,
      headers: { host: new URL(local.url).host, 'accept-encoding': 'gzip, deflate, br, zstd' },
    })
    sent += rawPayload.length
  }
  expect(sent).toBeLessThan(2 ** 20)
})

test('the API reference runs only its own scripts, with a new nonce each time', async () => {
  const answers = await Promise.all(['/docs/', '/docs/'].map((path) => fetch(local.url + path)))
  const nonces = answers.map(({ headers }) => {
    const policy = headers.get('content-security-policy') ?? ''
    expect(policy).not.toMatch(/unsafe-/)
    return /script-src 'self' 'nonce-([^']{20,})'/.exec(policy)?.[1] ?? ''
  })
  expect(new Set(nonces).size).toBe(2)
  for (const [at, answer] of answers.entries()) {
    const scripts = (await answer.text()).match(/<script[^>]*>/g) ?? []
    expect(scripts).toHaveLength(3)
    for (const script of scripts) expect(script).toContain(`nonce="${nonces[at]}"`)
  }
})

test('names that every object inherits are not taken for values', async () => {
  const { token } = people['ada'] as Human
  for (const name of ['constructor', 'toString', '__proto__', 'hasOwnProperty']) {
    const accepted = await local.call('GET', '/v1/organizations/ada/audit-events', { token, headers: { accept: `${name}, text/nothing` } })
    expect([name, accepted.status]).toEqual([name, 406])
    const { cookie } = await browserOf(local, people['ada'] as Human)
    const page = await fetch(`${local.url}/account?done=${name}`, { headers: { cookie } })
    expect([name, page.status]).toEqual([name, 200])
    expect(await page.text()).not.toMatch(/\[native code\]|\[object/)
  }
})

test('pages are denied the browser features that ask for permission', async () => {
  for (const path of ['/sign-in', '/v1/me', '/console/', '/docs/'])
    expect((await fetch(local.url + path)).headers.get('permissions-policy')).toContain('camera=(), display-capture=(), geolocation=()')
})

test('a sign-out clears the browser cache and keeps the known-device cookie', async () => {
  const { cookie } = await browserOf(local, people['bob'] as Human)
  const answer = await fetch(`${local.url}/sign-out`, {
    method: 'POST',
    headers: { cookie, origin: local.url },
    body: new URLSearchParams(),
    redirect: 'manual',
  })
  expect([answer.status, answer.headers.get('clear-site-data')]).toEqual([303, '"cache"'])
})

test('a request whose body arrives too slowly ends after 30 seconds', async () => {
  const { server } = local.server.app
  expect([server.requestTimeout, server.headersTimeout <= server.requestTimeout]).toEqual([30_000, true])
  server.requestTimeout /= 10
  server.headersTimeout /= 10
  const { port } = local.server
  const socket = connect(port, '127.0.0.1')
  let answer = ''
  socket.on('data', (bytes) => {
    answer += bytes.toString()
  })
  socket.on('error', () => {}) // the server has closed the connection before the last bytes are sent
  socket.write(`PATCH /v1/me HTTP/1.1\r\nhost: localhost:${port}\r\nauthorization: Bearer ${people['ada']?.token}\r\ncontent-type: application/json\r\n`)
  socket.write('content-length: 10000\r\n\r\n{')
  const drip = setInterval(() => socket.write(' '), 200)
  await new Promise((resolve) => socket.once('close', resolve))
  clearInterval(drip)
  server.requestTimeout *= 10
  server.headersTimeout *= 10
  expect(answer).toMatch(/^HTTP\/1.1 408/)
})

describe('a cursor', () => {
  const list = async (path: string, token: string | undefined, query = '') => local.call('GET', `${path}${query}`, { token })
  const auditOf = (org: string) => `/v1/organizations/${org}/audit-events`

  test('is sealed', async () => {
    const { body } = await list(auditOf('ada'), people['ada']?.token, '?limit=1')
    const bytes = Buffer.from(body.next_cursor, 'base64url').toString('latin1')
    expect(bytes).not.toMatch(/^\["\d+"\]$/)
    const again = await list(auditOf('ada'), people['ada']?.token, '?limit=1')
    expect(again.body.next_cursor).not.toBe(body.next_cursor)
    expect((await list(auditOf('ada'), people['ada']?.token, `?limit=1&cursor=${body.next_cursor}`)).status).toBe(200)
  })

  test('is refused in another list, in another organization and from another caller', async () => {
    const eve = await local.person('eve')
    const mine = (await list(auditOf('ada'), people['ada']?.token, '?limit=1')).body.next_cursor as string
    const members = (await list('/v1/organizations/ada/members', people['ada']?.token, '?limit=1')).body.next_cursor as string
    for (const [path, token, cursor] of [
      [auditOf('eve'), eve.token, mine],
      ['/v1/organizations/ada/members', people['ada']?.token, mine],
      ['/v1/organizations/ada/members', (await local.login(people['bob'] as Human)).token, members],
      ['/v1/organizations/eve/members', eve.token, members],
      [auditOf('ada'), people['ada']?.token, members],
    ] as const)
      expect(await list(path, token, `?cursor=${cursor}`)).toMatchObject({ status: 422, body: { errors: [{ field: 'cursor' }] } })
  })
})
