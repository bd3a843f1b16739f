import { closeSync, fdatasyncSync, fsyncSync, openSync } from 'node:fs'
import { NodeFS } from '@electric-sql/pglite/nodefs'

/** The parts of Emscripten's file system that this file uses. PGlite does not publish their types. */
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

const EIO = 29 // Emscripten numbers errors in its own way

/**
 * PGlite's folder on disk, with a working fsync.
 *
 * PGlite starts PostgreSQL with fsync off, and its file system for Node has no fsync operation. So a power failure
 * could lose committed transactions and corrupt the folder. With this class, each commit calls fdatasync once.
 */
export class DurableNodeFS extends NodeFS {
  /** The number of fsync calls, for a test. */
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
          // PostgreSQL must stop, because the content of the disk is unknown after a failed fsync.
          throw new FS.ErrnoError(EIO)
        }
      }
    }
    return { emscriptenOpts: { ...emscriptenOpts, preRun: [...(emscriptenOpts.preRun ?? []), addFsync] } as typeof emscriptenOpts }
  }
}

/** A rename is durable only after an fsync of its folder. */
export function syncFolder(path: string): void {
  const descriptor = openSync(path, 'r')
  try {
    fsyncSync(descriptor)
  } finally {
    closeSync(descriptor)
  }
}
