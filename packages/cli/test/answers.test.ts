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
