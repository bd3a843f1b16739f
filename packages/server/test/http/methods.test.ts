import assert from 'node:assert/strict'
import { type Muster, startMuster } from '@muster/testkit/muster.ts'
import { afterAll, beforeAll, test } from 'vitest'

let muster: Muster
beforeAll(async () => {
  muster = await startMuster({ env: { MUSTER_COMPAT: 'dbos,featurebase' } })
})
afterAll(() => muster.close())

const asked = async (method: string, path: string, headers: Record<string, string> = {}) => {
  const response = await fetch(muster.url + path, { method, headers, redirect: 'manual' })
  return { status: response.status, allow: response.headers.get('allow'), type: response.headers.get('content-type') ?? '', text: await response.text() }
}

test('the API answers 405 with the allowed methods', async () => {
  for (const [method, path, allow] of [
    ['DELETE', '/v1/me', 'GET, HEAD, PATCH'],
    ['PUT', '/v1/organizations/acme/members/ada', 'DELETE, GET, HEAD, PATCH'],
    ['DELETE', '/v1/organizations/join', 'GET, HEAD, PATCH, POST'],
    ['GET', '/v1/me/registration', 'POST'],
    ['OPTIONS', '/v1/me', 'GET, HEAD, PATCH'],
    ['PROPFIND', '/v1/me', 'GET, HEAD, PATCH'],
  ] as const) {
    const answer = await asked(method, path)
    assert.deepEqual([method, path, answer.status, answer.allow], [method, path, 405, allow])
    assert.equal(JSON.parse(answer.text).code, 'method_not_allowed')
  }
})

test('OAuth endpoints answer 405 in the OAuth error form', async () => {
  for (const [method, path, allow] of [
    ['GET', '/oauth/token', 'OPTIONS, POST'],
    ['GET', '/oauth/revoke', 'OPTIONS, POST'],
    ['DELETE', '/oauth/userinfo', 'GET, HEAD, OPTIONS, POST'],
    ['PUT', '/oauth/authorize', 'GET, HEAD, POST'],
    ['POST', '/oauth/logout/success', 'GET, HEAD'],
  ] as const) {
    const answer = await asked(method, path)
    assert.deepEqual([method, path, answer.status, answer.allow], [method, path, 405, allow])
    assert.equal(JSON.parse(answer.text).error, 'invalid_request')
  }
})

test('the portal answers 405 with a page when a browser opens a form-only address', async () => {
  const page = await asked('GET', '/sign-out', { accept: 'text/html' })
  assert.deepEqual([page.status, page.allow], [405, 'POST'])
  assert.match(page.type, /^text\/html/)
  assert.equal((await asked('DELETE', '/sign-in')).status, 405)
})

test('compatibility routes answer 405', async () => {
  assert.equal((await asked('OPTIONS', '/v1alpha1/user/profile')).status, 405)
})

test('a wrong method is refused before the content type is checked', async () => {
  assert.equal((await asked('PUT', '/v1/me', { 'content-type': 'text/strange' })).status, 405)
})

test('an address without a route answers 404 to every method', async () => {
  for (const method of ['GET', 'POST', 'DELETE']) {
    const answer = await asked(method, '/v1/nothing/here')
    assert.deepEqual([answer.status, answer.allow], [404, null])
  }
  assert.equal((await asked('GET', '/oauth/nothing')).status, 404)
})
