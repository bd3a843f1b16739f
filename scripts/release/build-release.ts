import { chmodSync, cpSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { consoleFolder, docsFolder, downloadsFolder, portalFolder, tokensFile, webauthnScript } from '../../packages/server/src/files.ts'
import { snapshotPath } from '../../packages/server/src/store/engine/snapshot.ts'
import { build, timed } from '../build.ts'
import { bundleCli } from '../bundle-cli.ts'
import { bundleForRelease, unbundled } from '../bundle-server.ts'
import { contents, readLock, readManifest, root, unbundledPackages } from './contents.ts'
import { licenses } from './licenses.ts'
import { makeReadable } from './readable.ts'
import { sbom } from './sbom.ts'

// `npm run build:release`: writes dist/, which is all that a server needs besides Node. It can be copied to any folder (O1).

export const releaseFolder = join(root, 'dist')

/** The operator's guide, and the pages that it links to. Its links to `../deploy/` are valid in the release, too. */
const guide = ['operations.md', 'configuration.md', 'cli.md', 'problems.md', 'sign-in-with.md', 'signals.md']
/** The steps in deploy/README.md create it. */
const secretsOfCompose = join(root, 'deploy/compose/secrets')

/** Fills the folder, or replaces what is in it. */
export async function buildRelease(folder: string, say: (line: string) => void): Promise<void> {
  await build(say, { server: false })
  const unfinished = `${folder}.${process.pid}`
  try {
    await timed('the release', () => fill(unfinished), say)
  } catch (error) {
    rmSync(unfinished, { recursive: true, force: true })
    throw error
  }
  for (const { file, integrity } of Object.values(readPackages())) say(`For the release notes: ${file} ${integrity}`)
  rmSync(folder, { recursive: true, force: true })
  renameSync(unfinished, folder)
}

async function fill(folder: string): Promise<void> {
  mkdirSync(join(folder, 'bin'), { recursive: true })
  await bundleForRelease(join(folder, 'server'))
  const copies: [from: string, to: string][] = [
    [consoleFolder, 'console'],
    [docsFolder, 'docs'],
    [downloadsFolder, 'downloads'],
    [join(root, 'deploy'), 'deploy'],
    ...guide.map((name): [string, string] => [join(root, 'docs', name), `docs/${name}`]),
    ...['portal.css', 'portal.js', 'passkeys.js', 'mark.svg'].map((name): [string, string] => [join(portalFolder, name), `portal/${name}`]),
    [tokensFile, 'portal/tokens.css'],
    [webauthnScript, 'portal/simplewebauthn.js'],
    [await snapshotPath(), 'snapshot.tar.zst'],
    ...['server.js', 'administration.js'].map((name): [string, string] => [join(root, 'packages/server/bin', name), `bin/${name}`]),
    ...['node-version.js', 'npm-signals.js'].map((name): [string, string] => [join(root, 'scripts', name), `bin/${name}`]),
    ...['entry.js', 'healthcheck.js'].map((name): [string, string] => [join(import.meta.dirname, name), `bin/${name}`]),
    [join(import.meta.dirname, 'server.js'), 'server.js'],
    [join(import.meta.dirname, 'README.md'), 'README.md'],
    ...['LICENSE', 'CHANGELOG.md'].map((name): [string, string] => [join(root, name), name]),
    // Those of this platform. On another one, `npm ci` in the folder installs the others.
    ...Object.keys(unbundledPackages())
      .filter((name) => existsSync(join(root, name)))
      .map((name): [string, string] => [join(root, name), name]),
  ]
  for (const [from, to] of copies) cpSync(from, join(folder, to), { recursive: true, filter: (path) => path !== secretsOfCompose })
  await writeCommand(join(folder, 'bin/muster.cjs'))
  writeManifest(folder)
  const contained = await contents()
  writeFileSync(join(folder, 'licenses.txt'), licenses(contained))
  writeFileSync(join(folder, 'sbom.cdx.json'), sbom(contained))
  makeReadable(folder)
}

/** The packages of the CLI and the SDK in this release. */
const readPackages = (): Record<'cli' | 'sdk', { version: string; file: string; integrity: string }> =>
  JSON.parse(readFileSync(join(downloadsFolder, 'index.json'), 'utf8'))

/** The command of the package that this server hands out. */
async function writeCommand(path: string): Promise<void> {
  writeFileSync(path, `#!/usr/bin/env node\n${await bundleCli(readPackages().cli.version)}`)
  chmodSync(path, 0o755)
}

/** A manifest with the packages that are not in the bundle, and the part of the lock file that names them. */
function writeManifest(folder: string): void {
  const { version, description, license } = readManifest()
  const packages = unbundledPackages()
  const manifest = {
    name: 'muster',
    version,
    license,
    bin: { muster: 'bin/muster.cjs' },
    engines: { node: '>=22.18' },
    dependencies: Object.fromEntries(unbundled.map((name) => [name, packages[`node_modules/${name}`]?.version])),
  }
  writeJson(join(folder, 'package.json'), { ...manifest, private: true, description, type: 'module', scripts: { start: 'node server.js' } })
  const { lockfileVersion } = readLock()
  writeJson(join(folder, 'package-lock.json'), { name: 'muster', version, lockfileVersion, requires: true, packages: { '': manifest, ...packages } })
}

const writeJson = (path: string, value: unknown): void => writeFileSync(path, `${JSON.stringify(value, null, 2)}\n`)

if (import.meta.main) await buildRelease(releaseFolder, (line) => process.stderr.write(`${line}\n`))
