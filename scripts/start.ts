import { build } from './build.ts'

// Ctrl-C reaches a process that npm started twice: from the terminal and again from npm. The server takes a second
// signal for impatience and stops without draining, so the echo is swallowed here, where it is known to come.
const echoMilliseconds = 500
const heard = new Map<string | symbol, number>()
const emit = process.emit.bind(process) as (event: string | symbol, ...details: unknown[]) => boolean
process.emit = ((event: string | symbol, ...details: unknown[]) => {
  if (event === 'SIGINT' || event === 'SIGTERM') {
    const now = performance.now()
    if (now - (heard.get(event) ?? Number.NEGATIVE_INFINITY) < echoMilliseconds) return true
    heard.set(event, now)
  }
  return emit(event, ...details)
}) as typeof process.emit

await build((line) => process.stderr.write(`${line}\n`))
await import('../packages/server/src/main.ts')
