import { pino } from 'pino'
import type { Config } from '../config.ts'

type Logger = ReturnType<typeof pino>

/** JSON lines on standard output. What is secret has no field here; the redaction is for the day somebody logs a whole object. */
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
    'code',
    'device_code',
    'user_code',
  ]
  const options = {
    level,
    base: null,
    timestamp: pino.stdTimeFunctions.isoTime,
    redact: { paths: secrets.flatMap((field) => [field, `*.${field}`, `*.*.${field}`]), censor: '[redacted]' },
    serializers: {
      // A URL may carry a code; the line of a request is written without its query.
      req: ({ method, id }: { method?: string; id?: unknown }) => ({ method, id }),
      res: ({ statusCode }: { statusCode?: number }) => ({ status: statusCode }),
      err: pino.stdSerializers.err,
    },
  }
  return stream ? pino(options, stream) : pino(options)
}
