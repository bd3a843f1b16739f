import { mkdtempSync, realpathSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { runCommand } from '@muster/testkit/command.ts'
import { bareEnvironment } from '@muster/testkit/environment.ts'
import { type Muster, OPERATOR_TOKEN, startMuster } from '@muster/testkit/muster.ts'
import { afterAll, beforeAll, expect, test } from 'vitest'

let muster: Muster
const cwd = realpathSync(mkdtempSync(join(tmpdir(), 'muster-apis-')))
beforeAll(async () => {
  muster = await startMuster()
})
afterAll(() => muster.close())

const deploy = {
  name: 'Deploy',
  audience: 'https://deploy.example.com',
  permissions: { 'apps:read': 'See applications', 'apps:deploy': 'Deploy applications' },
  grant: { member: ['apps:*'] },
}

const run = (...words: string[]) => inServer('api', ...words)
const inServer = (...words: string[]) =>
  runCommand(['server', ...words], {
    cwd,
    env: { ...bareEnvironment(), HOME: cwd, MUSTER_URL: muster.url, MUSTER_OPERATOR_TOKEN: OPERATOR_TOKEN, MUSTER_ALLOW_HTTP: '1' },
  })
const write = (value: unknown): void => writeFileSync(join(cwd, 'apis.json'), typeof value === 'string' ? value : JSON.stringify(value))

test('the operator applies a file of APIs, and sees before what changes (P1)', async () => {
  write({ apis: [deploy] })
  const planned = await run('apply', 'apis.json', '--dry-run')
  expect([planned.code, planned.stdout]).toEqual([0, 'Would change 1 API:\n+ Deploy (https://deploy.example.com)\n    + apps:read\n    + apps:deploy\n'])
  expect((await run('list')).stderr).toContain('No APIs.')
  expect((await run('apply', 'apis.json')).stdout).toContain('Changed 1 API:')
  expect((await run('apply', 'apis.json')).stdout).toContain('Nothing changes')
  expect((await run('show', 'Deploy')).stdout).toContain('apps:deploy\tDeploy applications')

  const listing = (await run('list', '--json')).stdout
  write(listing)
  expect((await run('apply', 'apis.json')).stdout).toContain('Nothing changes')
})

test('the operator sees the values before and after a change (P1)', async () => {
  write({
    apis: [
      {
        ...deploy,
        name: 'Deployments',
        permissions: { ...deploy.permissions, 'apps:deploy': 'Deploy' },
        grant: { member: ['apps:read'], viewer: ['apps:read'] },
        longest_token_life: 600,
        accept_default_audience: true,
      },
    ],
  })
  const { stdout } = await run('apply', 'apis.json', '--dry-run')
  expect(stdout.split('\n    ~ ').slice(1).join('\n').trim().split('\n')).toEqual([
    'name: Deploy → Deployments',
    'grant.member: apps:* → apps:read',
    'grant.viewer: nothing → apps:read',
    'longest_token_life: none → 600 s',
    'accept_default_audience: false → true',
    'apps:deploy: Deploy applications → Deploy',
  ])
})

test('the operator reads the audience of the API of a client', async () => {
  const client = await muster.call('POST', '/v1/operator/clients', {
    token: OPERATOR_TOKEN,
    body: { name: 'deployer', grants: ['client_credentials'], redirect_uris: [], scopes: ['introspect'], api: deploy.audience },
  })
  expect(client.status).toBe(201)
  const { stdout } = await inServer('client', 'show', client.body.id)
  expect(stdout).toMatch(/^API\tapi_\w+\thttps:\/\/deploy\.example\.com$/m)
  await inServer('client', 'remove', client.body.id, '--yes')
})

test('the operator confirms the removal of a permission, and sees its clients (P1)', async () => {
  await muster.call('POST', '/v1/operator/clients', {
    token: OPERATOR_TOKEN,
    body: { name: 'shop', grants: ['authorization_code'], redirect_uris: ['https://shop.example/back'], scopes: ['openid', 'apps:deploy'] },
  })
  write({ apis: [{ ...deploy, permissions: { 'apps:read': 'See applications' } }] })
  const unasked = await run('apply', 'apis.json')
  expect(unasked.code).not.toBe(0)
  expect(unasked.stderr).toContain('apps:deploy: the client shop')
  const used = await run('apply', 'apis.json', '--yes')
  expect(used.stderr).toContain('--remove-used')
  const removed = await run('apply', 'apis.json', '--yes', '--remove-used')
  expect([removed.code, removed.stdout]).toEqual([0, expect.stringContaining('- apps:deploy')])
})

test('a file that is no manifest is refused with every error (P1)', async () => {
  write('not json')
  expect((await run('apply', 'apis.json')).stderr).toContain('is not valid JSON')
  expect((await run('apply', 'missing.json')).stderr).toContain('cannot be read')
  write({ apis: [{ ...deploy, audience: 'deploy', permissions: { Apps: 'x' }, grant: { member: [] } }] })
  const { code, stderr } = await run('apply', 'apis.json')
  expect(code).not.toBe(0)
  expect(stderr).toContain('apis[0].audience')
  expect(stderr).toContain('apis[0].permissions.Apps')
})
