import { useSyncExternalStore } from 'react'
import { serverNow } from './clock.ts'

// One clock per pace for all that counts on a page, so that a thousand times do not mean a thousand timers.
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

/** The time now, told anew at this pace. */
export const useNow = (pace: keyof typeof clocks): Date => useSyncExternalStore(clocks[pace].subscribe, clocks[pace].read)
