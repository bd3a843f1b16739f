import { gzipSync } from 'node:zlib'

export interface PackedFile {
  /** Relative to the package, with slashes. */
  path: string
  body: Buffer
  executable?: boolean
}

/**
 * Packs an npm package as a gzipped tar archive (POSIX ustar). The same files give the same bytes: they are sorted, and times, owners and modes are constant.
 * npm caches a package by its URL, so two builds of one source must be equal.
 */
export function packTarball(files: readonly PackedFile[]): Buffer {
  const sorted = [...files].sort((a, b) => (a.path < b.path ? -1 : 1))
  const blocks = sorted.flatMap(({ path, body, executable }) => [
    header(`package/${path}`, body.length, executable ? 0o755 : 0o644),
    body,
    Buffer.alloc((512 - (body.length % 512)) % 512),
  ])
  const zipped = gzipSync(Buffer.concat([...blocks, Buffer.alloc(1024)]), { level: 9 })
  zipped[9] = 255 // The operating system is set to unknown (RFC 1952 section 2.3.1).
  return zipped
}

function header(path: string, size: number, mode: number): Buffer {
  const [name, prefix] = split(path)
  const block = Buffer.alloc(512)
  const octal = (value: number, digits: number) => `${value.toString(8).padStart(digits, '0')}\0`
  block.write(name, 0)
  block.write(octal(mode, 7) + octal(0, 7) + octal(0, 7) + octal(size, 11) + octal(0, 11), 100)
  block.write('        0', 148) // The checksum is computed with spaces in its place. The type after it is a regular file.
  block.write('ustar\x0000', 257)
  block.write(prefix, 345)
  const checksum = block.reduce((sum, byte) => sum + byte, 0)
  block.write(`${checksum.toString(8).padStart(6, '0')}\0 `, 148)
  return block
}

/** The name has 100 bytes. A longer path is split at a slash, and its first part goes into the prefix. */
function split(path: string): [name: string, prefix: string] {
  if (Buffer.byteLength(path) <= 100) return [path, '']
  const at = path.indexOf('/', path.length - 101)
  if (at < 1 || at > 155) throw new Error(`${path} is too long for a tar archive`)
  return [path.slice(at + 1), path.slice(0, at)]
}
