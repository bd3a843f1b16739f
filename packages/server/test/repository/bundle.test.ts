import { existsSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
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

describe('the bundle of the server', () => {
  test('is used when no source has changed since the build', () => {
    for (const name of ['main', 'administration'] as const) expect(entry(name)).toBe(pathToFileURL(join(bundleFolder(), `${name}.mjs`)).href)
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

  test('loads the word lists for the first password, and not before', async () => {
    expect(existsSync(thread)).toBe(false)
    const form = { email: 'ada@example.com', password: 'password1234', given_name: 'Ada', family_name: 'L' }
    const response = await fetch(`${server.url}/sign-up`, { method: 'POST', headers: { origin: issuer }, body: new URLSearchParams(form) })
    expect(await response.text()).toContain('commonly used password')
    expect(existsSync(thread)).toBe(true)
  })
})
