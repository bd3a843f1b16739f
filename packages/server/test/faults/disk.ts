import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { open, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** A small disk that can be filled up. */
export interface Disk {
  folder: string
  /** Writes a file until no space is left. */
  fill(): Promise<void>
  free(): Promise<void>
  remove(): void
}

/** Mounts a disk in memory. Undefined without the right to mount one: that takes root, on Linux. */
export function aSmallDisk(megabytes: number): Disk | undefined {
  const folder = mkdtempSync(join(tmpdir(), 'muster-disk-'))
  const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', `size=${megabytes}m,mode=755`, 'tmpfs', folder])
  if (mounted.status !== 0) {
    rmSync(folder, { recursive: true, force: true })
    return undefined
  }
  const filler = join(folder, 'filler')
  return {
    folder,
    async fill() {
      const file = await open(filler, 'w')
      // The last bytes are written one page at a time.
      for (let size = 2 ** 20; size >= 4_096; ) {
        const { bytesWritten } = await file.write(Buffer.alloc(size)).catch((error: NodeJS.ErrnoException) => {
          if (error.code !== 'ENOSPC') throw error
          return { bytesWritten: 0 }
        })
        if (bytesWritten < size) size /= 2
      }
      await file.close()
    },
    free: () => rm(filler, { force: true }),
    remove() {
      spawnSync('umount', ['-l', folder])
      rmSync(folder, { recursive: true, force: true })
    },
  }
}
