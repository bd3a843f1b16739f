import { useSyncExternalStore } from 'react'
import { serverNow } from './clock.ts'

// All times on a page share one timer per pace, because a long table shows thousands of times.
function clock(milliseconds: number) {
  let now = serverNow()
  const listeners = new Set<() => void>()
  let timer: ReturnType<typeof setInterval> | undefined
  return {
    subscribe(listener: () => void) {
      if (listeners.size === 0) {
        now = serverNow()
        timer = setInterval(() => {
          now = serverNow()
          for (const one of listeners) one()
        }, milliseconds)
      }
      listeners.add(listener)
      return () => {
        listeners.delete(listener)
        if (listeners.size === 0) clearInterval(timer)
      }
    },
    read: () => now,
  }
}

const clocks = { second: clock(1_000), minute: clock(20_000) }

/** The current time, updated at this pace. */
export const useNow = (pace: keyof typeof clocks): Date => useSyncExternalStore(clocks[pace].subscribe, clocks[pace].read)
