import { strict as assert } from 'node:assert'
import { nameFault } from '@muster/contract/names.ts'
import { compatNames } from '@muster/server/compats.ts'
import { ConfigError, readConfig } from '@muster/server/config.ts'
import { type Muster, OPERATOR_TOKEN, startMuster } from '@muster/testkit/muster.ts'
import { startPostgres } from '@muster/testkit/postgres.ts'
import { afterAll, beforeAll, describe, test } from 'vitest'

const DBOS = '6p7Sjxf13cyLMkdwn14MxlH7JdhILled'

/** Each route for another system's clients, with its callers. The list was reviewed by a person. */
const reviewed: Record<string, 'user' | 'account' | 'actor' | null> = {
  'GET /v1alpha1/user/profile': 'user',
  'PUT /v1alpha1/user': 'account',
  'GET /v1alpha1/:org/secret': 'user',
  'GET /v1alpha1/:org/users': 'user',
  'POST /v1alpha1/:org/join': 'user',
  'PATCH /v1alpha1/:org': 'user',
  'DELETE /v1alpha1/:org/:user': 'user',
  'POST /': null, // the password is the credential
  'GET /v2/users/current': 'actor',
  'GET /v2/users': 'actor',
  'GET /v2/users/:id': 'actor',
  'PATCH /v2/users/:id': 'actor',
  'GET /v2/users/:id/keys': 'actor',
  'POST /v2/users/:id/keys': 'actor',
  'PUT /v2/users/:id/keys/:key': 'actor',
  'DELETE /v2/users/:id/keys/:key': 'actor',
  'GET /v2/invites': 'actor',
  'POST /v2/invites': 'actor',
  'GET /v2/invites/:id': 'actor',
  'DELETE /v2/invites/:id': 'actor',
}

/** GET routes with an effect. A HEAD would have it without a visible response. */
const creating = ['/v1alpha1/:org/secret', '/v2/invites/:id']

describe('routes for the clients of other systems', () => {
  let muster: Muster
  const served = () => muster.server.app.servedRoutes.filter(({ url }) => /^\/(v1alpha1|v2)\//.test(url) || url === '/')
  const concrete = (url: string): string => url.replace(/:\w+/g, 'ada')

  beforeAll(async () => {
    muster = await startMuster({ env: { MUSTER_COMPAT: 'dbos,featurebase' } })
  })
  afterAll(() => muster?.close())

  test('match the reviewed list and its callers (A09)', () => {
    const found = served().filter(({ method, url }) => `${method} ${url}` !== 'GET /')
    assert.deepEqual(Object.fromEntries(found.map(({ method, url, audience }) => [`${method} ${url}`, audience])), reviewed)
  })

  test('refuse a request without a credential, with a message', async () => {
    for (const [route, audience] of Object.entries(reviewed)) {
      if (audience === null) continue
      const [method = '', url = ''] = route.split(' ')
      for (const token of [undefined, 'nonsense', 'muster_uk_nonsense']) {
        const { status, body } = await muster.call(method, concrete(url), { token })
        assert.deepEqual([route, status, typeof body.message], [route, 401, 'string'])
      }
    }
  })

  test('have no HEAD where a GET has an effect', async () => {
    const { token } = await muster.person('ada')
    const headers = { authorization: `Bearer ${token}` }
    for (const url of creating) assert.equal((await fetch(muster.url + concrete(url), { method: 'HEAD', headers })).status, 405, url)
  })

  test('use only reserved names as path words (S43)', () => {
    const words = Object.keys(reviewed).flatMap((route) => route.split(/[ /]/).slice(1))
    for (const word of words.filter((one) => /^[a-z0-9_]{3,}$/.test(one))) assert.equal(nameFault(word), 'name_reserved', word)
  })

  test('are not in the API description', async () => {
    const { body } = await muster.call('GET', '/openapi.json')
    assert.deepEqual(
      Object.keys(body.paths).filter((path) => /v1alpha1|\/v2/.test(path) || path === '/'),
      [],
    )
  })
})

test('an unknown name in MUSTER_COMPAT is refused with the known names', () => {
  const read = () => readConfig({ MUSTER_COMPAT: 'dbos,heroku' }, () => '', compatNames)
  assert.throws(read, (error) => error instanceof ConfigError && /MUSTER_COMPAT has "heroku"; it is a list of dbos and featurebase\./.test(error.message))
})

test('a built-in client is refused while its compat part is off', async () => {
  const databaseUrl = await (await startPostgres()).createDatabase()
  const form = new URLSearchParams({ client_id: DBOS, scope: 'sub', audience: 'dbos-cloud-api' }).toString()
  const answers: [number, string | undefined][] = []
  for (const compat of ['dbos', undefined, 'dbos,featurebase']) {
    const muster = await startMuster({ databaseUrl, env: compat === undefined ? {} : { MUSTER_COMPAT: compat } })
    try {
      const { status, body } = await muster.call('POST', '/oauth/device/code', { body: form, headers: { 'content-type': 'application/x-www-form-urlencoded' } })
      answers.push([status, body.error])
      const { body: clients } = await muster.call('GET', '/v1/operator/clients', { token: OPERATOR_TOKEN })
      const shown = clients.items.map(({ id }: { id: string }) => id).filter((id: string) => !id.startsWith('muster'))
      assert.deepEqual(shown, { dbos: [DBOS], 'dbos,featurebase': [DBOS, 'featurebase-scripts'] }[compat ?? ''] ?? [])
      const removal = await muster.call('DELETE', `/v1/operator/clients/${DBOS}`, { token: OPERATOR_TOKEN })
      assert.equal(removal.status, compat === undefined ? 404 : 422) // The setting switches this route.
    } finally {
      await muster.close()
    }
  }
  assert.deepEqual(answers, [
    [200, undefined],
    [401, 'invalid_client'],
    [200, undefined],
  ])
})
