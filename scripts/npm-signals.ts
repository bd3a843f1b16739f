// Corrects how Ctrl-C and SIGTERM reach a process that npm started.

const echoMilliseconds = 500

/**
 * On Ctrl-C the process receives SIGINT twice: from the terminal and from npm. A second signal means "stop at once", so the echo is dropped.
 * A SIGTERM to npm does not reach the process: npm passes the signal to the shell between npm and the process, and the shell exits. The loss of that shell
 * therefore counts as SIGTERM.
 */
export function correctSignalsFromNpm(): void {
  dropEchoes()
  if (process.env.npm_lifecycle_event !== undefined) stopWithParent()
}

function dropEchoes(): void {
  const received = new Map<string | symbol, number>()
  const emit = process.emit.bind(process) as (event: string | symbol, ...details: unknown[]) => boolean
  process.emit = ((event: string | symbol, ...details: unknown[]) => {
    if (event === 'SIGINT' || event === 'SIGTERM') {
      const now = performance.now()
      if (now - (received.get(event) ?? Number.NEGATIVE_INFINITY) < echoMilliseconds) return true
      received.set(event, now)
    }
    return emit(event, ...details)
  }) as typeof process.emit
}

function stopWithParent(): void {
  const parent = process.ppid
  const check = setInterval(() => {
    if (process.ppid === parent) return
    clearInterval(check)
    process.kill(process.pid, 'SIGTERM')
  }, 250).unref()
}
