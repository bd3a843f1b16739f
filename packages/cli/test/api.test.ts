import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, onTestFinished, test as rule } from 'vitest'
import { Api } from '../src/api/api.ts'
import { ServerClock } from '../src/output/time.ts'

interface Answer {
  status: number
  headers?: Record<string, string>
  body?: unknown
}

/** HTTP that gives these answers one after the other, and tells what it was asked. Nothing of Muster is in it. */
async function answers(...script: Answer[]) {
  const asked: { method: string; url: string; headers: IncomingMessage['headers'] }[] = []
  const server = createServer((request: IncomingMessage, response: ServerResponse) => {
    asked.push({ method: request.method ?? '', url: request.url ?? '', headers: request.headers })
    const { status, headers = {}, body = {} } = script.length > 1 ? (script.shift() as Answer) : (script[0] as Answer)
    response.writeHead(status, { 'content-type': 'application/json', ...headers })
    response.end(typeof body === 'string' ? body : JSON.stringify(body))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const clock = new ServerClock()
  return { asked, url, clock, api: new Api({ url, clock, signal: new AbortController().signal, debug: () => {} }) }
}

const busy = { status: 503, headers: { 'retry-after': '0' }, body: { code: 'overloaded', title: 'Busy.', status: 503, next: 'Wait.' } }

rule('a call that creates is repeated with the same Idempotency-Key, so that it creates once', async () => {
  const { api, asked } = await answers(busy, busy, { status: 201, body: { id: 'x' } })
  expect(await api.request('POST', '/v1/things', { json: {}, creates: true })).toEqual({ id: 'x' })
  const keys = asked.map(({ headers }) => headers['idempotency-key'])
  expect(keys).toHaveLength(3)
  expect(new Set(keys).size).toBe(1)
  expect(keys[0]).toMatch(/^[0-9a-f-]{36}$/)
})

rule('a change that cannot be repeated safely is sent once', async () => {
  const { api, asked } = await answers(busy, { status: 200 })
  await expect(api.request('POST', '/v1/things', { json: {} })).rejects.toMatchObject({ code: 'overloaded' })
  expect(asked).toHaveLength(1)
})

rule('Retry-After is waited for when it is short, and told when it is long', async () => {
  const short = await answers({ ...busy, headers: { 'retry-after': '1' } }, { status: 200 })
  const start = performance.now()
  await short.api.request('GET', '/v1/things')
  expect(performance.now() - start).toBeGreaterThanOrEqual(1000)
  const long = await answers({ ...busy, status: 429, headers: { 'retry-after': '3600' } })
  await expect(long.api.request('GET', '/v1/things')).rejects.toMatchObject({ retryAfterMs: 3_600_000 })
  expect(long.asked).toHaveLength(1)
})

rule('a token follows no redirect to another origin (S50)', async () => {
  const other = await answers({ status: 200, body: { stolen: true } })
  const { api } = await answers({ status: 308, headers: { location: `${other.url}/v1/me` } })
  await expect(api.request('GET', '/v1/me', { token: 't' })).rejects.toMatchObject({ code: 'unreachable' })
  expect(other.asked).toEqual([])
})

rule('a 308 to the new name of an organization is followed, for reading alone (S42)', async () => {
  const moved = { status: 308, headers: { location: '/v1/organizations/new' } }
  const reading = await answers(moved, { status: 200, body: { name: 'new' } })
  expect(await reading.api.request('GET', '/v1/organizations/old')).toEqual({ name: 'new' })
  const writing = await answers(moved)
  await expect(writing.api.request('POST', '/v1/organizations/old/leave', { json: {} })).rejects.toThrow()
  expect(writing.asked).toHaveLength(1)
})

rule('a redirect in a circle ends', async () => {
  const { api, asked } = await answers({ status: 308, headers: { location: '/again' } })
  await expect(api.request('GET', '/again')).rejects.toThrow()
  expect(asked.length).toBeLessThan(10)
})

rule('the answer of a proxy is told apart from one of Muster', async () => {
  const { api } = await answers({ status: 404, body: '<html>' })
  await expect(api.request('GET', '/v1/me')).rejects.toMatchObject({
    code: 'unreachable',
    message: expect.stringContaining('answered 404, and not as Muster does'),
  })
})

rule('a problem and an OAuth error keep code, text, next step and request id', async () => {
  const problem = await answers({
    status: 409,
    headers: { 'x-request-id': 'r1' },
    body: { code: 'name_taken', title: 'Taken.', detail: 'By ada.', next: 'Choose.', status: 409 },
  })
  await expect(problem.api.request('GET', '/v1/me')).rejects.toMatchObject({
    code: 'name_taken',
    message: 'Taken.',
    why: 'By ada.',
    next: 'Choose.',
    requestId: 'r1',
  })
  const oauth = await answers({ status: 401, body: { error: 'access_denied', error_description: 'Gone.', code: 'user_deactivated' } })
  await expect(oauth.api.request('POST', '/oauth/token', { form: {} })).rejects.toMatchObject({
    error: 'access_denied',
    reason: 'user_deactivated',
    message: 'Gone.',
  })
})

rule('a revocation may answer with an empty body (RFC 7009)', async () => {
  const { api } = await answers({ status: 200, body: '' })
  expect(await api.request('POST', '/oauth/revoke', { form: { token: 'x' } })).toEqual({})
})

rule('every answer teaches the clock of the server (S54)', async () => {
  const { api, clock } = await answers({ status: 200, headers: { date: new Date(Date.now() + 7_200_000).toUTCString() } })
  await api.request('GET', '/v1/me')
  expect(Math.abs(clock.now() - Date.now() - 7_200_000)).toBeLessThan(3000)
})
