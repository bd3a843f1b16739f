import { mkdtempSync } from 'node:fs'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { nextLine, problems } from '@muster/contract/problems.ts'
import { runCommand } from '@muster/testkit/command.ts'
import { bareEnvironment } from '@muster/testkit/environment.ts'
import { expect, onTestFinished, test } from 'vitest'

// What a command makes of the answers of a server.

const expires = '2030-01-01T00:00:00.000Z'
const me = {
  id: 'user_1',
  username: 'ada',
  email: 'ada@example.org',
  given_name: 'Ada',
  organization: { id: 'org_1', name: 'acme', role: 'admin', plan: 'pro', personal: false },
  session: { id: 'ses_1', expires_at: expires },
  token: { expires_at: expires },
}

/** Runs the command with an access token in MUSTER_TOKEN, against a server with these answers. */
async function muster(words: string[], answers: Record<string, { status?: number; body: unknown }>) {
  const server = createServer((request: IncomingMessage, response: ServerResponse) => {
    const { status = 200, body } = answers[`${request.method} ${request.url?.replace(/\?.*/, '')}`] ?? { status: 404, body: {} }
    response.writeHead(status, { 'content-type': status < 400 ? 'application/json' : 'application/problem+json' }).end(JSON.stringify(body))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  const folder = mkdtempSync(join(tmpdir(), 'muster-answers-'))
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  return runCommand(words, {
    cwd: folder,
    env: { ...bareEnvironment(), HOME: folder, MUSTER_URL: url, MUSTER_TOKEN: 'eyJhbGciOiJFZERTQSJ9.access.token' },
  })
}

test('profile shows the user of an access token in MUSTER_TOKEN', async () => {
  const { code, stdout } = await muster(['profile'], { 'GET /v1/me': { body: me } })
  expect(code).toBe(0)
  expect(stdout).toContain('Username\tada\n')
  expect(stdout).toContain(`Login expires\t${expires}\n`)
})

test('move plan reports that an invitation is for another address', async () => {
  const { code, stderr } = await muster(['move', 'plan', 'a-token'], {
    'GET /v1/me': { body: me },
    'POST /v1/invitations/preview': { body: { id: 'inv_1', kind: 'email', role: 'member', organization: { id: 'org_2', name: 'hazel' } } },
    'GET /v1/me/move': { status: 404, body: { ...problems.invitation_not_found, code: 'invitation_not_found' } },
  })
  expect(code).toBe(1)
  expect(stderr).toContain(problems.invitation_wrong_address.title)
  expect(stderr).not.toContain(problems.invitation_not_found.title)
})

test('move plan with an unknown invitation id reports that there is none', async () => {
  const { stderr } = await muster(['move', 'plan', 'inv_1'], {
    'GET /v1/me': { body: me },
    'GET /v1/me/move': { status: 404, body: { ...problems.invitation_not_found, code: 'invitation_not_found' } },
  })
  expect(stderr).toContain(problems.invitation_not_found.title)
})

const policy = { policy: 'any', in_force: 'any', from: null, remembered_devices: true, floor: { policy: 'none', from: null } }

test('org security says nothing about keys at a server of the version before', async () => {
  const before = {
    'GET /v1/me': { body: me },
    'GET /v1/organizations/org_1/factor-policy': { body: policy },
    'PUT /v1/organizations/org_1/factor-policy': { body: policy },
    'GET /v1/organizations/org_1/key-policy': { status: 404, body: { ...problems.not_found, code: 'not_found' } },
  }
  const shown = await muster(['org', 'security'], before)
  expect([shown.code, shown.stdout]).toEqual([0, 'Requires\ta second factor: a passkey or an authenticator app\nRemembered browsers\tallowed\n'])
  expect((await muster(['org', 'security', '--require', 'any'], before)).code).toBe(0)
  expect(JSON.parse((await muster(['org', 'security', '--json'], before)).stdout)).toEqual(policy)
})

test('org security shows an error of the key policy other than an unknown address', async () => {
  const { code, stderr } = await muster(['org', 'security'], {
    'GET /v1/me': { body: me },
    'GET /v1/organizations/org_1/factor-policy': { body: policy },
    'GET /v1/organizations/org_1/key-policy': { status: 403, body: { ...problems.forbidden, code: 'forbidden' } },
  })
  expect([code, stderr]).toEqual([1, expect.stringContaining(problems.forbidden.title)])
})

const hints = Object.entries(problems).filter(([, { next }]) => /^(List|See|Show) (?!\/docs)/.test(next))

test.each(hints)('the hint of %s names the command to list with', (_code, problem) => {
  expect(nextLine(problem)).toMatch(/: muster [a-z-]+/)
})

test('an admin cannot take away a permission that the role does not have', async () => {
  const role = { id: 'role_1', name: 'Deployer', built_in: false, holders: 1, revision: 3, permissions: ['apps:read', 'apps:deploy'] }
  const answers = { 'GET /v1/me': { body: me }, 'GET /v1/organizations/org_1/roles/Deployer': { body: role } }
  const { code, stdout, stderr } = await muster(['role', 'edit', 'Deployer', '--drop', 'app:deploy', '--yes'], answers)
  expect([code, stdout]).toEqual([2, ''])
  expect(stderr).toContain('The role Deployer does not have app:deploy.\n  It has: apps:read, apps:deploy.')
})

const bob = { id: 'user_2', username: 'bob', status: 'active', suspended_at: null }
const giving = (before: object, after: object) => ({
  'GET /v1/me': { body: me },
  'GET /v1/organizations/org_1/members/bob': { body: { ...bob, ...before } },
  'PATCH /v1/organizations/org_1/members/bob': { body: { ...bob, ...after } },
})

test('an admin gives a member another role without a terminal', async () => {
  const deployer = { role: 'custom', role_name: 'Deployer' }
  const { code, stderr } = await muster(['user', 'role', 'bob', 'Deployer'], giving({ role: 'viewer' }, deployer))
  expect([code, stderr]).toEqual([0, '✓ bob is a member with the role Deployer of acme.\n'])
})

test('an admin confirms that another admin loses the role, or passes --yes', async () => {
  const answers = giving({ role: 'admin' }, { role: 'member' })
  const asked = await muster(['user', 'role', 'bob', 'member'], answers)
  expect([asked.code, asked.stderr]).toEqual([2, expect.stringContaining('Pass --yes')])
  expect((await muster(['user', 'role', 'bob', 'member', '--yes'], answers)).code).toBe(0)
})

test('an admin reads that a role below member ends logins on the command line', async () => {
  const words = ['user', 'role', 'bob', 'viewer']
  const { stderr } = await muster(words, giving({ role: 'member' }, { role: 'viewer' }))
  expect(stderr).toContain('bob has to log in again, unless the login has a refresh token.')
  const suspended = giving({ role: 'member', suspended_at: expires }, { role: 'viewer' })
  expect((await muster(words, suspended)).stderr).toBe('✓ bob is a viewer of acme.\n')
})

test('a key that cannot read members changes a role with --yes', async () => {
  const forbidden = { status: 403, body: { ...problems.insufficient_scope, code: 'insufficient_scope' } }
  const answers = { ...giving({}, { role: 'viewer' }), 'GET /v1/organizations/org_1/members/bob': forbidden }
  expect((await muster(['user', 'role', 'bob', 'viewer', '--yes'], answers)).code).toBe(0)
  expect((await muster(['user', 'role', 'bob', 'viewer'], answers)).code).toBe(1)
})

test('a person is not asked to confirm the revocation of an application without access', async () => {
  const { code, stderr } = await muster(['application', 'revoke', 'cli_nope'], {
    'GET /v1/me': { body: me },
    'GET /v1/me/applications': { body: { items: [] } },
    'DELETE /v1/me/applications/cli_nope': { status: 404, body: { ...problems.application_not_found, code: 'application_not_found' } },
  })
  expect([code, stderr]).toEqual([1, expect.stringContaining(problems.application_not_found.title)])
})

test('a person reads every error of a request once', async () => {
  const errors = [
    { field: 'from', message: 'must be a time' },
    { field: 'to', message: 'must be a time' },
  ]
  const refused = { ...problems.invalid_request, code: 'invalid_request', detail: 'from: must be a time to: must be a time', errors }
  const answers = { 'GET /v1/me': { body: me }, 'GET /v1/organizations/org_1/audit-events': { status: 422, body: refused } }
  const { stderr } = await muster(['audit', 'list'], answers)
  expect(stderr.match(/from: must be a time/g)).toHaveLength(1)
  expect(stderr).toContain('  - from: must be a time\n  - to: must be a time\n')
})
