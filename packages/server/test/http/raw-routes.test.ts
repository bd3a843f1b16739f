import { request } from 'node:http'
import { type Human, type Muster, startMuster } from '@muster/testkit/muster.ts'
import { afterAll, beforeAll, expect, test } from 'vitest'

let muster: Muster
let token: string
beforeAll(async () => {
  muster = await startMuster()
  const { ada } = await muster.organization({ ada: 'admin' })
  token = (ada as Human).token
})
afterAll(() => muster.close())

interface Answer {
  status: number | undefined
  headers: Record<string, unknown>
  text: string
}

/** By node:http, because fetch sends no other Host. */
const ask = (path: string, headers: Record<string, string> = {}, method = 'GET'): Promise<Answer> =>
  new Promise((resolve, reject) => {
    const { hostname, port, host } = new URL(muster.url)
    const asked = request({ hostname, port, path, method, headers: { host, authorization: `Bearer ${token}`, ...headers } }, (response) => {
      let text = ''
      response.setEncoding('utf8').on('data', (chunk) => {
        text += chunk
      })
      response.on('end', () => resolve({ status: response.statusCode, headers: response.headers, text }))
    })
    asked.on('error', reject).end()
  })

const paths = ['/healthz', '/v1/forward-auth']

test('a raw route answers with the security headers of every route', async () => {
  const { headers: usual } = await ask('/v1/me')
  for (const path of paths) {
    const { status, headers } = await ask(path)
    expect([path, status, headers['content-type']]).toEqual([path, 200, 'application/json; charset=utf-8'])
    const constant = ['content-security-policy', 'x-content-type-options', 'referrer-policy', 'permissions-policy', 'cross-origin-resource-policy']
    for (const name of constant) expect([path, name, headers[name]]).toEqual([path, name, usual[name]])
    expect(headers['x-request-id']).toMatch(/^req_/)
  }
})

test('a raw route writes a log line without the query', async () => {
  const { headers } = await ask('/v1/forward-auth?organization=ada')
  const lineOf = () => muster.log.map((line) => JSON.parse(line)).find(({ reqId }) => reqId === headers['x-request-id'])
  await expect.poll(lineOf).toMatchObject({ method: 'GET', path: '/v1/forward-auth', status: 200, msg: 'answered' })
})

test('a raw route answers HEAD with the headers of GET and no body', async () => {
  for (const path of paths) {
    const [head, get] = [await ask(path, {}, 'HEAD'), await ask(path)]
    expect([path, head.status, head.text]).toEqual([path, 200, ''])
    expect(Object.keys(head.headers).sort()).toEqual(Object.keys(get.headers).sort())
    expect(head.headers['content-length']).toBe(get.headers['content-length'])
  }
})

test('a raw route refuses what every route refuses', async () => {
  expect((await ask('/v1/forward-auth', { host: 'elsewhere.example' })).status).toBe(421)
  for (const path of paths) {
    expect([path, (await ask(path, { 'content-encoding': 'gzip' })).status]).toEqual([path, 415])
    expect([path, (await ask(path, {}, 'POST')).status]).toEqual([path, 405])
  }
  expect((await ask('/v1/forward-auth?rule=admin')).status).toBe(422)
})

test('a refusal of a raw route is a problem with the headers of every response', async () => {
  const { status, headers, text } = await ask('/v1/forward-auth', { authorization: 'Bearer nonsense' })
  expect([status, headers['content-type'], JSON.parse(text).code]).toEqual([401, 'application/problem+json; charset=utf-8', 'invalid_token'])
  expect(headers['cache-control']).toBe('no-store')
  expect(headers['content-security-policy']).toContain("default-src 'none'")
})
