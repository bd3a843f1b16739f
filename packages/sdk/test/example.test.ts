import { readFileSync } from 'node:fs'
import { readConfig } from '@muster/server/config.ts'
import { freePort, type Human, startMuster } from '@muster/testkit/muster.ts'
import { expect, test } from 'vitest'
import { examples, startExample } from './running-example.ts'
import { aClient, eventually } from './verifying.ts'

test('the examples use the addresses of `npm start`: Muster at 4000, the API at 8080', () => {
  const { port, issuer } = readConfig({}, () => '')
  expect([port, issuer]).toEqual([4000, 'http://localhost:4000'])
  const files = [
    ...['README.md', 'fastify-api/README.md', 'fastify-api/server.ts', 'nginx/nginx.conf', 'caddy/Caddyfile'],
    ...['deploy-api/README.md', 'deploy-api/server.ts', 'mirror/README.md', 'mirror/client.ts'],
  ]
  for (const file of files) {
    const text = readFileSync(new URL(file, examples), 'utf8')
    const ports = new Set([...text.matchAll(/(?:localhost|127\.0\.0\.1):(\d+)/g)].map(([, number]) => number))
    expect(
      [...ports].filter((number) => !['4000', '8080', '8081', '8082'].includes(number as string)),
      file,
    ).toEqual([])
    expect(ports, file).toContain('4000')
    if (!/^mirror|server\.ts$/.test(file)) expect(ports, file).toContain('8080')
  }
  for (const file of files.filter((name) => name.endsWith('server.ts'))) expect(readFileSync(new URL(file, examples), 'utf8')).toContain("PORT = '8080'")
})

test('the example API accepts members and refuses one after a deactivation is answered', async () => {
  const muster = await startMuster()
  const { clientId, clientSecret } = await aClient(muster)
  const port = await freePort()
  const example = startExample('fastify-api/server.ts', {
    MUSTER_ISSUER: muster.url,
    MUSTER_CLIENT_ID: clientId,
    MUSTER_CLIENT_SECRET: clientSecret,
    PORT: String(port),
  })
  try {
    const call = async (method: string, token?: string, body?: unknown): Promise<{ status: number; body: any }> => {
      const headers = { ...(token !== undefined && { authorization: `Bearer ${token}` }), ...(body !== undefined && { 'content-type': 'application/json' }) }
      const answer = await fetch(`http://127.0.0.1:${port}/notes`, { method, headers, ...(body !== undefined && { body: JSON.stringify(body) }) })
      return { status: answer.status, body: await answer.json() }
    }
    const { ada, bob } = (await muster.organization({ ada: 'admin', bob: 'member' })) as { ada: Human; bob: Human }
    const eve = await muster.person('eve')
    await eventually(
      () =>
        fetch(`http://127.0.0.1:${port}/healthz`).then(
          ({ ok }) => ok,
          () => false,
        ),
      30,
    )
    expect((await call('GET')).status).toBe(401)
    expect(await call('POST', bob.token, { text: 'hello' })).toMatchObject({ status: 201, body: { by: bob.id } })
    expect((await call('GET', ada.token)).body).toEqual({ notes: ['hello'] })
    expect((await call('GET', eve.token)).body).toEqual({ notes: [] })
    expect(await call('DELETE', bob.token)).toMatchObject({ status: 403, body: { code: 'forbidden' } })
    const { body } = await muster.call('POST', '/v1/organizations/ada/members/bob/deactivate', { token: ada.token, headers: { prefer: 'wait=10' } })
    expect(body.revocation.missing).toEqual([])
    expect(await call('GET', bob.token)).toMatchObject({ status: 401, body: { code: 'user_deactivated', organization: { name: 'ada' } } })
    expect((await call('DELETE', ada.token)).status).toBe(200)
  } finally {
    await example.stop()
    await muster.close()
  }
})
