import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { freePort, type Human, startMuster } from '@muster/testkit/muster.ts'
import { expect, test } from 'vitest'
import { aClient, eventually } from './verifying.ts'

const main = fileURLToPath(new URL('../../../examples/fastify-api/server.ts', import.meta.url))

test('the example API lets members in and refuses who was deactivated, from the answer on that says all have heard', { timeout: 60_000 }, async () => {
  const muster = await startMuster()
  const { clientId, clientSecret } = await aClient(muster)
  const port = await freePort()
  const { PATH = '' } = process.env
  const env = { PATH, MUSTER_ISSUER: muster.url, MUSTER_CLIENT_ID: clientId, MUSTER_CLIENT_SECRET: clientSecret, PORT: String(port), LOG_LEVEL: 'warn' }
  const child = spawn(process.execPath, [main], { env, stdio: ['ignore', 'inherit', 'inherit'] })
  const ended = new Promise((resolve) => child.on('close', resolve))
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
    child.kill('SIGTERM')
    await ended
    await muster.close()
  }
})
