import { createServer, type RequestListener } from 'node:http'
import { type MemberClaims, TokenRefused, type Verifier, VerifierUnavailable } from '@muster/sdk'
import { callerOf as expressCallerOf, protect as protectExpress } from '@muster/sdk/express'
import { callerOf as fastifyCallerOf, protect as protectFastify } from '@muster/sdk/fastify'
import { type MusterEnv, protect as protectHono } from '@muster/sdk/hono'
import { authenticate } from '@muster/sdk/http.ts'
import { protect as protectNode } from '@muster/sdk/node-http'
import express from 'express'
import fastify from 'fastify'
import { Hono } from 'hono'
import { afterAll, describe, expect, test } from 'vitest'

// The four frameworks answer alike. A stand-in for the verifier gives each of its possible answers in turn.

const member: MemberClaims = {
  kind: 'user',
  sub: 'usr_1',
  organizationId: 'org_1',
  organization: 'acme',
  role: 'member',
  roleId: null,
  roleRevision: null,
  catalogueRevision: null,
  scopes: new Set(['api']),
  permissions: null,
  can: () => false,
  username: 'bob',
  epoch: 1,
  sessionId: 'ses_1',
  keyId: null,
  tokenId: 'jti',
  clientId: 'muster-cli',
  authenticatedAt: null,
  acr: null,
  amr: [],
  issuedAt: null,
  expiresAt: null,
}
const deactivated = { organization: { id: 'org_1', name: 'acme' }, deactivated_at: '2026-01-02T03:04:05.000Z', contact: 'ada' }
const answers: Record<string, () => MemberClaims> = {
  member: () => member,
  admin: () => ({ ...member, role: 'admin' }),
  viewer: () => ({ ...member, role: 'viewer' }),
  custom: () => ({ ...member, role: 'custom', roleId: 'role_1', roleRevision: 1 }),
  deployer: () => ({ ...member, scopes: new Set(['apps:deploy']), permissions: new Set(['apps:deploy']), can: (permission) => permission === 'apps:deploy' }),
  deactivated: () => {
    throw new TokenRefused('user_deactivated', 'Your account was deactivated in acme on 2026-01-02. Ask ada to reactivate it.', deactivated)
  },
  suspended: () => {
    throw new TokenRefused('organization_suspended')
  },
  narrow: () => {
    throw new TokenRefused('insufficient_scope', undefined, { scope: 'api' })
  },
  unknown: () => {
    throw new VerifierUnavailable('stale', 'nothing heard', { retryAfterSeconds: 3 })
  },
  broken: () => {
    throw new TypeError('a bug')
  },
}
const verifier: Verifier = {
  verify: async (token) => (answers[token] as () => MemberClaims)(),
  ready: async () => {},
  resource: { path: '/x', document: { resource: 'x', authorization_servers: [], bearer_methods_supported: [] }, url: null },
  isCurrent: () => true,
  sizes: () => ({ revocations: 0, tokens: 0 }),
  close: async () => {},
}

const closing: (() => unknown)[] = []
afterAll(() => Promise.all(closing.map((close) => close())))
async function listening(listener: RequestListener): Promise<string> {
  const server = createServer(listener)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  closing.push(() => server.close())
  return `http://127.0.0.1:${(server.address() as { port: number }).port}`
}

type Call = (path: string, authorization?: string) => Promise<Response>
const over =
  (url: string): Call =>
  (path, authorization) =>
    fetch(url + path, authorization === undefined ? {} : { headers: { authorization } })

const frameworks: Record<string, () => Promise<Call>> = {
  async fastify() {
    const app = fastify()
    app.addHook('onRequest', protectFastify(verifier, { permission: null }))
    app.get('/me', async (request) => ({ sub: fastifyCallerOf(request).sub }))
    app.get('/admin', { onRequest: protectFastify(verifier, { role: 'admin' }) }, async () => ({ sub: 'admin' }))
    app.get('/deploy', { onRequest: protectFastify(verifier, { permission: 'apps:deploy' }) }, async () => ({ sub: 'deployer' }))
    await app.listen({ port: 0, host: '127.0.0.1' })
    closing.push(() => app.close())
    return over(app.listeningOrigin)
  },
  async express() {
    const app = express()
    app.use(protectExpress(verifier, { permission: null }))
    app.get('/me', (request, response) => void response.json({ sub: expressCallerOf(request).sub }))
    app.get('/admin', protectExpress(verifier, { role: 'admin' }), (_request, response) => void response.json({ sub: 'admin' }))
    app.get('/deploy', protectExpress(verifier, { permission: 'apps:deploy' }), (_request, response) => void response.json({ sub: 'deployer' }))
    app.use((_error: unknown, _request: unknown, response: express.Response, _next: unknown) => void response.sendStatus(500))
    return over(await listening(app))
  },
  async hono() {
    const app = new Hono<MusterEnv>()
    app.use(protectHono(verifier, { permission: null }))
    app.use('/admin', protectHono(verifier, { role: 'admin' }))
    app.use('/deploy', protectHono(verifier, { permission: 'apps:deploy' }))
    app.get('/me', (c) => c.json({ sub: c.get('muster').sub }))
    app.get('/admin', (c) => c.json({ sub: 'admin' }))
    app.get('/deploy', (c) => c.json({ sub: 'deployer' }))
    app.onError(() => new Response('', { status: 500 }))
    return async (path, authorization) => app.request(path, authorization === undefined ? {} : { headers: { authorization } })
  },
  async 'node:http'() {
    const me = protectNode(verifier, (_request, response, claims) => void response.end(JSON.stringify({ sub: claims.sub })))
    const admin = protectNode(verifier, (_request, response) => void response.end(JSON.stringify({ sub: 'admin' })), { role: 'admin' })
    const deploy = protectNode(verifier, (_request, response) => void response.end(JSON.stringify({ sub: 'deployer' })), { permission: 'apps:deploy' })
    const routes: Record<string, RequestListener> = { '/admin': admin, '/deploy': deploy }
    return over(await listening((request, response) => void (routes[request.url ?? ''] ?? me)(request, response)))
  },
}

describe.each(Object.entries(frameworks))('protect for %s', (_name, start) => {
  test('protect requires the permission of a route (P21)', async () => {
    const call = await start()
    const deployed = await call('/deploy', 'Bearer deployer')
    expect([deployed.status, await deployed.json()]).toEqual([200, { sub: 'deployer' }])
    const refused = await call('/deploy', 'Bearer member')
    expect([refused.status, ((await refused.json()) as { permission?: string }).permission]).toEqual([403, 'apps:deploy'])
    // A route that names no permission is not open to a token for a part of the API.
    expect((await call('/admin', 'Bearer deployer')).status).toBe(403)
  })

  test('protect answers as the API does, with the caller or a problem (S35)', async () => {
    const call = await start()
    const good = await call('/me', 'Bearer member')
    expect([good.status, await good.json()]).toEqual([200, { sub: 'usr_1' }])
    expect((await call('/me', 'bearer member')).status).toBe(200)
    expect((await call('/admin', 'Bearer admin')).status).toBe(200)

    const refused = await call('/me', 'Bearer deactivated')
    expect([refused.status, refused.headers.get('content-type'), refused.headers.get('cache-control')]).toEqual([
      401,
      'application/problem+json; charset=utf-8',
      'no-store',
    ])
    expect(refused.headers.get('www-authenticate')).toBe('Bearer error="invalid_token", error_description="This account is deactivated."')
    expect(await refused.json()).toEqual({
      type: 'urn:muster:problem:user_deactivated',
      title: 'This account is deactivated.',
      status: 401,
      code: 'user_deactivated',
      detail: 'Your account was deactivated in acme on 2026-01-02. Ask ada to reactivate it.',
      next: 'After it is reactivated, log in.',
      command: 'muster login',
      ...deactivated,
    })

    const none = await call('/me')
    expect([none.status, none.headers.get('www-authenticate')]).toEqual([401, 'Bearer'])
    for (const odd of ['Basic bWVtYmVy', 'Bearer', 'Bearer a b', 'member', 'Bearer  member']) {
      const answer = await call('/me', odd)
      expect([odd, answer.status, ((await answer.json()) as { code: string }).code]).toEqual([odd, 401, 'invalid_token'])
    }
    // A token in a URL would end up in logs.
    expect((await call('/me?access_token=member')).status).toBe(401)

    const narrow = await call('/me', 'Bearer narrow')
    expect([narrow.status, narrow.headers.get('www-authenticate')]).toEqual([403, 'Bearer error="insufficient_scope", scope="api"'])
    for (const [path, token] of [
      ['/admin', 'member'],
      ['/me', 'suspended'],
    ]) {
      const answer = await call(path as string, `Bearer ${token}`)
      expect([answer.status, answer.headers.get('www-authenticate')]).toEqual([403, null])
    }
  })

  test('protect answers 503 when the verifier is unavailable, and passes on other errors', async () => {
    const call = await start()
    const unknown = await call('/me', 'Bearer unknown')
    expect([unknown.status, unknown.headers.get('retry-after'), unknown.headers.get('www-authenticate')]).toEqual([503, '3', null])
    expect(await unknown.json()).toMatchObject({ code: 'unavailable', status: 503 })
    const broken = await call('/me', 'Bearer broken')
    expect(broken.status).toBe(500)
    expect(await broken.text()).not.toContain('bug at')
  })
})

test.each(['viewer', 'custom'])('protect admits a caller with the role %s where the route says so (P11)', async (role) => {
  const admitted = (requirements: Parameters<typeof authenticate>[2]) =>
    authenticate(verifier, `Bearer ${role}`, requirements).then(
      () => true,
      () => false,
    )
  expect([await admitted({}), await admitted({ permission: null }), await admitted({ role: null }), await admitted({ role: null, permission: null })]).toEqual([
    false,
    false,
    true,
    true,
  ])
})

test('callerOf on a route without protect is an error, and request.muster is absent', async () => {
  const app = fastify()
  app.get('/open', async (request) => ({ muster: request.muster ?? 'absent' }))
  app.get('/unprotected', async (request) => fastifyCallerOf(request))
  expect((await app.inject('/open')).json()).toEqual({ muster: 'absent' })
  expect((await app.inject('/unprotected')).json()).toMatchObject({ statusCode: 500, message: expect.stringContaining('add protect(verifier)') })
  await app.close()
})
