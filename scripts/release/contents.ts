import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'
import { serverEntries, unbundled } from '../bundle-server.ts'

// Says which npm packages a release contains. The tools that only build and test are not in it.

export const root = fileURLToPath(new URL('../..', import.meta.url))

export interface LockedPackage {
  version: string
  resolved?: string
  integrity?: string
  license?: string
  dependencies?: Record<string, string>
  optionalDependencies?: Record<string, string>
}

/** Path of the folder, such as `node_modules/pg` → the package. */
export type Locked = Record<string, LockedPackage>

export const readLock = (): { lockfileVersion: number; packages: Locked } => JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8'))

export const readManifest = (): Record<'version' | 'description' | 'license', string> => JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))

/** A package in a release, and where it is installed. */
export interface Contained {
  folder: string
  name: string
  version: string
}

/** The packages whose code is in the bundles, and those that are installed beside them. */
export async function contents(): Promise<Contained[]> {
  const parts = await Promise.all([
    foldersRead(serverEntries),
    foldersRead([join(root, 'packages/cli/src/main.ts')]),
    foldersRead([join(root, 'packages/console/src/main.tsx')]),
    foldersRead([join(root, 'packages/sdk/src/index.ts')]),
  ])
  // The style sheet of the console contains a part of Tailwind, and the API reference is a script that comes with its package.
  const others = ['tailwindcss', '@scalar/fastify-api-reference'].map((name) => `node_modules/${name}`)
  const folders = new Set([...parts.flat(), ...others, ...Object.keys(unbundledPackages()).filter((folder) => existsSync(join(root, folder)))])
  return [...folders].toSorted().map((folder) => {
    const { name, version } = JSON.parse(readFileSync(join(root, folder, 'package.json'), 'utf8')) as Contained
    return { folder, name, version }
  })
}

/** The folders of the packages that a bundle of these files reads. */
async function foldersRead(entryPoints: string[]): Promise<string[]> {
  const { metafile } = await build({
    entryPoints,
    absWorkingDir: root,
    outdir: 'nowhere',
    write: false,
    bundle: true,
    splitting: true,
    platform: 'node',
    format: 'esm',
    external: [...unbundled, 'pg-native'],
    loader: { '.css': 'empty' },
    define: { 'process.env.NODE_ENV': '"production"' },
    metafile: true,
    logLevel: 'error',
  })
  const folders = Object.keys(metafile.inputs).map((path) => /^.*node_modules\/(?:@[^/]+\/)?[^/]+(?=\/)/.exec(path)?.[0])
  return [...new Set(folders.filter((folder) => folder !== undefined))]
}

/** The packages that cannot be bundled, with what they need on any platform, as the lock file names them. */
export function unbundledPackages(): Locked {
  const { packages } = readLock()
  const found: Locked = {}
  const add = (name: string): void => {
    const folder = `node_modules/${name}`
    const locked = packages[folder]
    if (locked === undefined || found[folder] !== undefined) return
    found[folder] = locked
    for (const needed of Object.keys({ ...locked.dependencies, ...locked.optionalDependencies })) add(needed)
  }
  for (const name of unbundled) add(name)
  return found
}
