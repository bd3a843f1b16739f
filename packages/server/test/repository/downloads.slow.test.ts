import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { cp, mkdir, mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { gunzipSync } from 'node:zlib'
import { bareEnvironment } from '@muster/testkit/environment.ts'
import { freePort, type Muster, startMuster } from '@muster/testkit/muster.ts'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { buildDownloads } from '../../../../scripts/build-downloads.ts'
import { hasPseudoTerminal } from '../journeys/terminal.ts'

// The command and the SDK as the server hands them out, run with the npm and Node of this machine.

const run = promisify(execFile)
let root: string
let muster: Muster
let port: string
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'muster-downloads-'))
  await buildDownloads(join(root, 'first'), { cliBanner: '// former' })
  port = String(await freePort())
  muster = await startMuster({ env: { PORT: port }, downloadsFolder: join(root, 'first') })
})
afterAll(async () => {
  await muster?.close()
  await rm(root, { recursive: true, force: true })
})

/** npm as on a machine without Muster and without a registry: the cache and the folder are empty. */
async function aMachine(name: string) {
  const folder = join(root, name)
  await mkdir(join(folder, 'work'), { recursive: true })
  const env = {
    ...bareEnvironment(),
    PATH: (process.env.PATH ?? '')
      .split(':')
      .filter((path) => !path.includes('node_modules'))
      .join(':'),
    HOME: folder,
    npm_config_cache: join(folder, 'cache'),
    npm_config_registry: 'http://127.0.0.1:9/', // No process listens there.
    npm_config_audit: 'false',
    npm_config_update_notifier: 'false',
  }
  const cwd = join(folder, 'work')
  const machine = async (line: string) => {
    const [command = '', ...words] = line.split(' ')
    return run(command, words, { cwd, env }).catch((error: { stdout: string; stderr: string }) => error)
  }
  /** Runs a line in a shell whose standard error is a terminal, and returns both outputs. */
  const atTerminal = async (line: string) => (await run('script', ['-qec', line, '/dev/null'], { cwd, env: { ...env, TERM: 'xterm' } })).stdout
  return Object.assign(machine, { atTerminal })
}

const offered = async (name: 'cli' | 'sdk') => (await muster.call('GET', `/${name}.json`)).body

/** The file names in a tar archive, read from its headers. */
function namesIn(tarball: Buffer): string[] {
  const tar = gunzipSync(tarball)
  const names: string[] = []
  for (let at = 0; tar[at] !== 0; at += 512 + Math.ceil(Number.parseInt(tar.toString('latin1', at + 124, at + 135), 8) / 512) * 512)
    names.push(tar.toString('utf8', at, at + 100).replace(/\0+$/, ''))
  return names
}

const download = async (url: string, options: RequestInit = {}) => {
  const response = await fetch(url, options)
  return { response, body: Buffer.from(await response.arrayBuffer()) }
}

test('the package of the command is complete: no dependencies, no scripts (O3)', async () => {
  const { url, version, integrity } = await offered('cli')
  const { response, body } = await download(url)
  expect(response.headers.get('cache-control')).toBe('public, max-age=31536000, immutable')
  expect(`sha512-${createHash('sha512').update(body).digest('base64')}`).toBe(integrity)
  expect(namesIn(body)).toEqual(['package/LICENSE', 'package/muster.cjs', 'package/package.json'])
  const text = gunzipSync(body).toString('utf8')
  const manifest = JSON.parse(text.slice(text.lastIndexOf('{\n  "name": "@muster/cli"')).replace(/\0+$/, ''))
  expect(manifest).toEqual({
    name: '@muster/cli',
    version,
    description: 'The muster command.',
    license: 'Apache-2.0',
    engines: { node: '>=20' },
    bin: { muster: 'muster.cjs' },
  })
})

test('two builds of one source give the same bytes', async () => {
  await buildDownloads(join(root, 'again'), { cliBanner: '// former' })
  for (const name of await readdir(join(root, 'first')))
    expect((await readFile(join(root, 'again', name))).equals(await readFile(join(root, 'first', name))), name).toBe(true)
})

test('the package of the SDK names no folder of the machine that built it (O3)', async () => {
  const { url } = await offered('sdk')
  const maps =
    gunzipSync((await download(url)).body)
      .toString('utf8')
      .match(/"sources":\[[^\]]*\]/g) ?? []
  expect(maps.length).toBeGreaterThan(5)
  expect(maps.filter((sources) => !/^"sources":\["(?:sdk|contract)\/src\/[\w/.-]+\.ts"\]$/.test(sources))).toEqual([])
})

test.each(['cli', 'sdk'] as const)('/%s.tgz redirects to the version at the issuer, whatever Host says (O3)', async (name) => {
  const { url, version } = await offered(name)
  expect(url).toBe(`${muster.url}/${name}-${version}.tgz`)
  const { headers, status } = await muster.call('GET', `/${name}.tgz`, { headers: { host: 'evil.example' } })
  expect([status, headers.get('location') ?? url]).toEqual([status === 421 ? 421 : 302, url])
  const redirect = await fetch(`${muster.url}/${name}.tgz`, { redirect: 'manual' })
  expect([redirect.status, redirect.headers.get('location'), redirect.headers.get('cache-control')]).toEqual([302, url, 'no-store'])
  expect((await muster.call('GET', `/${name}-0.0.1.tgz`)).body).toMatchObject({ code: 'not_found', detail: expect.stringContaining(url) })
  expect((await muster.call('GET', `/${name}-..%2Findex.tgz`)).status).toBe(404)
})

test('the printed line runs, and runs the new version after a rebuild (O3)', async () => {
  const machine = await aMachine('npx')
  const before = await offered('cli')
  expect(before.command).toBe(`npx --yes ${before.url}`)
  expect((await machine(`${before.command} --version`)).stdout).toBe(`${before.version}\n`)
  await machine(`npm install --global --prefix ../installed ${before.url}`)
  expect((await machine('../installed/bin/muster --version')).stdout).toBe(`${before.version}\n`)
  // The hints of the command repeat the npx line, because a bare `muster` may be missing here or belong to another program.
  const { stderr } = await machine(`${before.command} profile --url ${muster.url}`)
  expect(stderr).toContain(`Run: ${before.command} login --url ${muster.url}`)

  // This change keeps the version number and the size of the file.
  await muster.close()
  await cp(join(root, 'first'), join(root, 'second'), { recursive: true })
  await buildDownloads(join(root, 'second'), { cliBanner: '// change' })
  muster = await startMuster({ env: { PORT: port }, downloadsFolder: join(root, 'second') })
  const after = await offered('cli')
  expect(after.url).not.toBe(before.url)
  expect((await machine(`${after.command} --version`)).stdout).toBe(`${after.version}\n`)
  // The earlier line still works on a machine that has never run it.
  const another = await aMachine('another')
  expect((await another(`${before.command} --version`)).stdout).toBe(`${before.version}\n`)
})

test.runIf(hasPseudoTerminal)('the command says once a day that its server has a newer version', async () => {
  const machine = await aMachine('newer')
  const { token } = await muster.person('nora')
  const former = (await readdir(join(root, 'first'))).find((name) => name.startsWith('cli-')) ?? ''
  const { version } = await offered('cli')
  const line = `MUSTER_URL=${muster.url} MUSTER_TOKEN=${token} npx --yes ${muster.url}/${former} org list`
  const notice = `A newer version of muster is available at ${muster.url}: ${version} (this is ${former.slice('cli-'.length, -'.tgz'.length)}).`
  const [first, second] = [await machine.atTerminal(line), await machine.atTerminal(line)]
  expect(first).toContain('nora@example.com')
  expect(first).toContain(notice)
  expect(second).toContain('nora@example.com')
  expect(second).not.toContain('A newer version')
})

test('the SDK installs by its address without a registry', async () => {
  const machine = await aMachine('sdk')
  const { command, url } = await offered('sdk')
  expect(command).toBe(`npm install ${url}`)
  await machine(command)
  const imported = await machine(`node --input-type=module -e ${'import{createVerifier}from"@muster/sdk";console.log(typeof(createVerifier))'}`)
  expect(imported.stdout).toBe('function\n')
})

test('a server whose operator installs the command says so', async () => {
  const other = await startMuster({ env: { MUSTER_CLI_COMMAND: 'acme-accounts' }, downloadsFolder: join(root, 'first') })
  try {
    expect((await other.call('GET', '/cli.json')).body.command).toBe('acme-accounts')
    expect((await other.call('GET', '/')).body).toContain('<code>acme-accounts login')
  } finally {
    await other.close()
  }
})
