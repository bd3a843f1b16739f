import { ApiProblem, answer, api } from '../lib/api.ts'
import { queries } from '../lib/queries.ts'
import { onStanding, standingNow } from '../lib/standing.ts'
import { hasUnfinished } from '../lib/unfinished.ts'

/** Less than the 30 s that the server allows, and than the 60 s after which proxies give up. */
const WAIT_SECONDS = 25
/** After a change: several often come together. */
const CHANGE_MILLISECONDS = 1_000
/** After an answer that came before its time without a change: other requests of this session wait, or the server is shutting down. */
const EARLY_MILLISECONDS = 5_000
const LONGEST_PAUSE_MILLISECONDS = 30_000
/** How often a page with something unfinished looks whether its person is signed in again. */
const LOOK_MILLISECONDS = 5_000

/** The tabs of this browser, and the portal's pages. Every message means: look who is signed in. */
const CHANNEL = 'muster'

/** Asks the server who is signed in. Its answer, or refusal, is what the page goes by. */
const look = (): void => void queries.refetchQueries({ queryKey: ['me'] })

/**
 * Notices at once when the person is deactivated, signed out elsewhere, or changed. One tab of the browser asks the server and tells the others,
 * so that a request that waits does not hold one of the browser's few connections for each tab.
 */
export function watchChanges(): () => void {
  const stop = new AbortController()
  const { signal } = stop
  const channel = new BroadcastChannel(CHANNEL)
  channel.onmessage = look
  channel.postMessage('look') // in tabs of before, this person may have signed in again, or another did
  const announce = () => {
    look()
    channel.postMessage('look')
  }
  const lookIfInterrupted = () => {
    if (standingNow().is !== 'valid' && document.visibilityState === 'visible') look()
  }
  addEventListener('focus', lookIfInterrupted, { signal })
  document.addEventListener('visibilitychange', lookIfInterrupted, { signal })
  const timer = setInterval(() => hasUnfinished() && lookIfInterrupted(), LOOK_MILLISECONDS)
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
    if (standingNow().is !== 'valid') {
      await pause(null, signal)
      continue
    }
    const begun = performance.now()
    // After a failure the first answer comes at once: something may have changed meanwhile, and every tab looks.
    const interrupted = failures > 0
    const seconds = interrupted ? 0 : WAIT_SECONDS
    try {
      const { changed } = await answer(api.GET('/v1/me/changes', { params: { header: { prefer: `wait=${seconds}` } }, signal }))
      failures = 0
      const early = !interrupted && performance.now() - begun < (WAIT_SECONDS * 1_000) / 2
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

/** Ends early when the connection is back, or when the person can go on again; `null` waits for that. */
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
    const stopListening = onStanding(() => standingNow().is === 'valid' && end())
    addEventListener('online', end)
    signal.addEventListener('abort', end)
    if (signal.aborted) end()
  })
}
