import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { mkdir, open, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { constants, zstdCompress, zstdDecompress } from 'node:zlib'
import { isRelease, snapshotFolder } from '../../files.ts'
import { syncFolder } from './durable-fs.ts'

// An empty, migrated cluster without keys, created by `npm run build`. In WebAssembly, initdb and the migrations take
// seconds; unpacking the snapshot takes a fraction of a second.

const source = fileURLToPath(new URL('../../', import.meta.url))

/** A hash of all files that determine the content of a new cluster. */
async function snapshotFingerprint(): Promise<string> {
  const migrations = join(source, 'store/migrations')
  const files = [
    ...(await readdir(migrations)).sort().map((name) => join(migrations, name)),
    join(source, 'store/engine/pglite.ts'),
    join(source, 'jobs/queue.ts'),
    packageFile('@electric-sql/pglite'),
    packageFile('pg-boss'),
  ]
  const hash = createHash('sha256')
  for (const content of await Promise.all(files.map((file) => readFile(file)))) hash.update(content).update('\0')
  return hash.digest('hex').slice(0, 16)
}

/** The snapshot as a tar. Null if none was built for these migrations. */
export async function readSnapshot(): Promise<Buffer | null> {
  const compressed = await readFile(await snapshotPath()).catch(() => null)
  return compressed && promisify(zstdDecompress)(compressed)
}

export async function snapshotExists(): Promise<boolean> {
  return existsSync(await snapshotPath())
}

/** Writes the snapshot unless it exists. `make` returns the tar of a new cluster. */
export async function ensureSnapshot(make: () => Promise<Blob>): Promise<{ path: string; made: boolean }> {
  const path = await snapshotPath()
  if (existsSync(path)) return { path, made: false }
  const tar = Buffer.from(await (await make()).arrayBuffer())
  await mkdir(snapshotFolder, { recursive: true })
  const unfinished = `${path}.${process.pid}`
  await writeFile(unfinished, await promisify(zstdCompress)(tar, { params: { [constants.ZSTD_c_compressionLevel]: 6 } }))
  await rename(unfinished, path)
  for (const name of await readdir(snapshotFolder)) {
    if (name.startsWith('snapshot-') && join(snapshotFolder, name) !== path) await rm(join(snapshotFolder, name), { force: true })
  }
  return { path, made: true }
}

/** Unpacks the tar into a new folder and syncs it before it returns, so that a power failure leaves a complete cluster or none. */
export async function unpackSnapshot(tar: Buffer, target: string): Promise<void> {
  const folders = new Set<string>([target])
  const files: { path: string; content: Buffer }[] = []
  for (const { name, isFolder, content } of tarEntries(tar)) {
    const path = join(target, name)
    folders.add(isFolder ? path : dirname(path))
    if (!isFolder) files.push({ path, content })
  }
  for (const path of folders) await mkdir(path, { recursive: true, mode: 0o700 })
  // Several files at a time, because the disk can handle many fsyncs at once.
  const writers = Array.from({ length: 16 }, async () => {
    for (let file = files.pop(); file; file = files.pop()) await writeSynced(file.path, file.content)
  })
  await Promise.all(writers)
  for (const path of folders) syncFolder(path)
}

async function writeSynced(path: string, content: Buffer): Promise<void> {
  const file = await open(path, 'w', 0o600)
  try {
    await file.writeFile(content)
    await file.datasync()
  } finally {
    await file.close()
  }
}

/** The ustar entries that PGlite writes: plain files and folders with short names. */
function* tarEntries(tar: Buffer): Generator<{ name: string; isFolder: boolean; content: Buffer }> {
  const text = (from: number, length: number): string => tar.toString('utf8', from, from + length).replace(/\0.*$/s, '')
  for (let at = 0; at + 512 <= tar.length && tar[at] !== 0; ) {
    const prefix = text(at + 345, 155)
    const name = `${prefix === '' ? '' : `${prefix}/`}${text(at, 100)}`.replace(/^\/+/, '')
    const size = Number.parseInt(text(at + 124, 12).trim() || '0', 8)
    const isFolder = text(at + 156, 1) === '5' || name.endsWith('/')
    if (name.split('/').includes('..')) throw new Error('The snapshot holds a path that leads out of it.')
    yield { name, isFolder, content: tar.subarray(at + 512, at + 512 + size) }
    at += 512 + Math.ceil(size / 512) * 512
  }
}

/** A release has one snapshot, and no sources to compare it with. */
export async function snapshotPath(): Promise<string> {
  return join(snapshotFolder, isRelease ? 'snapshot.tar.zst' : `snapshot-${await snapshotFingerprint()}.tar.zst`)
}

function packageFile(name: string): string {
  for (let at = dirname(createRequire(import.meta.url).resolve(name)); ; at = dirname(at)) {
    if (at.endsWith(`node_modules/${name}`)) return join(at, 'package.json')
    if (at === dirname(at)) throw new Error(`The package ${name} was not found.`)
  }
}
