import { execFile } from 'node:child_process'
import { mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { bareEnvironment } from '@muster/testkit/environment.ts'
import { type Human, type Muster, startMuster } from '@muster/testkit/muster.ts'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { examples, type RunningExample, startExample } from './running-example.ts'
import { aClient } from './verifying.ts'

// The example of a backend that mirrors organizations with the event feed. Each test continues where the one before ended.

const folder = realpathSync(mkdtempSync(join(tmpdir(), 'muster-mirror-')))
const file = join(folder, 'mirror.json')

let muster: Muster
let ada: Human
let env: Record<string, string>
let example: RunningExample | undefined
beforeAll(async () => {
  muster = await startMuster()
  ada = (await muster.organization({ ada: 'admin', bob: 'member' }))['ada'] as Human
  const client = await aClient(muster, ['platform:events:read', 'platform:organizations:read', 'platform:members:read'])
  env = { MUSTER_ISSUER: muster.url, MUSTER_CLIENT_ID: client.clientId, MUSTER_CLIENT_SECRET: client.clientSecret, MIRROR_FILE: file }
})
afterAll(async () => {
  await example?.stop()
  await muster?.close()
  rmSync(folder, { recursive: true })
})

const start = () => {
  example = startExample('mirror/mirror.ts', env)
}
const kill = async () => {
  await example?.stop('SIGKILL')
}
const stored = () => JSON.parse(readFileSync(file, 'utf8'))
/** The organizations in the file, with their members in alphabetical order. */
const mirrored = (): Record<string, string[]> => {
  try {
    const organizations: { name: string; members: { username: string; role: string }[] }[] = Object.values(stored().organizations)
    return Object.fromEntries(organizations.map(({ name, members }) => [name, members.map(({ username, role }) => `${username} ${role}`).sort()]))
  } catch {
    return {} // not written yet
  }
}
const rename = async (from: string, to: string) => {
  const { status } = await muster.call('POST', `/v1/organizations/${from}/rename`, { token: ada.token, body: { from, to } })
  expect(status).toBe(200)
}

test('the mirror copies organizations and adds a member who joins', async () => {
  start()
  await expect.poll(mirrored).toEqual({ ada: ['ada admin', 'bob member'], bob: [] })
  const carol = await muster.person('carol')
  const { body } = await muster.call('POST', '/v1/organizations/ada/secrets', { token: ada.token, body: {} })
  expect((await muster.call('POST', '/v1/invitations/accept', { token: carol.token, body: { token: body.secret } })).status).toBe(200)
  await expect.poll(mirrored).toEqual({ ada: ['ada admin', 'bob member', 'carol member'], bob: [], carol: [] })
})

test('a restarted mirror continues from its cursor', async () => {
  await kill()
  await rename('ada', 'acme')
  // An organization that only a new copy would leave out.
  writeFileSync(file, JSON.stringify({ ...stored(), organizations: { ...stored().organizations, org_x: { name: 'from-before', members: [] } } }))
  start()
  await expect.poll(mirrored).toMatchObject({ acme: ['ada admin', 'bob member', 'carol member'], 'from-before': [] })
})

test('a mirror reads everything again when its cursor is gone', async () => {
  await kill()
  await rename('acme', 'northwind')
  const position = Number.parseInt(stored().cursor, 10)
  writeFileSync(file, JSON.stringify({ ...stored(), cursor: stored().cursor.replace(/^\d+/, position + 1_000) }))
  start()
  await expect.poll(mirrored).toEqual({ northwind: ['ada admin', 'bob member', 'carol member'], bob: [], carol: [] })
  await rename('northwind', 'ada')
  await expect.poll(mirrored).toHaveProperty('ada')
})

test('a mirror with a wrong secret stops and says why', async () => {
  const program = fileURLToPath(new URL('mirror/mirror.ts', examples))
  const wrong = { ...bareEnvironment(), ...env, MUSTER_CLIENT_SECRET: 'muster_cs_wrong', MIRROR_FILE: join(folder, 'none.json') }
  const { code, stderr } = await new Promise<{ code: unknown; stderr: string }>((resolve) =>
    execFile(process.execPath, [program], { env: wrong }, (error, _, stderr) => resolve({ code: error?.code, stderr })),
  )
  expect([code, stderr.trim().split('\n')]).toEqual([1, [expect.stringMatching(/^Muster refuses the request, so the mirror stops\. .*invalid_client/)]])
})

test('a mirror gets another token when its own has expired', async () => {
  await muster.clock.advance(2 * 60 * 60)
  await rename('ada', 'globex')
  await expect.poll(mirrored).toHaveProperty('globex')
})
