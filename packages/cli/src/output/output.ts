import { styleText } from 'node:util'
import { transferAllCommand } from '@muster/contract/command-line.ts'
import { blockerCommands } from '@muster/contract/remedies.ts'
import type { Failure } from '../errors.ts'
import { type Cell, piped, shown, tableLines } from './table.ts'
import { clean, redact, wordsIn, wrap } from './text.ts'
import { relative } from './time.ts'

type Style = 'green' | 'red' | 'yellow' | 'dim' | 'bold' | 'cyan'
type Stream = NodeJS.WriteStream | (NodeJS.WritableStream & { isTTY?: boolean; columns?: number })

export interface OutputOptions {
  stdout: Stream
  stderr: Stream
  json: boolean
  quiet: boolean
  debug: boolean
  /** Rewrites the commands in a text to the way the user runs them. */
  commands?: (text: string) => string
}

/**
 * Data goes to stdout, everything else to stderr. With `--json`, stdout has one JSON value, and stderr has one JSON object per line:
 * `{"event": …}` objects, and after a failure the problem as the last line.
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

  /** Prints a bare value for a script to capture. At a terminal and with `--json` it prints nothing, because the other output contains the value. */
  caught(text: string): void {
    if (!this.json && !this.#options.stdout.isTTY) this.#options.stdout.write(ensureNewline(text))
  }

  #commands(text: string): string {
    return this.#options.commands?.(text) ?? text
  }

  /** Prints the result of the command: the value with `--json`, otherwise the text. */
  data(value: unknown, words: () => string): void {
    this.#options.stdout.write(this.json ? `${JSON.stringify(value, null, 2)}\n` : ensureNewline(words()))
  }

  /** Prints one of many results as it comes: a line of JSON, a tab-separated line, or at a terminal text that wraps under its beginning. */
  item(value: unknown, cells: Cell[]): void {
    const { stdout } = this.#options
    const lines = (): string =>
      stdout.isTTY ? wordsIn(cells.map(shown).filter(Boolean).join(' · '), columnsOf(stdout) - 2).join('\n  ') : this.table([], [cells])
    stdout.write(`${this.json ? JSON.stringify(value) : lines()}\n`)
  }

  done(text: string): void {
    this.note(`${this.style('green', '✓')} ${text}`)
  }

  /** `steps` are the commands to run next, one per line. With `--json`, the warning and its steps are one event. */
  warn(text: string, steps: string[] = []): void {
    this.event('warning', { message: text, ...(steps.length > 0 ? { steps } : {}) })
    this.note(`${this.style('yellow', '!')} ${text}`)
    for (const step of steps) this.note(`  →  ${step}`)
  }

  note(text: string): void {
    this.asIs(wrap(this.#commands(text), columnsOf(this.#options.stderr)))
  }

  /** Prints text without wrapping it, such as a QR code. */
  asIs(text: string): void {
    if (!this.json) this.#options.stderr.write(`${text}\n`)
  }

  /** Prints a next step or other advice, unless `--quiet` was given. */
  hint(text: string): void {
    if (!this.#options.quiet) this.asIs(this.style('dim', wrap(this.#commands(text), columnsOf(this.#options.stderr))))
  }

  event(event: string, fields: Record<string, unknown>): void {
    if (this.json) this.#options.stderr.write(`${JSON.stringify({ event, ...fields })}\n`)
  }

  debug(text: string): void {
    if (this.#options.debug)
      this.#options.stderr.write(`${this.json ? JSON.stringify({ event: 'debug', message: redact(text) }) : this.style('dim', redact(text))}\n`)
  }

  /** Replaces the current line of the terminal. An empty text clears the line. */
  transient(text: string): void {
    this.#options.stderr.write(`\r\u001b[K${text}`)
  }

  style(style: Style, text: string, stream: Stream = this.#options.stderr): string {
    // Before version 22.8, Node's `styleText` does not check the stream.
    if (!stream.isTTY && !process.env.FORCE_COLOR) return text
    return styleText(style, text, { stream: stream as NodeJS.WriteStream })
  }

  /** Aligned columns under a dim head, fitted to the terminal. When piped: tab-separated lines with every column, without a head. */
  table(head: string[], rows: Cell[][]): string {
    const { stdout } = this.#options
    if (!stdout.isTTY) return rows.map((row) => row.flatMap(piped).join('\t')).join('\n')
    const { head: names, lines } = tableLines(head, rows, columnsOf(stdout))
    return [...(names === null ? [] : [this.style('dim', names, stdout)]), ...lines].join('\n')
  }

  /** One object, with a line per property. Empty properties are omitted. */
  details(pairs: [string, Cell][]): string {
    const known = pairs.filter(([, cell]) => piped(cell).some((fact) => fact !== ''))
    const { stdout } = this.#options
    if (!stdout.isTTY) return known.map(([name, cell]) => [name, ...piped(cell)].join('\t')).join('\n')
    const widest = Math.max(...known.map(([name]) => name.length))
    const room = Math.max(20, columnsOf(stdout) - widest - 2)
    return known
      .map(([name, cell]) => `${this.style('dim', name.padEnd(widest), stdout)}  ${wordsIn(shown(cell), room).join(`\n${' '.repeat(widest + 2)}`)}`)
      .join('\n')
  }

  failure(failure: Failure): void {
    const { stderr, debug } = this.#options
    if (this.json) {
      const retryAfter = failure.retryAfterMs > 0 ? { retry_after: Math.ceil(failure.retryAfterMs / 1000) } : {}
      const own = { title: failure.message, detail: failure.why, next: failure.next, request_id: failure.requestId, ...retryAfter }
      const told = Object.fromEntries(Object.entries(own).filter(([, value]) => value !== undefined))
      // A program gets the same texts as a person. The code is the server's if there is one, because it is more specific than `login_required`.
      stderr.write(`${JSON.stringify({ code: failure.code, ...failure.body, ...told })}\n`)
    } else {
      const lines = [`${this.style('red', '✗')} ${failure.message}`]
      const list = [...listed(failure.body)]
      if (failure.why && !isListOfErrors(failure, list)) lines.push(`  ${failure.why}`)
      for (const line of list) lines.push(`  - ${line}`)
      const next = failure.retryAfterMs > 0 ? `Try again ${relative(new Date(failure.retryAfterMs).toISOString(), 0)}.` : failure.next
      if (next) lines.push(`  ${next}`)
      if (failure.requestId && !isTypingMistake(failure)) lines.push(this.style('dim', `  Request id: ${failure.requestId}`))
      stderr.write(`${lines.map((line) => wrap(clean(this.#commands(line), { keepColour: true }), columnsOf(stderr))).join('\n')}\n`)
    }
    if (debug) {
      const stack = redact(failure.cause instanceof Error ? `${failure.stack}\ncaused by ${failure.cause.stack}` : (failure.stack ?? ''))
      stderr.write(this.json ? `${JSON.stringify({ event: 'debug', message: stack })}\n` : `${stack}\n`)
    }
  }
}

/** The user can correct an unknown name or an invalid value without the server's log, so the request id is not shown. `--json` includes it. */
const isTypingMistake = ({ body }: Failure): boolean => [400, 404, 422].includes(Number(body?.status))

/** The detail of a problem can be its list of errors in one line. */
const isListOfErrors = ({ body, why = '' }: Failure, list: string[]): boolean =>
  Array.isArray(body?.errors) && list.length > 0 && list.every((line) => why.includes(line))

/** Some terminals report 0 columns. Their width is unknown, so no line is wrapped. */
const columnsOf = (stream: Stream): number => (stream.isTTY && stream.columns) || Number.POSITIVE_INFINITY

/** The lists in a problem: blockers with the commands that resolve them (S24), conflicting addresses, invalid fields, candidates. */
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
  const commands = blockerCommands(item as Parameters<typeof blockerCommands>[0])
  return commands.length > 0 ? `${text}  →  ${commands.join(' or ')}` : text
}

const ensureNewline = (text: string): string => (text.endsWith('\n') ? text : `${text}\n`)
