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

// And a SIGTERM to npm does not reach it at all: npm tells the shell between them, which dies without a word. So the
// loss of that shell counts as the signal.
const parent = process.ppid
if (process.env.npm_lifecycle_event !== undefined) {
  const look = setInterval(() => {
    if (process.ppid === parent) return
    clearInterval(look)
    process.kill(process.pid, 'SIGTERM')
  }, 250).unref()
}

await build((line) => process.stderr.write(`${line}\n`))
await import('../packages/server/src/main.ts')
