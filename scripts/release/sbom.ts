import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Contained, type Locked, readLock, readManifest } from './contents.ts'

/** The bill of materials (CycloneDX) that npm writes for an application that depends on exactly these packages (O4). */
export function sbom(contained: readonly Contained[]): string {
  const folder = mkdtempSync(join(tmpdir(), 'muster-sbom-'))
  try {
    const { version, license } = readManifest()
    const { lockfileVersion, packages } = readLock()
    const folders = new Set(contained.map((one) => one.folder))
    const dependencies = Object.fromEntries(contained.filter((one) => one.folder === `node_modules/${one.name}`).map((one) => [one.name, one.version]))
    const manifest = { name: 'muster', version, license, dependencies }
    const locked = contained.map(({ folder: at, version: own }) => {
      const { dependencies: needs = {}, resolved, integrity, license: licensed } = packages[at] ?? {}
      // Without the dependencies that the bundler left out, and without the mark of a tool.
      const kept = Object.entries(needs).filter(([name]) => folders.has(found(at, name, packages)))
      return [at, { version: own, resolved, integrity, license: licensed, dependencies: Object.fromEntries(kept) }]
    })
    write(join(folder, 'package.json'), manifest)
    write(join(folder, 'package-lock.json'), { ...manifest, lockfileVersion, packages: { '': manifest, ...Object.fromEntries(locked) } })
    const words = ['sbom', '--package-lock-only', '--sbom-format', 'cyclonedx', '--sbom-type', 'application']
    return execFileSync('npm', words, { cwd: folder, encoding: 'utf8', maxBuffer: 64 * 1024 * 1024, shell: process.platform === 'win32' })
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** The folder where Node finds the package that another one imports: the nearest above it. */
function found(from: string, name: string, packages: Locked): string {
  for (let at = from; at !== ''; at = at.slice(0, Math.max(0, at.lastIndexOf('/node_modules/')))) {
    const folder = `${at}/node_modules/${name}`
    if (packages[folder] !== undefined) return folder
  }
  return `node_modules/${name}`
}

const write = (path: string, value: unknown): void => writeFileSync(path, JSON.stringify(value))
