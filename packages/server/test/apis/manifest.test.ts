import assert from 'node:assert/strict'
import { type Answer, type Muster, OPERATOR_TOKEN, startMuster } from '@muster/testkit/muster.ts'
import { afterAll, beforeAll, beforeEach, test } from 'vitest'

let muster: Muster
beforeAll(async () => {
  muster = await startMuster()
})
afterAll(() => muster.close())
beforeEach(async () => void (await apply([], '?remove_used=true')))

const deploy = {
  name: 'Deploy',
  audience: 'https://deploy.example.com',
  permissions: { 'apps:read': 'See applications', 'apps:deploy': 'Deploy applications' },
  grant: { member: ['apps:*'] },
}
const billing = { name: 'Billing', audience: 'https://billing.example.com', permissions: { 'invoices:read': 'See invoices' }, grant: { member: [] } }

const apply = (apis: unknown[], query = ''): Promise<Answer> => muster.call('PUT', `/v1/operator/apis${query}`, { token: OPERATOR_TOKEN, body: { apis } })
const list = async (): Promise<any[]> => (await muster.call('GET', '/v1/operator/apis', { token: OPERATOR_TOKEN })).body.items
const errorsOf = async (...apis: unknown[]): Promise<[string, string][]> => {
  const { status, body } = await apply(apis)
  assert.equal(status, 422, JSON.stringify(body))
  return body.errors.map(({ field, message }: { field: string; message: string }) => [field, message])
}

test('the operator applies a manifest, and can apply the list again (P1)', async () => {
  const first = await apply([deploy, billing])
  assert.equal(first.status, 200, JSON.stringify(first.body))
  assert.deepEqual(
    first.body.changes.map(({ kind, name, added }: any) => [kind, name, added]),
    [
      ['created', 'Deploy', ['apps:read', 'apps:deploy']],
      ['created', 'Billing', ['invoices:read']],
    ],
  )
  const listed = await list()
  assert.deepEqual(
    listed.map(({ name }) => name),
    ['Billing', 'Deploy'],
  )
  const { id, ...api } = listed[1]
  assert.match(id, /^api_/)
  assert.deepEqual(api, { ...deploy, longest_token_life: null, accept_default_audience: false })
  assert.deepEqual((await apply(listed.map(({ id: _, ...same }) => same))).body.changes, [])
})

test('a dry run of a manifest changes nothing and tells what would change (P1)', async () => {
  await apply([deploy, billing])
  const changed = {
    ...deploy,
    name: 'Deployments',
    permissions: { 'apps:read': 'See your applications', 'apps:stop': 'Stop applications' },
    longest_token_life: 600,
  }
  const { body } = await apply([changed], '?dry_run=true')
  assert.deepEqual(body.changes, [
    {
      kind: 'changed',
      name: 'Deployments',
      audience: deploy.audience,
      fields: ['name', 'longest_token_life', 'descriptions'],
      added: ['apps:stop'],
      removed: ['apps:deploy'],
    },
    { kind: 'removed', name: 'Billing', audience: billing.audience, fields: [], added: [], removed: ['invoices:read'] },
  ])
  assert.equal((await list()).length, 2)
  const [first] = await list().then((all) => all.filter(({ name }) => name === 'Deploy'))
  await apply([changed])
  const [after] = await list()
  assert.deepEqual([after.id, after.name, Object.keys(after.permissions)], [first.id, 'Deployments', ['apps:read', 'apps:stop']])
})

test('a permission can pass from one API to another in one manifest (P1)', async () => {
  await apply([deploy, billing])
  const without = { ...deploy, permissions: { 'apps:deploy': 'Deploy applications' } }
  const { status, body } = await apply([without, { ...billing, permissions: { ...billing.permissions, 'apps:read': 'See applications' } }])
  assert.equal(status, 200, JSON.stringify(body))
  assert.deepEqual(Object.keys((await list())[0].permissions), ['invoices:read', 'apps:read'])
})

test('a permission that a client names is removed only on demand (P1)', async () => {
  await apply([deploy])
  const registered = await muster.call('POST', '/v1/operator/clients', {
    token: OPERATOR_TOKEN,
    body: { name: 'shop', grants: ['authorization_code'], redirect_uris: ['https://shop.example/back'], scopes: ['openid', 'apps:deploy'] },
  })
  assert.equal(registered.status, 201, JSON.stringify(registered.body))
  const uses = [{ permission: 'apps:deploy', kind: 'client', id: registered.body.id, name: 'shop' }]
  const less = { ...deploy, permissions: { 'apps:read': 'See applications' } }
  const refused = await apply([less])
  assert.deepEqual([refused.status, refused.body.code, refused.body.uses], [409, 'permissions_in_use', uses])
  assert.deepEqual((await apply([less], '?dry_run=true')).body.uses, uses)
  assert.equal((await apply([less], '?remove_used=true')).status, 200)
  assert.deepEqual(Object.keys((await list())[0].permissions), ['apps:read'])
})

test('a permission that a client names passes to another API only on demand (P1, E69)', async () => {
  await apply([deploy, billing])
  await muster.call('POST', '/v1/operator/clients', {
    token: OPERATOR_TOKEN,
    body: { name: 'mover', grants: ['authorization_code'], redirect_uris: ['https://mover.example/back'], scopes: ['openid', 'apps:read'] },
  })
  const moved = [
    { ...deploy, permissions: { 'apps:deploy': 'Deploy applications' } },
    { ...billing, permissions: { ...billing.permissions, 'apps:read': 'See every application' } },
  ]
  const { status, body } = await apply(moved)
  assert.deepEqual([status, body.code], [409, 'permissions_in_use'])
  assert.equal((await apply(moved, '?remove_used=true')).status, 200)
})

test('the audit event of an API says what changed (P1)', async () => {
  await apply([deploy])
  await apply([{ ...deploy, grant: { member: ['*'], viewer: ['apps:read'] }, longest_token_life: 600 }])
  const row = await muster.server.database.kysely
    .selectFrom('audit_event')
    .selectAll()
    .where('type', '=', 'api.changed')
    .orderBy('seq', 'desc')
    .executeTakeFirstOrThrow()
  assert.ok(Number(row.details['revision']) > 0)
  assert.deepEqual(row.details, {
    name: 'Deploy',
    audience: deploy.audience,
    fields: ['grant', 'longest_token_life'],
    added: [],
    removed: [],
    grant: ['*'],
    viewer: ['apps:read'],
    revision: row.details['revision'],
  })
})

test('a manifest with errors changes nothing, and the answer lists every error (P1)', async () => {
  await apply([deploy])
  const errors = await errorsOf(
    {
      ...deploy,
      name: ' ',
      audience: 'deploy',
      permissions: { Apps: 'x', 'members:read': 'x', 'platform:x': 'x', 'a:b': '' },
      grant: { member: ['teams:*', 'a:*'] },
    },
    { ...billing, audience: muster.config.issuer, permissions: { 'a:b': 'x' } },
    { ...billing, audience: 'https://u:p@example.com', name: 'BILLING' },
    { ...billing, name: 'More', audience: 'https://example.com/#x' },
  )
  assert.deepEqual(
    errors.map(([field]) => field),
    [
      'apis[0].name',
      'apis[0].audience',
      'apis[0].permissions.Apps',
      'apis[0].permissions.members:read',
      'apis[0].permissions.platform:x',
      'apis[0].permissions.a:b',
      'apis[0].grant.member[0]',
      'apis[1].audience',
      'apis[1].permissions.a:b',
      'apis[2].name',
      'apis[2].audience',
      'apis[3].audience',
      'apis[3].permissions.invoices:read',
    ],
  )
  assert.equal((await list())[0].name, 'Deploy')
})

test('a permission with the name of a scope or of the platform belongs to Muster (P1)', async () => {
  const names = ['api', 'openid', 'platform', 'introspect']
  const errors = await errorsOf({ ...deploy, permissions: Object.fromEntries(names.map((name) => [name, 'x'])) })
  assert.deepEqual(
    errors.filter(([field]) => field.includes('permissions')),
    names.map((name) => [`apis[0].permissions.${name}`, 'This name belongs to Muster.']),
  )
})

test('only the operator applies a manifest (P1)', async () => {
  const ada = await muster.person('ada')
  const { status } = await muster.call('PUT', '/v1/operator/apis', { token: ada.token, body: { apis: [] } })
  assert.equal(status, 401)
})
