import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { OPERATOR_TOKEN } from '@muster/testkit/muster.ts'
import { startPostgres } from '@muster/testkit/postgres.ts'
import { type ServerProcess, startTwinProcess } from '@muster/testkit/process.ts'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { bundleServer } from '../../../../scripts/bundle-server.ts'
import { bundleFolder, entry, isBundled } from '../../bin/entry.js'

const issuer = 'http://localhost:4000'
let folder: string
let server: ServerProcess
/** Exists when the process has started a thread. */
let thread: string

beforeAll(async () => {
  if (!isBundled()) await bundleServer()
  folder = await mkdtemp(join(tmpdir(), 'muster-bundle-'))
  thread = join(folder, 'thread')
  const watch = `import { writeFileSync } from 'node:fs'; process.on('worker', () => writeFileSync(${JSON.stringify(thread)}, ''))`
  const databaseUrl = await (await startPostgres()).createDatabase()
  server = await startTwinProcess(
    { databaseUrl, issuer },
    {
      MUSTER_SECRET: 'the secret of a bundle that is only made for a test',
      MUSTER_DATA_DIR: folder,
      MUSTER_OPERATOR_TOKEN: OPERATOR_TOKEN,
      MUSTER_COMPAT: 'dbos',
      NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(watch)}`,
    },
  )
})
afterAll(async () => {
  await server?.stop()
  await rm(folder, { recursive: true, force: true })
})

const get = async (path: string): Promise<[number, string]> => {
  const response = await fetch(server.url + path)
  return [response.status, await response.text()]
}

/** The files of the bundle that a start loads. */
function loadedAtStart(name = 'main.mjs', loaded = new Set<string>()): Set<string> {
  if (loaded.has(name)) return loaded
  loaded.add(name)
  const code = readFileSync(join(bundleFolder(), name), 'utf8')
  for (const [, part = ''] of code.matchAll(/\bimport(?:[\w${},*\s]+from)?\s*"\.\/([\w-]+\.mjs)"/g)) loadedAtStart(part, loaded)
  return loaded
}

describe('the bundle of the server', () => {
  test('is used when no source has changed since the build', () => {
    for (const name of ['main', 'administration'] as const) expect(entry(name)).toBe(pathToFileURL(join(bundleFolder(), `${name}.mjs`)).href)
  })

  test('loads the OAuth library with the first request that needs it', () => {
    const parts = readdirSync(bundleFolder()).filter((name) => name.endsWith('.mjs'))
    const withLibrary = parts.filter((name) => readFileSync(join(bundleFolder(), name), 'utf8').includes('OIDCProviderError'))
    expect(withLibrary).not.toEqual([])
    expect(withLibrary.filter((name) => loadedAtStart().has(name))).toEqual([])
    expect(loadedAtStart().size).toBeGreaterThan(1)
  })

  test.each([
    ['/', '<html'],
    ['/console/', '<html'],
    ['/docs/', 'js/scalar.js'],
    ['/docs/js/scalar.js', 'function'],
    ['/openapi.json', '"openapi":"3.1.1"'],
    ['/cli.json', '"integrity":"sha512-'],
    ['/v1alpha1/user/profile', 'dbos-cloud login'],
    ['/.well-known/openid-configuration', '"issuer"'],
  ])('serves %s', async (path, part) => {
    const [status, body] = await get(path)
    expect([path, status]).toEqual([path, path.startsWith('/v1alpha1') ? 401 : 200])
    expect(body).toContain(part)
  })

  test('serves the package of the command', async () => {
    const { url } = JSON.parse((await get('/cli.json'))[1]) as { url: string }
    expect((await get(new URL(url).pathname))[0]).toBe(200)
  })

  test('issues tokens that expire', async () => {
    // The library finds a lifetime by the name of a class, which a bundle could change.
    const client = { name: 'Reports', grants: ['client_credentials'], scopes: ['introspect'], redirect_uris: [] }
    const headers = { authorization: `Bearer ${OPERATOR_TOKEN}`, 'content-type': 'application/json' }
    const made = await fetch(`${server.url}/v1/operator/clients`, { method: 'POST', headers, body: JSON.stringify(client) })
    const { id, secret } = (await made.json()) as { id: string; secret: string }
    const authorization = `Basic ${Buffer.from(`${id}:${secret}`).toString('base64')}`
    const form = new URLSearchParams({ grant_type: 'client_credentials', scope: 'introspect' })
    const response = await fetch(`${server.url}/oauth/token`, { method: 'POST', headers: { authorization }, body: form })
    const { access_token: token, expires_in: seconds } = (await response.json()) as { access_token: string; expires_in: number }
    const { iat, exp } = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()) as { iat: number; exp: number }
    expect([exp - iat, seconds]).toEqual([3_600, 3_600])
  })

  test('loads the word lists for the first password, and not before', async () => {
    expect(existsSync(thread)).toBe(false)
    const form = { email: 'ada@example.com', password: 'liverpool99', given_name: 'Ada', family_name: 'L' }
    const response = await fetch(`${server.url}/sign-up`, { method: 'POST', headers: { origin: issuer }, body: new URLSearchParams(form) })
    expect(await response.text()).toContain('commonly used password')
    expect(existsSync(thread)).toBe(true)
  })
})
