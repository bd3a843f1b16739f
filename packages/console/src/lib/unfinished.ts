import { useEffect, useSyncExternalStore } from 'react'

// Dialogs and fields that hold what a person typed. They stay on the page when the session ends.
const open = new Set<object>()
const listeners = new Set<() => void>()
const notify = (): void => {
  for (const listener of listeners) listener()
}

export const hasUnfinished = (): boolean => open.size > 0

/** While `active`, this component holds something that the end of a session must not throw away. */
export function useUnfinished(active: boolean): void {
  useEffect(() => {
    if (!active) return
    const own = {}
    open.add(own)
    notify()
    return () => {
      open.delete(own)
      notify()
    }
  }, [active])
}

const subscribe = (listener: () => void) => {
  listeners.add(listener)
  return () => void listeners.delete(listener)
}

export const useHasUnfinished = (): boolean => useSyncExternalStore(subscribe, hasUnfinished)
