import { ApiProblem, answer, api } from '../lib/api.ts'
import { queries } from '../lib/queries.ts'
import { currentStanding, onStanding } from '../lib/standing.ts'
import { hasUnsavedInput } from '../lib/unsaved-input.ts'

/** Below the server's limit of 30 s and the usual proxy timeout of 60 s. */
const WAIT_SECONDS = 25
/** The pause after a change, because several changes often come together. */
const CHANGE_MILLISECONDS = 1_000
/** The pause after an early response without a change: this session has too many waiting requests, or the server is shutting down. */
const EARLY_MILLISECONDS = 5_000
const LONGEST_PAUSE_MILLISECONDS = 30_000
/** How often a page with unsaved input checks whether its user is signed in again. */
const CHECK_MILLISECONDS = 5_000

/** The broadcast channel of this browser's tabs and the portal's pages. Every message asks its receivers to check the session. */
const CHANNEL = 'muster'

/** Requests `/v1/me` again. The response sets the standing of the page. */
const checkSession = (): void => void queries.refetchQueries({ queryKey: ['me'] })

/**
 * Checks the session as soon as the user is deactivated, is signed out elsewhere or changes account. One tab of the browser waits for changes and notifies
 * the others, because each waiting request takes one of the browser's few connections.
 */
export function watchChanges(): () => void {
  const stop = new AbortController()
  const { signal } = stop
  const channel = new BroadcastChannel(CHANNEL)
  channel.onmessage = checkSession
  channel.postMessage('look') // other tabs may show an ended session or a different person
  const announce = () => {
    checkSession()
    channel.postMessage('look')
  }
  const checkIfInterrupted = () => {
    if (currentStanding().is !== 'valid' && document.visibilityState === 'visible') checkSession()
  }
  addEventListener('focus', checkIfInterrupted, { signal })
  document.addEventListener('visibilitychange', checkIfInterrupted, { signal })
  const timer = setInterval(() => hasUnsavedInput() && checkIfInterrupted(), CHECK_MILLISECONDS)
  const watching = () => watch(announce, signal)
  // The lock passes to another tab when this one closes.
  const held = navigator.locks ? navigator.locks.request('muster-changes', { signal }, watching) : watching()
  held.catch((error: unknown) => {
    if (!signal.aborted) throw error
  })
  return () => {
    stop.abort()
    clearInterval(timer)
    channel.close()
  }
}

async function watch(announce: () => void, signal: AbortSignal): Promise<void> {
  let failures = 0
  while (!signal.aborted) {
    if (currentStanding().is !== 'valid') {
      await pause(null, signal)
      continue
    }
    const startedAt = performance.now()
    // The first request after a failure does not wait, because a change may have been missed.
    const interrupted = failures > 0
    const seconds = interrupted ? 0 : WAIT_SECONDS
    try {
      const { changed } = await answer(api.GET('/v1/me/changes', { params: { header: { prefer: `wait=${seconds}` } }, signal }))
      failures = 0
      const early = !interrupted && performance.now() - startedAt < (WAIT_SECONDS * 1_000) / 2
      if (changed || interrupted) announce()
      if (changed || early) await pause(changed ? CHANGE_MILLISECONDS : EARLY_MILLISECONDS, signal)
    } catch (error) {
      if (signal.aborted) return
      if (error instanceof ApiProblem && error.status < 500) announce()
      failures += 1
      await pause(Math.min(LONGEST_PAUSE_MILLISECONDS, 1_000 * 2 ** Math.min(failures, 6)) * (0.5 + Math.random() / 2), signal)
    }
  }
}

/** Waits, but stops early when the connection is back or the user is signed in again. `null` waits until one of these happens. */
function pause(milliseconds: number | null, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const end = () => {
      clearTimeout(timer)
      stopListening()
      removeEventListener('online', end)
      signal.removeEventListener('abort', end)
      resolve()
    }
    const timer = milliseconds === null ? undefined : setTimeout(end, milliseconds)
    const stopListening = onStanding(() => currentStanding().is === 'valid' && end())
    addEventListener('online', end)
    signal.addEventListener('abort', end)
    if (signal.aborted) end()
  })
}
