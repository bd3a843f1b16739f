import { mkdtempSync, realpathSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { runCommand } from '@muster/testkit/command.ts'
import { bareEnvironment } from '@muster/testkit/environment.ts'
import { afterAll, beforeAll, expect, test } from 'vitest'

// What lists print when standard output is a pipe.

const answers: Record<string, unknown> = {
  '/v1/me': { kind: 'user', id: 'usr_1', username: 'ada', organization: { id: 'org_1', name: 'acme', role: 'admin' }, key: { id: 'key_1' } },
}
let server: Server
beforeAll(async () => {
  server = createServer(({ url = '' }, response) => {
    const body = answers[new URL(url, 'http://x').pathname]
    response.writeHead(body ? 200 : 404, { 'content-type': 'application/json' }).end(JSON.stringify(body ?? {}))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
})
afterAll(() => void server.close())

function run(...words: string[]): Promise<{ code: number; stdout: string; stderr: string }> {
  const cwd = realpathSync(mkdtempSync(join(tmpdir(), 'muster-cli-')))
  const MUSTER_URL = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  return runCommand(words, { cwd, env: { ...bareEnvironment(), HOME: cwd, MUSTER_URL, MUSTER_TOKEN: 'muster_uk_x' } })
}

test('a list of invitations says below why an open one does not count now (P8)', async () => {
  const invitation = { kind: 'email', role: 'viewer', state: 'open', created_by: 'bob', created_at: '2026-11-30T12:00:00.000Z', accepted_by: null }
  const expires_at = '2026-12-07T12:00:00.000Z'
  answers['/v1/organizations/org_1/invitations'] = {
    items: [
      { ...invitation, id: 'inv_1', email: 'x@example.com', expires_at, invalid_reason: 'bob may no longer invite.' },
      { ...invitation, id: 'inv_2', email: 'y@example.com', expires_at, invalid_reason: null },
      { ...invitation, id: 'inv_3', email: 'z@example.com', expires_at }, // of a server of the version before
    ],
  }
  const { stdout, stderr } = await run('invitation', 'list')
  expect(stdout.split('\n').map((line) => line.split('\t')[4])).toEqual(['open', 'open', 'open', undefined])
  expect(stderr).toContain('Not valid now: inv_1. bob may no longer invite.')
  expect(stderr).not.toMatch(/inv_[23]/)
  expect(stderr).toContain('To replace an invitation that is not valid, invite the person again.')
})

test('a piped list of events says in the last column how the actor acted (P17)', async () => {
  const event = { at: '2026-11-30T12:00:00.000Z', action: 'key.created', outcome: 'done', target: { id: 'key_1', name: 'deploy' }, details: { expires: 1 } }
  const actor = { kind: 'user', id: 'usr_1', name: 'ada' }
  answers['/v1/organizations/org_1/audit-events'] = {
    items: [
      { ...event, id: 'evt_1', actor: { ...actor, via: { kind: 'client', id: 'cli_1', name: 'web-dashboard' } } },
      { ...event, id: 'evt_2', actor: { ...actor, via: { kind: 'key', id: 'key_1', name: 'deploy' } } },
      { ...event, id: 'evt_3', actor },
    ],
  }
  const { stdout } = await run('audit', 'list')
  const before = `${event.at}\tada\tkey.created\tdone\tdeploy\t{"expires":1}`
  expect(stdout).toBe(`${before}\tvia web-dashboard\n${before}\tby key deploy\n${before}\t\n`)
})
