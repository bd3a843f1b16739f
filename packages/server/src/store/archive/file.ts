import { createHash } from 'node:crypto'
import { createReadStream, createWriteStream } from 'node:fs'
import { rename, rm, stat } from 'node:fs/promises'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { constants, createZstdCompress, createZstdDecompress } from 'node:zlib'
import { CopyFailed, type Piece } from './rows.ts'

// A backup: lines of text, compressed. The first describes it, then come the tables and their rows, and the last has the counts and a checksum of all before it.

export interface Header {
  /** The last migration that had run. */
  migration: string
  /** The database's time, of the snapshot. */
  at: string
}

export interface Archive {
  header: Header
  pieces: AsyncGenerator<Piece>
}

const FORMAT = 1
/** A batch of rows is shorter, so a longer line is no backup's. */
const LINE_MOST = 256 * 1024 * 1024

interface FirstLine extends Header {
  'muster-backup': number
}

interface LastLine {
  end: Pick<Extract<Piece, { kind: 'end' }>, 'counts' | 'sequences'>
  sha256: string
}

async function* linesOf({ migration, at }: Header, pieces: AsyncIterable<Piece>): AsyncGenerator<string> {
  const hash = createHash('sha256')
  const hashed = (line: string): string => {
    hash.update(line)
    return line
  }
  yield hashed(`${JSON.stringify({ 'muster-backup': FORMAT, migration, at } satisfies FirstLine)}\n`)
  for await (const piece of pieces) {
    if (piece.kind === 'table') yield hashed(`${JSON.stringify({ table: piece.table, columns: piece.columns })}\n`)
    else if (piece.kind === 'rows') yield hashed(`${piece.count} ${piece.rows}\n`)
    else yield `${JSON.stringify({ end: { counts: piece.counts, sequences: piece.sequences }, sha256: hash.digest('hex') } satisfies LastLine)}\n`
  }
}

/** Writes under a temporary name, so that a file with the name of a backup is complete. Only its owner can read it. @returns its bytes */
export async function writeArchive(file: string, header: Header, pieces: AsyncIterable<Piece>): Promise<number> {
  const unfinished = `${file}.unfinished`
  try {
    await pipeline(
      Readable.from(linesOf(header, pieces), { highWaterMark: 1 }),
      createZstdCompress({ params: { [constants.ZSTD_c_compressionLevel]: 3 } }),
      createWriteStream(unfinished, { mode: 0o600, flush: true }),
    )
    const { size } = await stat(unfinished)
    await rename(unfinished, file)
    return size
  } catch (error) {
    await rm(unfinished, { force: true })
    throw error
  }
}

const damaged = (file: string, cause?: unknown): CopyFailed =>
  new CopyFailed(`The backup ${file} is damaged or not complete. Nothing was written. Use another backup.`, { cause })

/**
 * Reads the whole file once to check it, so that nothing is written from one that was changed.
 * @throws CopyFailed if it is no backup, is not complete or was changed
 */
export async function openArchive(file: string): Promise<Archive> {
  for await (const _ of (await read(file)).pieces);
  return read(file)
}

async function read(file: string): Promise<Archive> {
  const lines = readLines(file)
  const hash = createHash('sha256')
  const { value: first = '' } = await lines.next()
  hash.update(`${first}\n`)
  const header = parsed<FirstLine>(first)
  if (header?.['muster-backup'] === undefined || typeof header.migration !== 'string' || Number.isNaN(Date.parse(header.at)))
    throw new CopyFailed(`${file} is no backup of Muster.`)
  if (header['muster-backup'] !== FORMAT) throw new CopyFailed(`The backup ${file} has the format ${header['muster-backup']}; this version reads ${FORMAT}.`)

  async function* pieces(): AsyncGenerator<Piece> {
    for await (const line of lines) {
      const rows = /^(\d+) (?=\[)/.exec(line)
      if (rows) {
        hash.update(`${line}\n`)
        yield { kind: 'rows', count: Number(rows[1]), rows: line.slice(rows[0].length) }
        continue
      }
      const { table, columns, end, sha256 } = parsed<Partial<LastLine> & Omit<Extract<Piece, { kind: 'table' }>, 'kind'>>(line) ?? {}
      if (end) {
        if (sha256 !== hash.digest('hex') || !(await lines.next()).done) throw damaged(file)
        yield { kind: 'end', ...end }
        return
      }
      if (typeof table !== 'string' || !Array.isArray(columns)) throw damaged(file)
      hash.update(`${line}\n`)
      yield { kind: 'table', table, columns }
    }
    throw damaged(file)
  }
  return { header: { migration: header.migration, at: header.at }, pieces: pieces() }
}

async function* readLines(file: string): AsyncGenerator<string, undefined> {
  const source = createReadStream(file)
  const text = source.pipe(createZstdDecompress())
  source.on('error', (error) => text.destroy(error))
  let parts: Buffer[] = []
  let length = 0
  try {
    for await (const chunk of text as AsyncIterable<Buffer>) {
      let from = 0
      for (let at = chunk.indexOf(10); at !== -1; at = chunk.indexOf(10, from)) {
        yield Buffer.concat([...parts, chunk.subarray(from, at)]).toString()
        parts = []
        length = 0
        from = at + 1
      }
      parts.push(chunk.subarray(from))
      length += chunk.length - from
      if (length > LINE_MOST) throw damaged(file)
    }
  } catch (error) {
    if (error instanceof CopyFailed || (error as NodeJS.ErrnoException).syscall !== undefined) throw error
    throw damaged(file, error)
  } finally {
    source.destroy()
  }
  if (length > 0) throw damaged(file)
  return undefined
}

function parsed<T>(line: string): T | null {
  try {
    const value: unknown = JSON.parse(line)
    return typeof value === 'object' && value !== null ? (value as T) : null
  } catch {
    return null
  }
}
