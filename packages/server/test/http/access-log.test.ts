import { CLI_CLIENT_ID } from '@muster/contract/ids.ts'
import { type Human, type Muster, OPERATOR_TOKEN, startMuster } from '@muster/testkit/muster.ts'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'

let muster: Muster
let ada: Human
let bob: Human
beforeAll(async () => {
  muster = await startMuster()
  const people = await muster.organization({ ada: 'admin', bob: 'member' })
  ada = people.ada as Human
  bob = people.bob as Human
})
afterAll(() => muster.close())

/** The access line of a request. */
async function lineOf(path: string, { token, headers = {}, method = 'GET' }: { token?: string; headers?: Record<string, string>; method?: string } = {}) {
  const { headers: answered } = await muster.call(method, path, { token, headers })
  const id = answered.get('x-request-id')
  const find = () => muster.log.map((line) => JSON.parse(line)).find(({ reqId, msg }) => reqId === id && msg === 'answered')
  await expect.poll(find).toBeDefined()
  return find()
}

const paths = ['/v1/me', '/v1/forward-auth']

describe('the access line (O7)', () => {
  test('names the user and the client of an access token', async () => {
    for (const path of paths) expect([path, await lineOf(path, { token: ada.token })]).toMatchObject([path, { user_id: ada.id, client_id: CLI_CLIENT_ID }])
  })

  test('names the user of an API key, and no client', async () => {
    const { body } = await muster.call('POST', '/v1/me/keys', { token: ada.token, body: { description: 'CI', scope: 'all' } })
    for (const path of paths) {
      const line = await lineOf(path, { token: body.key })
      expect([path, line.status, line.user_id, line.client_id]).toEqual([path, 200, ada.id, undefined])
    }
  })

  test('names the user when a genuine credential is refused', async () => {
    expect((await muster.call('POST', '/v1/organizations/ada/members/bob/deactivate', { token: ada.token })).status).toBe(200)
    for (const path of paths) expect([path, await lineOf(path, { token: bob.token })]).toMatchObject([path, { user_id: bob.id }])
    for (const path of paths) expect((await muster.call('GET', path, { token: bob.token })).status).toBeGreaterThan(400)
  })

  test('names nobody when the credential is not genuine, or there is none', async () => {
    for (const token of [undefined, `${ada.token.slice(0, -8)}AAAAAAAA`, OPERATOR_TOKEN]) {
      for (const path of paths) {
        const line = await lineOf(path, token === undefined ? {} : { token })
        expect([path, line.status, line.user_id, line.client_id, line.trace_id]).toEqual([path, 401, undefined, undefined, undefined])
      }
    }
  })

  test('has the trace id of a valid traceparent header', async () => {
    const traceId = '0af7651916cd43dd8448eb211c80319c'
    for (const traceparent of [`00-${traceId}-b7ad6b7169203331-01`, `cc-${traceId}-b7ad6b7169203331-01-more`])
      for (const path of paths) expect([path, await lineOf(path, { token: ada.token, headers: { traceparent } })]).toMatchObject([path, { trace_id: traceId }])
  })

  test('has no trace id when the traceparent header is not valid', async () => {
    const traceId = '0af7651916cd43dd8448eb211c80319c'
    for (const traceparent of [
      'nonsense',
      `ff-${traceId}-b7ad6b7169203331-01`,
      `00-${traceId.toUpperCase()}-b7ad6b7169203331-01`,
      `00-${'0'.repeat(32)}-b7ad6b7169203331-01`,
      `00-${traceId}-${'0'.repeat(16)}-01`,
      `00-${traceId}-b7ad6b7169203331-01-more`,
      `00-${traceId}-b7ad6b7169203331-01"`,
    ])
      expect([traceparent, (await lineOf('/healthz', { headers: { traceparent } })).trace_id]).toEqual([traceparent, undefined])
  })

  test('has its level as a word', async () => {
    expect(new Set(muster.log.map((line) => JSON.parse(line).level))).toEqual(new Set(['info']))
  })
})
