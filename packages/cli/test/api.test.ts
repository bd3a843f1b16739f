import { execFile } from 'node:child_process'
import { mkdtempSync, writeFileSync } from 'node:fs'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { makeCertificates } from '@muster/testkit/certificate.ts'
import { bareEnvironment } from '@muster/testkit/environment.ts'
import { expect, onTestFinished, test } from 'vitest'
import { bundleCli } from '../../../scripts/bundle-cli.ts'
import { Api } from '../src/api/api.ts'
import { send, textOf } from '../src/api/http.ts'
import { ServerClock } from '../src/output/time.ts'

interface ScriptedResponse {
  status: number
  headers?: Record<string, string>
  body?: unknown
}

async function listen(server: Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  return (server.address() as AddressInfo).port
}

/** An HTTP server that gives these responses in order and records the requests. It contains nothing of Muster. */
async function startServer(...script: ScriptedResponse[]) {
  const received: { method: string; url: string; headers: IncomingMessage['headers'] }[] = []
  const server = createServer((request: IncomingMessage, response: ServerResponse) => {
    received.push({ method: request.method ?? '', url: request.url ?? '', headers: request.headers })
    const { status, headers = {}, body = {} } = script.length > 1 ? (script.shift() as ScriptedResponse) : (script[0] as ScriptedResponse)
    response.writeHead(status, { 'content-type': 'application/json', ...headers })
    response.end(typeof body === 'string' ? body : JSON.stringify(body))
  })
  const url = `http://127.0.0.1:${await listen(server)}`
  const clock = new ServerClock()
  return { received, url, clock, api: new Api({ url, clock, signal: new AbortController().signal, debug: () => {} }) }
}

const busy = { status: 503, headers: { 'retry-after': '0' }, body: { code: 'overloaded', title: 'Busy.', status: 503, next: 'Wait.' } }

const org = { path: { org: 'acme' } }
const createSecret = { params: org, body: {} }

test('a call that creates is repeated with the same Idempotency-Key', async () => {
  const { api, received } = await startServer(busy, busy, { status: 201, body: { id: 'x' } })
  expect(await api.POST('/v1/organizations/{org}/secrets', { ...createSecret, creates: true })).toEqual({ id: 'x' })
  const keys = received.map(({ headers }) => headers['idempotency-key'])
  expect(keys).toHaveLength(3)
  expect(new Set(keys).size).toBe(1)
  expect(keys[0]).toMatch(/^[0-9a-f-]{36}$/)
})

test('a POST without an Idempotency-Key is sent once', async () => {
  const { api, received } = await startServer(busy, { status: 200 })
  await expect(api.POST('/v1/organizations/{org}/secrets', createSecret)).rejects.toMatchObject({ code: 'overloaded' })
  expect(received).toHaveLength(1)
})

test('a call that revokes access sends Prefer: wait, and no other call does', async () => {
  const { api, received } = await startServer({ status: 200 })
  await api.POST('/v1/organizations/{org}/leave', { params: org, ends: true })
  await api.GET('/v1/me')
  expect(received.map(({ headers }) => headers.prefer)).toEqual(['wait=2', undefined])
})

test('a short Retry-After is waited for', async () => {
  const { api } = await startServer({ ...busy, headers: { 'retry-after': '1' } }, { status: 200 })
  const start = performance.now()
  await api.GET('/v1/me')
  expect(performance.now() - start).toBeGreaterThanOrEqual(1000)
})

test('a long Retry-After is reported and not waited for', async () => {
  const { api, received } = await startServer({ ...busy, status: 429, headers: { 'retry-after': '3600' } })
  await expect(api.GET('/v1/me')).rejects.toMatchObject({ retryAfterMs: 3_600_000 })
  expect(received).toHaveLength(1)
})

test('a token follows no redirect to another origin (S50)', async () => {
  const other = await startServer({ status: 200, body: { stolen: true } })
  const { api } = await startServer({ status: 308, headers: { location: `${other.url}/v1/me` } })
  await expect(api.GET('/v1/me', { token: 't' })).rejects.toMatchObject({ code: 'unreachable' })
  expect(other.received).toEqual([])
})

test('a GET follows a 308 to the new name of an organization (S42)', async () => {
  const { api } = await startServer({ status: 308, headers: { location: '/v1/organizations/new' } }, { status: 200, body: { name: 'new' } })
  expect(await api.GET('/v1/organizations/{org}', { params: { path: { org: 'old' } } })).toEqual({ name: 'new' })
})

test('a POST follows no redirect (S42)', async () => {
  const { api, received } = await startServer({ status: 308, headers: { location: '/v1/organizations/new/leave' } })
  await expect(api.POST('/v1/organizations/{org}/leave', { params: { path: { org: 'old' } } })).rejects.toThrow()
  expect(received).toHaveLength(1)
})

test('a redirect loop ends', async () => {
  const { api, received } = await startServer({ status: 308, headers: { location: '/v1/me' } })
  await expect(api.GET('/v1/me')).rejects.toThrow()
  expect(received.length).toBeLessThan(10)
})

test('a response that is not from Muster is reported as such', async () => {
  const { api } = await startServer({ status: 404, body: '<html>' })
  await expect(api.GET('/v1/me')).rejects.toMatchObject({
    code: 'unreachable',
    message: expect.stringMatching(/^The response from \S+ \(404\) is not from Muster\.$/),
  })
})

test('a problem keeps its code, text, next step and request id', async () => {
  const { api } = await startServer({
    status: 409,
    headers: { 'x-request-id': 'r1' },
    body: { code: 'name_taken', title: 'Taken.', detail: 'By ada.', next: 'Choose.', status: 409 },
  })
  await expect(api.GET('/v1/me')).rejects.toMatchObject({
    code: 'name_taken',
    message: 'Taken.',
    why: 'By ada.',
    next: 'Choose.',
    requestId: 'r1',
  })
})

test('an OAuth error keeps its error, its code and its description', async () => {
  const { api } = await startServer({ status: 401, body: { error: 'access_denied', error_description: 'Gone.', code: 'user_deactivated' } })
  await expect(api.postForm('/oauth/token', {})).rejects.toMatchObject({
    error: 'access_denied',
    reason: 'user_deactivated',
    message: 'Gone.',
  })
})

test('a revocation may have an empty response body (RFC 7009)', async () => {
  const { api } = await startServer({ status: 200, body: '' })
  expect(await api.postForm('/oauth/revoke', { token: 'x' })).toEqual({})
})

test('the clock learns the time of the server from every response (S54)', async () => {
  const { api, clock } = await startServer({ status: 200, headers: { date: new Date(Date.now() + 7_200_000).toUTCString() } })
  await api.GET('/v1/me')
  expect(Math.abs(clock.now() - Date.now() - 7_200_000)).toBeLessThan(3000)
})

test('an abort ends a response whose body does not end', async () => {
  const port = await listen(createServer((_, response) => void response.writeHead(200).write('{')))
  const stop = new AbortController()
  const request = { method: 'GET', headers: {}, body: null }
  const response = await send(new URL(`http://127.0.0.1:${port}`), request, { signal: stop.signal })
  const text = textOf(response)
  stop.abort(new DOMException('too long', 'TimeoutError'))
  await expect(text).rejects.toMatchObject({ cause: { name: 'TimeoutError' } })
})

test('the built command reaches an https server, and loads neither fetch nor readline', async () => {
  const { authority, key, certificate } = makeCertificates(['localhost'])
  const me = { kind: 'service_account', id: 'sva_1', username: 'builder', organization: { id: 'org_1', name: 'acme', role: 'admin' }, key: { id: 'key_1' } }
  const port = await listen(createTlsServer({ key, cert: certificate }, (_, response) => void response.end(JSON.stringify(me))))
  const folder = mkdtempSync(join(tmpdir(), 'muster-bundle-'))
  const [command, hook, ca] = ['muster.cjs', 'hook.cjs', 'ca.pem'].map((name) => join(folder, name)) as [string, string, string]
  writeFileSync(command, await bundleCli())
  writeFileSync(hook, `process.on('exit', () => console.error(process.moduleLoadList.join('\\n')))`)
  writeFileSync(ca, authority)
  const env = { ...bareEnvironment(), HOME: folder, MUSTER_URL: `https://localhost:${port}`, MUSTER_TOKEN: 'muster_sk_x', NODE_EXTRA_CA_CERTS: ca }
  const running = promisify(execFile)(process.execPath, ['--require', hook, command, 'profile', '--json'], { cwd: folder, env })
  running.child.stdin?.end()
  const { stdout, stderr } = await running
  expect(JSON.parse(stdout)).toEqual(me)
  expect(stderr.split('\n').filter((name) => / (?:https?|internal\/(?:deps\/undici\/undici|readline\/interface))$/.test(name))).toEqual([
    'NativeModule http',
    'NativeModule https',
  ])
})
