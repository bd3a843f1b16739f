import type { FastifyBaseLogger } from 'fastify'
import { destination, pino } from 'pino'
import type { Config } from '../config.ts'
import type { Origin } from '../domain/model/principal.ts'

type Logger = ReturnType<typeof pino>

type Stream = { write(line: string): void }

export interface Logs {
  log: Logger
  answered: LogAnswer
}

/** Writes the line of an answered request. Paths contain ids and names, and no addresses. Queries can contain codes, so they have no field here. */
export type LogAnswer = (answer: Answered) => void

interface Answered {
  origin: Origin
  method: string
  path: string
  status: number
  ms: number
  /** The header of W3C Trace Context, as it was sent. */
  traceparent: string | string[] | undefined
}

export function createLogs(level: Config['logLevel'], stream: Stream = standardOutput()): Logs {
  const log = logger(level, stream)
  return { log, answered: log.isLevelEnabled('info') ? (answer) => stream.write(answerLine(answer)) : () => {} }
}

/** To hand a line to the system takes longer than a short request, so lines are collected for this long. */
const COLLECT_MILLISECONDS = 10

/** JSON lines on standard output, written while the event loop is free. The rest is written when the process exits. */
function standardOutput(): Stream {
  const output = destination({ dest: 1, sync: false })
  let lines = ''
  let timer: NodeJS.Timeout | undefined
  const writeOut = (): void => {
    clearTimeout(timer)
    timer = undefined
    if (lines !== '') output.write(lines)
    lines = ''
  }
  process.prependListener('exit', writeOut) // before the output writes its own rest
  return {
    write(line) {
      lines += line
      timer ??= setTimeout(writeOut, COLLECT_MILLISECONDS)
    },
  }
}

/** A path can contain an email address: `/v1/users/ada@example.com`. The log has none. */
const withoutAddresses = (path: string): string => (/@|%40/.test(path) ? path.replaceAll(/[^/]*(?:@|%40)[^/]*/g, '{email}') : path)

/** The line that pino would write. Its fields are fixed, so it is built without pino, which takes longer than a short request, and needs no redaction. */
function answerLine({ origin: { requestId, address, userId, clientId, operator }, method, path, status, ms, traceparent }: Answered): string {
  const user = userId ? `,"user_id":${JSON.stringify(userId)}` : ''
  const client = clientId ? `,"client_id":${JSON.stringify(clientId)}` : ''
  const token = operator ? `,"operator":${JSON.stringify(operator)}` : ''
  const traceId = typeof traceparent === 'string' ? traceIdOf(traceparent) : undefined
  const trace = traceId ? `,"trace_id":"${traceId}"` : ''
  return `{"level":"info","time":"${new Date().toISOString()}","reqId":"${requestId}","method":"${method}","path":${JSON.stringify(withoutAddresses(path))},"status":${status},"ms":${ms},"address":${JSON.stringify(address)}${user}${client}${token}${trace},"msg":"answered"}\n`
}

/** W3C Trace Context, section 3.2: ids of zeros and version ff are invalid, version 00 has four fields, and later versions may have more. */
const traceIdOf = (traceparent: string): string | undefined =>
  /^(?!ff)(?:00(?=.{53}$)|(?!00)[0-9a-f]{2})-(?!0{32})([0-9a-f]{32})-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}(?:$|-)/.exec(traceparent)?.[1]

const common = { base: null, timestamp: pino.stdTimeFunctions.isoTime, formatters: { level: (level: string) => ({ level }) } }

/** Secrets have no field here; the redaction protects against logging a whole object. */
function logger(level: Config['logLevel'], stream: Stream): Logger {
  const secrets = [
    'authorization',
    'cookie',
    'password',
    'token',
    'access_token',
    'refresh_token',
    'id_token',
    'secret',
    'client_secret',
    'device_code',
    'user_code',
  ]
  const options = {
    ...common,
    level,
    redact: { paths: secrets.flatMap((field) => [field, `*.${field}`, `*.*.${field}`]), censor: '[redacted]' },
    serializers: {
      // A URL can contain a code, so a request is logged without its query.
      req: ({ method, id }: { method?: string; id?: unknown }) => ({ method, id }),
      res: ({ statusCode }: { statusCode?: number }) => ({ status: statusCode }),
      err: withoutData,
    },
  }
  return pino(options, stream)
}

/** An error for the log. Statement parameters and the database's details contain addresses and hashes, so both are removed. */
function withoutData(error: Error): object {
  const { name, message, stack, code, constraint, table, cause } = error as Error & { code?: string; constraint?: string; table?: string }
  return { type: name, message, stack, code, constraint, table, ...(cause instanceof Error && { cause: withoutData(cause) }) }
}

type Bindings = Parameters<FastifyBaseLogger['child']>[0]
type ChildOptions = Parameters<FastifyBaseLogger['child']>[1]
type Line = [object: unknown, message?: string]

/** The log of one request, created at its first line. Most requests write none, and creating it redacts the bindings. */
class RequestLog {
  readonly #parent: FastifyBaseLogger
  readonly #bindings: Bindings
  readonly #options: ChildOptions
  #created: FastifyBaseLogger | undefined

  constructor(parent: FastifyBaseLogger, bindings: Bindings, options: ChildOptions) {
    this.#parent = parent
    this.#bindings = bindings
    this.#options = options
  }

  get #log(): FastifyBaseLogger {
    this.#created ??= this.#parent.child(this.#bindings, this.#options)
    return this.#created
  }

  get level(): string {
    return this.#log.level
  }
  child(bindings: Bindings, options?: ChildOptions): FastifyBaseLogger {
    return this.#log.child(bindings, options)
  }
  fatal(...line: Line): void {
    this.#log.fatal(...line)
  }
  error(...line: Line): void {
    this.#log.error(...line)
  }
  warn(...line: Line): void {
    this.#log.warn(...line)
  }
  info(...line: Line): void {
    this.#log.info(...line)
  }
  debug(...line: Line): void {
    this.#log.debug(...line)
  }
  trace(...line: Line): void {
    this.#log.trace(...line)
  }
  silent(): void {}
}

export const requestLog = (parent: FastifyBaseLogger, bindings: Bindings, options: ChildOptions): FastifyBaseLogger =>
  new RequestLog(parent, bindings, options) as FastifyBaseLogger
