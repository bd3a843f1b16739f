import { readSync } from 'node:fs'

/** Reads standard input to its end. */
export function standardInput(): string {
  const chunks: Buffer[] = []
  const chunk = Buffer.alloc(65_536)
  for (;;) {
    try {
      const length = readSync(0, chunk)
      if (length === 0) break
      chunks.push(Buffer.from(chunk.subarray(0, length)))
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException
      if (code === 'EOF') break // how a pipe ends on Windows
      // Another process that shares the pipe has made it non-blocking.
      if (code !== 'EAGAIN') throw error
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 20)
    }
  }
  return Buffer.concat(chunks).toString('utf8')
}
