import { pino } from 'pino'
import type { Config } from '../config.ts'

type Logger = ReturnType<typeof pino>

/** JSON lines on standard output. Secrets have no field here; the redaction protects against logging a whole object. */
export function logger(level: Config['logLevel'], stream?: { write(line: string): void }): Logger {
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
    level,
    base: null,
    timestamp: pino.stdTimeFunctions.isoTime,
    redact: { paths: secrets.flatMap((field) => [field, `*.${field}`, `*.*.${field}`]), censor: '[redacted]' },
    serializers: {
      // A URL can contain a code, so a request is logged without its query.
      req: ({ method, id }: { method?: string; id?: unknown }) => ({ method, id }),
      res: ({ statusCode }: { statusCode?: number }) => ({ status: statusCode }),
      err: withoutData,
    },
  }
  return stream ? pino(options, stream) : pino(options)
}

/** An error for the log. Statement parameters and the database's details contain addresses and hashes, so both are removed. */
function withoutData(error: Error): object {
  const { name, message, stack, code, constraint, table, cause } = error as Error & { code?: string; constraint?: string; table?: string }
  return { type: name, message, stack, code, constraint, table, ...(cause instanceof Error && { cause: withoutData(cause) }) }
}
