import type { Human } from '@muster/testkit/muster.ts'
import { afterEach, expect, test } from 'vitest'
import { isMissing, peers } from './clients/table.ts'
import { aPlace, type Place } from './peer.ts'

// Runs the example files with only their addresses changed.

let place: Place | undefined
afterEach(async () => {
  await place?.close()
  place = undefined
})

const gateways: Record<'nginx' | 'caddy', (place: Place) => Promise<void>> = {
  async nginx(place) {
    const file = await place.configured('nginx/nginx.conf', {
      'server 127.0.0.1:4000': `server 127.0.0.1:${new URL(place.muster.url).port}`,
      'Host localhost:4000': `Host ${new URL(place.muster.url).host}`,
      '127.0.0.1:8080': `127.0.0.1:${place.applicationPort}`,
      '127.0.0.1:8081': `127.0.0.1:${place.port}`,
      '/tmp/': `${place.folder}/`,
    })
    await place.start('nginx', ['-c', file, '-g', 'daemon off;'])
  },
  async caddy(place) {
    const file = await place.configured('caddy/Caddyfile', {
      'localhost:4000': new URL(place.muster.url).host,
      '127.0.0.1:4000': `127.0.0.1:${new URL(place.muster.url).port}`,
      '127.0.0.1:8080': `127.0.0.1:${place.applicationPort}`,
      '127.0.0.1:8082': `127.0.0.1:${place.port}`,
    })
    await place.start('caddy', ['run', '--adapter', 'caddyfile', '--config', file])
  },
}

for (const name of ['nginx', 'caddy'] as const) {
  const start = gateways[name]
  test.skipIf(isMissing(peers[name]))(`${name} lets through only callers that Muster knows`, async () => {
    place = await aPlace()
    const { muster } = place
    await start(place)
    const { ada, bob } = (await muster.organization({ ada: 'admin', bob: 'member' })) as { ada: Human; bob: Human }

    const none = await place.call('/')
    expect([none.status, none.headers.get('www-authenticate'), none.body.code, place.seen()]).toEqual([401, 'Bearer', 'authentication_required', null])

    const forged = { 'x-muster-user': 'usr_admin', 'x-muster-role': 'admin', 'x-muster-scope': 'everything' }
    const good = await place.call('/', bob.token, forged)
    expect([good.status, good.body]).toEqual([200, { hello: true }])
    expect(place.seen()).toMatchObject({ 'x-muster-user': bob.id, 'x-muster-role': 'member' })
    expect(place.seen()?.['x-muster-scope'] ?? '').toBe('')

    const { body: robot } = await muster.call('POST', '/v1/organizations/ada/service-accounts', { token: ada.token, body: { name: 'robot' } })
    const { body: made } = await muster.call('POST', `/v1/organizations/ada/service-accounts/${robot.id}/keys`, {
      token: ada.token,
      body: { description: 'ci', scope: 'all' },
    })
    expect((await place.call('/', made.key)).status).toBe(200)
    expect(place.seen()).toMatchObject({ 'x-muster-service-account': robot.id, 'x-muster-role': 'member' })
    expect(place.seen()?.['x-muster-user'] ?? '').toBe('')

    expect((await place.call('/admin', ada.token)).status).toBe(200)
    const refused = await place.call('/admin', bob.token)
    expect([refused.status, refused.body.code, place.seen()]).toEqual([403, 'forbidden', null])

    await muster.call('POST', '/v1/organizations/ada/members/bob/deactivate', { token: ada.token, headers: { prefer: 'wait=5' } })
    const ended = await place.call('/', bob.token, forged)
    expect([ended.status, ended.body.code, place.seen()]).toEqual([401, 'user_deactivated', null])
    expect(ended.headers.get('www-authenticate')).toMatch(/^Bearer error="invalid_token"/)
  })
}
