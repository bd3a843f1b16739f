import { fstatSync } from 'node:fs'
import { open, rename, unlink } from 'node:fs/promises'
import type { Context } from '../context.ts'
import { Failure, interrupted } from '../errors.ts'
import { count } from '../output/text.ts'

/** The interval between updates of the progress line. */
const tellEveryMs = 200

/**
 * Requests a stream and writes it to a file or to standard output as it arrives, and shows the number of events on standard error. A file gets its name
 * only when it is complete, because part of an export could be mistaken for all of it.
 */
export async function exportTo(
  context: Context,
  request: () => Promise<AsyncIterable<Uint8Array>>,
  { file, format }: { file: string | undefined; format: 'jsonl' | 'csv' },
): Promise<void> {
  const { say, signal } = context
  // Not if standard output is a pipe or a terminal: the progress line would be mixed with the export or with the output of its reader.
  const shows = say.isTerminal && !say.json && (file !== undefined || fstatSync(1).isFile())
  const counter = new Counter(format)
  const temporary = file === undefined ? null : `${file}.part`
  const handle = temporary === null ? null : await open(temporary, 'w', 0o600).catch((error: Error) => refuse(file ?? '', error))
  const discard = async (): Promise<void> => {
    await handle?.close().catch(() => {})
    if (temporary) await unlink(temporary).catch(() => {})
  }
  // After the file is open, because a response that nobody reads would keep the process waiting.
  const body = await request().catch(async (error: unknown) => {
    await discard()
    throw error
  })
  let told = Date.now()
  try {
    for await (const chunk of body) {
      if (signal.aborted) throw interrupted()
      if (handle) await handle.write(chunk)
      else await written(chunk)
      counter.take(chunk)
      if (shows && Date.now() - told > tellEveryMs) {
        told = Date.now()
        say.transient(`${count(counter.events, 'event')}, ${size(counter.bytes)}…`)
      }
    }
    await handle?.sync()
    await handle?.close()
    if (temporary && file) await rename(temporary, file).catch((error: Error) => refuse(file, error))
  } catch (error) {
    await discard()
    if (signal.aborted) throw interrupted()
    if (error instanceof Failure) throw error
    throw new Failure('The export was interrupted.', {
      code: 'export_incomplete',
      why: (error as Error).message,
      next: 'No incomplete file was kept. Run the command again.',
      cause: error,
    })
  } finally {
    if (shows) say.transient('')
  }
  if (say.json && file !== undefined) return say.data({ file, format, events: counter.events, bytes: counter.bytes }, () => '')
  if (file !== undefined) say.done(`${count(counter.events, 'event')} in ${file} (${size(counter.bytes)}).`)
  else if (shows) say.done(`${count(counter.events, 'event')}, ${size(counter.bytes)}.`)
}

/** Resolves when the chunk is written, so that a slow reader slows the download down. */
const written = (chunk: Uint8Array): Promise<void> =>
  new Promise((resolve, reject) => process.stdout.write(chunk, (error) => (error ? reject(error) : resolve())))

function refuse(file: string, error: Error): never {
  throw new Failure(`${file} cannot be written.`, { code: 'file_refused', why: error.message, next: 'Choose another file: -o FILE', cause: error })
}

/** Counts one event per line, except for the header of a CSV and line breaks inside its quotes. */
class Counter {
  bytes = 0
  #lines = 0
  #quoted = false
  readonly #csv: boolean

  constructor(format: 'jsonl' | 'csv') {
    this.#csv = format === 'csv'
  }

  take(chunk: Uint8Array): void {
    this.bytes += chunk.length
    for (const byte of chunk) {
      if (this.#csv && byte === 0x22) this.#quoted = !this.#quoted
      else if (byte === 0x0a && !this.#quoted) this.#lines++
    }
  }

  get events(): number {
    return Math.max(0, this.#lines - (this.#csv ? 1 : 0))
  }
}

function size(bytes: number): string {
  if (bytes < 1000) return `${bytes} bytes`
  return bytes < 1_000_000 ? `${(bytes / 1000).toFixed(1)} kB` : `${(bytes / 1_000_000).toFixed(1)} MB`
}
