import { closeSync, fdatasyncSync, fsyncSync, openSync } from 'node:fs'
import { NodeFS } from '@electric-sql/pglite/nodefs'

/** The parts of Emscripten's file system that are used here; PGlite does not publish their types. */
interface EmscriptenStream {
  nfd?: number
  node: object
}
interface EmscriptenModule {
  FS: {
    ErrnoError: new (errno: number) => Error
    filesystems: { NODEFS: { realPath(node: object): string; stream_ops: { fsync?: (stream: EmscriptenStream) => number } } }
  }
}

const EIO = 29 // Emscripten's own numbering

/**
 * PGlite's folder on disk, with an fsync that reaches the disk.
 *
 * As published, PGlite starts PostgreSQL with fsync off, and its file system for Node has no fsync operation at
 * all: a power cut could lose acknowledged commits and corrupt the folder. Here each commit makes one fdatasync.
 */
export class DurableNodeFS extends NodeFS {
  /** How often the disk was asked; the test counts with it. */
  syncs = 0

  override async init(...[pglite, options]: Parameters<NodeFS['init']>): ReturnType<NodeFS['init']> {
    const { emscriptenOpts } = await super.init(pglite, options)
    const addFsync = (module: unknown): void => {
      const { FS } = module as EmscriptenModule
      const { NODEFS } = FS.filesystems
      NODEFS.stream_ops.fsync = (stream) => {
        this.syncs += 1
        try {
          if (stream.nfd === undefined) syncFolder(NODEFS.realPath(stream.node))
          else fdatasyncSync(stream.nfd)
          return 0
        } catch {
          // PostgreSQL must stop on this: after a failed fsync nobody knows what the disk holds.
          throw new FS.ErrnoError(EIO)
        }
      }
    }
    return { emscriptenOpts: { ...emscriptenOpts, preRun: [...(emscriptenOpts.preRun ?? []), addFsync] } as typeof emscriptenOpts }
  }
}

/** A rename is only safe when its folder is on disk too. */
export function syncFolder(path: string): void {
  const descriptor = openSync(path, 'r')
  try {
    fsyncSync(descriptor)
  } finally {
    closeSync(descriptor)
  }
}
