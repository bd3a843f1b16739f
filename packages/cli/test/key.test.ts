import { mkdirSync, mkdtempSync, readdirSync, realpathSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { runCommand } from '@muster/testkit/command.ts'
import { bareEnvironment } from '@muster/testkit/environment.ts'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { chooseTerms } from '../src/commands/shared/key-terms.ts'
import type { Context } from '../src/context.ts'
import { ProblemError } from '../src/errors.ts'
import type { Login } from '../src/login/login.ts'

// Which credential a command acts with, seen by a server that only writes down what it was sent.

const sent: string[] = []
let server: Server
let url: string
beforeAll(async () => {
  server = createServer((request, response) => {
    sent.push(request.headers.authorization ?? 'nothing')
    response.writeHead(401, { 'content-type': 'application/problem+json' })
    response.end(
      JSON.stringify({ type: 'about:blank', status: 401, code: 'token_revoked', title: 'This login has ended.', next: 'Log in again: muster login.' }),
    )
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
})
afterAll(() => new Promise((resolve) => server.close(resolve)))

async function profile({ words = [], env = {}, login = false }: { words?: string[]; env?: Record<string, string>; login?: boolean }) {
  const cwd = realpathSync(mkdtempSync(join(tmpdir(), 'muster-cli-')))
  writeFileSync(join(cwd, 'key.txt'), 'muster_sk_from_the_file\n')
  if (login) {
    mkdirSync(join(cwd, '.muster'), { mode: 0o700 })
    const credentials = { version: 1, issuer: url, access_token: 'stored-token', expires_at: '2099-01-01T00:00:00Z', clock_offset_seconds: 0 }
    writeFileSync(join(cwd, '.muster', 'credentials'), JSON.stringify(credentials), { mode: 0o600 })
  }
  sent.length = 0
  const { code, stderr } = await runCommand(['profile', ...words], {
    cwd,
    env: { ...bareEnvironment(), HOME: cwd, MUSTER_URL: url, ...env },
  })
  return { code, stderr, sent: [...new Set(sent)], folder: readdirSync(cwd) }
}

const inEnvironment = { MUSTER_TOKEN: 'muster_uk_from_the_environment', MUSTER_REFRESH_TOKEN: 'muster_rt_x' }

test('--token-file overrides MUSTER_TOKEN, and MUSTER_TOKEN overrides a login', async () => {
  expect((await profile({ login: true })).sent).toEqual(['Bearer stored-token'])
  expect((await profile({ login: true, env: inEnvironment })).sent).toEqual(['Bearer muster_uk_from_the_environment'])
  expect((await profile({ login: true, env: inEnvironment, words: ['--token-file', 'key.txt'] })).sent).toEqual(['Bearer muster_sk_from_the_file'])
})

test('a refused key exits with 4, and is neither shown, stored nor replaced by a login', async () => {
  const { code, stderr, sent, folder } = await profile({ env: inEnvironment })
  expect({ code, sent }).toEqual({ code: 4, sent: ['Bearer muster_uk_from_the_environment'] })
  expect(stderr).toContain('The key in MUSTER_TOKEN was not accepted.')
  expect(stderr).not.toContain('from_the_environment')
  expect(folder).toEqual(['key.txt'])
})

test('a missing key file is refused before anything is sent', async () => {
  expect(await profile({ login: true, words: ['--token-file', 'nowhere.txt'] })).toMatchObject({
    code: 2,
    sent: [],
    stderr: expect.stringContaining('nowhere.txt cannot be read'),
  })
})

test('--token-file is also accepted before the command', async () => {
  expect((await profile({ words: ['--token-file', 'key.txt', '--quiet'] })).sent).toEqual(['Bearer muster_sk_from_the_file'])
})

/** The permissions that are offered for a key of a person with a custom role. @param roles the answers about roles and permissions */
async function offeredTo(permissions: string[], roles: (path: string) => Promise<unknown>): Promise<Record<string, string[]>> {
  let offered: Record<string, string[]> = {}
  const ask = {
    possible: true,
    one: async () => 'some',
    several: async (_: string, groups: Record<string, { value: string }[]>) => {
      offered = Object.fromEntries(Object.entries(groups).map(([area, choices]) => [area, choices.map(({ value }) => value)]))
      return []
    },
  }
  const holder = { name: 'you', role: 'custom' as const, role_id: 'role_x', permissions }
  await chooseTerms({ ask } as unknown as Context, { GET: roles } as unknown as Login, { scope: undefined, expires: undefined }, holder)
  return offered
}

test('a person whose role cannot list members chooses the permissions of a key (P12)', async () => {
  const forbidden = new ProblemError({ type: 'about:blank', status: 403, code: 'forbidden', title: 'Not allowed.', next: '' }, undefined)
  expect(await offeredTo(['resources:read'], () => Promise.reject(forbidden))).toEqual({ Resources: ['resources:read'] })
})

test("a key is offered what its holder may do at the platform's APIs (P12)", async () => {
  const named = (...names: string[]) => names.map((name) => ({ name, description: name, delegable: true }))
  const areas = [
    { area: 'Resources', api: null, permissions: named('resources:read', 'resources:remove') },
    { area: 'Deploy', api: 'https://deploy.example.com', permissions: named('apps:deploy', 'apps:read') },
    { area: 'Billing', api: 'https://billing.example.com', permissions: named('invoices:read') },
  ]
  const role = { permissions: ['members:read', 'resources:read', 'apps:read'] }
  const offered = await offeredTo(['members:read', 'resources:read'], async (path) => (path === '/v1/permissions' ? { items: areas } : role))
  expect(offered).toEqual({ Members: ['members:read'], Resources: ['resources:read'], 'API Deploy': ['apps:read'] })
})
