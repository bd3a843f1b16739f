import { createHash } from 'node:crypto'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type PackedFile, packTarball } from './tarball.ts'

// Packs the command and the SDK as npm packages that the server serves. Each version ends with a digest of the content. npm caches a package by its URL, so
// different content needs a different version, even if nobody increased the version (decision 0041).

const root = fileURLToPath(new URL('..', import.meta.url))
export const downloadsFolder = join(root, 'packages/server/dist/downloads')
export const downloadsIndex = join(downloadsFolder, 'index.json')

/** Takes the place of the version in the files, so that the version can be a digest of them. */
const PLACEHOLDER = '0.0.0-version-of-this-package'

type Manifest = Record<string, unknown> & { name: string; version: string }

/** @param cliBanner is put at the beginning of the command, so that a test can change the command without changing the version */
export async function buildDownloads(folder: string = downloadsFolder, { cliBanner = '' } = {}): Promise<void> {
  const made = { cli: pack('cli', await cliFiles(cliBanner)), sdk: pack('sdk', await sdkFiles()) }
  mkdirSync(folder, { recursive: true })
  for (const { file, tarball } of Object.values(made)) write(join(folder, file), tarball)
  const index = Object.fromEntries(
    Object.entries(made).map(([name, { version, file, tarball }]) => [
      name,
      { version, file, integrity: `sha512-${createHash('sha512').update(tarball).digest('base64')}` },
    ]),
  )
  // The index is written last, because every file it names must exist. Tarballs of earlier builds stay, so that their URLs keep working.
  write(join(folder, 'index.json'), Buffer.from(`${JSON.stringify(index, null, 2)}\n`))
}

function pack(name: 'cli' | 'sdk', { manifest, files }: { manifest: Manifest; files: PackedFile[] }): { version: string; file: string; tarball: Buffer } {
  const all = [...files, { path: 'package.json', body: Buffer.from(`${JSON.stringify({ ...manifest, version: PLACEHOLDER }, null, 2)}\n`) }]
  const digest = createHash('sha256').update(`${manifest.version} zlib ${process.versions.zlib}\n`)
  for (const { path, body } of all.toSorted((a, b) => (a.path < b.path ? -1 : 1))) digest.update(`${path} ${body.length}\n`).update(body)
  // A letter in front, because a numeric part of a version must not begin with 0.
  const version = `${manifest.version}-b${digest.digest('hex').slice(0, 12)}`
  const versioned = all.map((file) => ({ ...file, body: replaced(file.body, version) }))
  return { version, file: `${name}-${version}.tgz`, tarball: packTarball(versioned) }
}

const replaced = (body: Buffer, version: string): Buffer =>
  body.includes(PLACEHOLDER) ? Buffer.from(body.toString('utf8').replaceAll(PLACEHOLDER, version)) : body

async function cliFiles(banner: string): Promise<{ manifest: Manifest; files: PackedFile[] }> {
  const { bundleCli } = await import('./bundle-cli.ts')
  const { name, version, description, license } = manifestOf('packages/cli')
  return {
    // One file, with no dependencies and no scripts, so npm installs and runs nothing else.
    manifest: { name, version, description, license, engines: { node: '>=20' }, bin: { muster: 'muster.cjs' } },
    files: [
      { path: 'muster.cjs', body: Buffer.from(`#!/usr/bin/env node\n${banner && `${banner}\n`}${await bundleCli(PLACEHOLDER)}`), executable: true },
      { path: 'LICENSE', body: readFileSync(join(root, 'LICENSE')) },
    ],
  }
}

/** The SDK as published, with its one dependency bundled so that npm fetches nothing else. The manifest still names the dependency. */
async function sdkFiles(): Promise<{ manifest: Manifest; files: PackedFile[] }> {
  const folder = mkdtempSync(join(tmpdir(), 'muster-sdk-'))
  try {
    const { buildSdk } = await import('../packages/sdk/build.ts')
    buildSdk(folder)
    const manifest = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as Manifest & { dependencies: Record<string, string> }
    const bundled = Object.keys(manifest.dependencies)
    const dependencies = bundled.flatMap((name) => filesBelow(join(root, 'node_modules', name), `node_modules/${name}/`))
    return {
      manifest: { ...manifest, bundleDependencies: bundled },
      files: [
        ...filesBelow(folder).filter(({ path }) => path !== 'package.json'),
        ...dependencies,
        { path: 'LICENSE', body: readFileSync(join(root, 'LICENSE')) },
      ],
    }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

const manifestOf = (path: string): Manifest => JSON.parse(readFileSync(join(root, path, 'package.json'), 'utf8')) as Manifest

const filesBelow = (folder: string, prefix = ''): PackedFile[] =>
  readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .map((path) => ({ path: prefix + relative(folder, path).replaceAll('\\', '/'), body: readFileSync(path) }))

/** Replaces the file in one step, because a running server may read it at the same time. */
function write(path: string, body: Buffer): void {
  const temporary = `${path}.${process.pid}.tmp`
  writeFileSync(temporary, body)
  renameSync(temporary, path)
}
