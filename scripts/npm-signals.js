// @ts-check
// Corrects how Ctrl-C and SIGTERM reach a process that npm started.

const echoMilliseconds = 500

/**
 * On Ctrl-C the process receives SIGINT twice: from the terminal and from npm. A second signal means "stop at once", so the echo is dropped.
 * A SIGTERM to npm does not reach the process: npm passes the signal to the shell between npm and the process, and the shell exits. The loss of that shell
 * therefore counts as SIGTERM.
 * @returns {void}
 */
export function correctSignalsFromNpm() {
  dropEchoes()
  if (process.env['npm_lifecycle_event'] !== undefined) stopWithParent()
}

function dropEchoes() {
  /** @type {Map<string | symbol, number>} */
  const received = new Map()
  /** @type {(event: string | symbol, ...details: unknown[]) => boolean} */
  const emit = /** @type {any} */ (process.emit.bind(process))
  process.emit = /** @type {typeof process.emit} */ (
    (/** @type {string | symbol} */ event, /** @type {unknown[]} */ ...details) => {
      if (event === 'SIGINT' || event === 'SIGTERM') {
        const now = performance.now()
        if (now - (received.get(event) ?? Number.NEGATIVE_INFINITY) < echoMilliseconds) return true
        received.set(event, now)
      }
      return emit(event, ...details)
    }
  )
}

function stopWithParent() {
  const parent = process.ppid
  const check = setInterval(() => {
    if (process.ppid === parent) return
    clearInterval(check)
    process.kill(process.pid, 'SIGTERM')
  }, 250).unref()
}
