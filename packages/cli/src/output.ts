import { stripVTControlCharacters, styleText } from 'node:util'
import { transferAllCommand } from '@muster/contract/command-line.ts'
import type { Failure } from './errors.ts'
import { relative } from './time.ts'

type Style = 'green' | 'red' | 'yellow' | 'dim' | 'bold' | 'cyan'
type Stream = NodeJS.WriteStream | (NodeJS.WritableStream & { isTTY?: boolean; columns?: number })

export interface OutputOptions {
  stdout: Stream
  stderr: Stream
  json: boolean
  quiet: boolean
  debug: boolean
  /** Says a text's commands as this person runs them. */
  commands?: (text: string) => string
}

/**
 * Data goes to stdout, everything else to stderr. With `--json` stdout has one JSON value, and stderr one JSON object a line:
 * `{"event": …}` for what a program may want to act on, and at the end the problem, if there was one.
 */
export class Output {
  readonly json: boolean
  readonly #options: OutputOptions

  constructor(options: OutputOptions) {
    this.json = options.json
    this.#options = options
  }

  get isTerminal(): boolean {
    return this.#options.stderr.isTTY === true
  }

  /** Alone on standard output, for a program to catch; a person at a terminal has read it in a sentence. */
  caught(text: string): void {
    if (!this.json && !this.#options.stdout.isTTY) this.#options.stdout.write(ensureNewline(text))
  }

  #commands(text: string): string {
    return this.#options.commands?.(text) ?? text
  }

  /** The answer of the command: the value for programs, or the same in words. */
  data(value: unknown, words: () => string): void {
    this.#options.stdout.write(this.json ? `${JSON.stringify(value, null, 2)}\n` : ensureNewline(words()))
  }

  done(text: string): void {
    this.note(`${this.style('green', '✓')} ${text}`)
  }

  warn(text: string): void {
    if (this.json) this.event('warning', { message: text })
    else this.note(`${this.style('yellow', '!')} ${text}`)
  }

  note(text: string): void {
    if (!this.json) this.#options.stderr.write(`${this.#commands(text)}\n`)
  }

  /** The next step, or a thought by the way. */
  hint(text: string): void {
    if (!this.#options.quiet) this.note(this.style('dim', text))
  }

  event(event: string, fields: Record<string, unknown>): void {
    if (this.json) this.#options.stderr.write(`${JSON.stringify({ event, ...fields })}\n`)
  }

  debug(text: string): void {
    if (this.#options.debug)
      this.#options.stderr.write(`${this.json ? JSON.stringify({ event: 'debug', message: redact(text) }) : this.style('dim', redact(text))}\n`)
  }

  /** Characters that stand alone on a line of a terminal and are wiped again. */
  transient(text: string): void {
    this.#options.stderr.write(`\r\u001b[K${text}`)
  }

  style(style: Style, text: string, stream: Stream = this.#options.stderr): string {
    // Said here too: a Node older than 22.8 does not look at the stream.
    if (!stream.isTTY && !process.env.FORCE_COLOR) return text
    return styleText(style, text, { stream: stream as NodeJS.WriteStream })
  }

  /**
   * Aligned columns under a muted head; when piped, tab-separated lines without one. A column whose head ends with `?` is left out, the
   * last one first, where the terminal is too narrow for all: a line that wraps is no table. When piped, all are there.
   */
  table(head: string[], rows: (string | null | undefined)[][]): string {
    const cells = rows.map((row) => row.map((cell) => clean(cell ?? '')))
    const { stdout } = this.#options
    if (!stdout.isTTY) return cells.map((row) => row.join('\t')).join('\n')
    const names = head.map((name) => name.replace(/\?$/, ''))
    const kept = fitting(head, [names, ...cells], stdout.columns || Number.POSITIVE_INFINITY)
    const lines = [names, ...cells].map((line) => line.filter((_, column) => kept.has(column)))
    const widths = [...kept].map((_, column) => Math.max(...lines.map((line) => width(line[column] ?? ''))))
    const aligned = lines.map((line) =>
      line
        .map((cell, column) => (column === line.length - 1 ? cell : pad(cell, widths[column] ?? 0)))
        .join('  ')
        .trimEnd(),
    )
    return [this.style('dim', aligned[0] ?? '', stdout), ...aligned.slice(1)].join('\n')
  }

  /** One thing, a line for each of its sides; what is not known is left out. */
  details(pairs: [string, string | null | undefined][]): string {
    const known = pairs.filter((pair): pair is [string, string] => pair[1] !== null && pair[1] !== undefined && pair[1] !== '')
    const { stdout } = this.#options
    if (!stdout.isTTY) return known.map(([name, value]) => `${name}\t${clean(value)}`).join('\n')
    const widest = Math.max(...known.map(([name]) => name.length))
    return known.map(([name, value]) => `${this.style('dim', name.padEnd(widest), stdout)}  ${clean(value)}`).join('\n')
  }

  failure(failure: Failure): void {
    const { stderr, debug } = this.#options
    if (this.json) {
      const retryAfter = failure.retryAfterMs > 0 ? { retry_after: Math.ceil(failure.retryAfterMs / 1000) } : {}
      const own = { title: failure.message, detail: failure.why, next: failure.next, request_id: failure.requestId, ...retryAfter }
      const told = Object.fromEntries(Object.entries(own).filter(([, value]) => value !== undefined))
      // What a person reads is what a program reads. The code is the server's, where it gave one: it says more than that a login is needed.
      stderr.write(`${JSON.stringify({ code: failure.code, ...failure.body, ...told })}\n`)
    } else {
      const lines = [`${this.style('red', '✗')} ${failure.message}`]
      if (failure.why) lines.push(`  ${failure.why}`)
      for (const line of listed(failure.body)) lines.push(`  - ${line}`)
      const next = failure.retryAfterMs > 0 ? `Try again ${relative(new Date(failure.retryAfterMs).toISOString(), 0)}.` : failure.next
      if (next) lines.push(`  ${next}`)
      if (failure.requestId) lines.push(this.style('dim', `  Request id: ${failure.requestId}`))
      stderr.write(`${lines.map((line) => clean(this.#commands(line), { keepColour: true })).join('\n')}\n`)
    }
    if (debug) {
      const stack = redact(failure.cause instanceof Error ? `${failure.stack}\ncaused by ${failure.cause.stack}` : (failure.stack ?? ''))
      stderr.write(this.json ? `${JSON.stringify({ event: 'debug', message: stack })}\n` : `${stack}\n`)
    }
  }
}

/** What a problem lists beside its text: blockers with the command that clears each (S24), clashing addresses, faulty fields. */
function* listed(body: Record<string, unknown> | undefined): Generator<string> {
  for (const name of ['blockers', 'clashes', 'errors', 'candidates']) {
    const items = body?.[name]
    if (!Array.isArray(items)) continue
    for (const item of items as unknown[]) {
      if (typeof item === 'string') yield item
      else if (typeof item === 'object' && item !== null) yield sentence(item as Record<string, unknown>)
    }
    const transfers = (items as { transfer?: { to: string | null } }[]).flatMap((item) => item?.transfer ?? [])
    if (transfers.length > 1) yield `To transfer all ${transfers.length} resources at once:  →  ${transferAllCommand(transfers[0]?.to ?? null)}`
  }
}

function sentence(item: Record<string, unknown>): string {
  const text = [item.path ?? item.field, item.detail ?? item.message ?? item.username ?? item.name ?? JSON.stringify(item)].filter(Boolean).join(': ')
  return item.command ? `${text}  →  ${String(item.command)}` : text
}

/** Some terminals say they are 0 wide; then nothing is known, and all columns stay. */
function fitting(head: string[], lines: string[][], columns: number): Set<number> {
  const widths = head.map((_, column) => Math.max(...lines.map((line) => width(line[column] ?? ''))))
  const kept = new Set(head.keys())
  const total = () => [...kept].reduce((sum, column) => sum + (widths[column] ?? 0) + 2, -2)
  for (const column of [...head.keys()].reverse()) {
    if (total() <= columns) break
    if (head[column]?.endsWith('?')) kept.delete(column)
  }
  return kept
}

const ensureNewline = (text: string): string => (text.endsWith('\n') ? text : `${text}\n`)

/** Names come from other people: no control characters reach a terminal, and no tab breaks a column. */
export function clean(text: string, { keepColour = false } = {}): string {
  return keepColour ? text.replace(controlsButColour, '') : stripVTControlCharacters(text).replace(controls, ' ').trim()
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const controls = /[\u0000-\u001f\u007f-\u009f\u200b-\u200f\u202a-\u202e\u2066-\u2069]+/g
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const controlsButColour = /\u001b(?!\[\d*m)|[\u0000-\u0008\u000b-\u001a\u001c-\u001f\u007f-\u009f]/g

const secrets = /\bmuster_[a-z]{2,4}_[\w.-]+|\beyJ[\w-]+\.[\w-]+\.[\w-]+/g

/** No secret stands in a log, not even with `--debug`. */
export const redact = (text: string): string => text.replace(secrets, (secret) => `${secret.slice(0, secret.startsWith('eyJ') ? 3 : 10)}…`)

const wide = /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]|\p{Emoji_Presentation}/u
const width = (text: string): number => [...text].reduce((sum, character) => sum + (/\p{Mark}/u.test(character) ? 0 : wide.test(character) ? 2 : 1), 0)
const pad = (text: string, to: number): string => text + ' '.repeat(Math.max(0, to - width(text)))
