import { useEffect, useSyncExternalStore } from 'react'

// Open dialogs and fields with typed text. They stay on the page when the session ends.
const open = new Set<object>()
const listeners = new Set<() => void>()
const notify = (): void => {
  for (const listener of listeners) listener()
}

export const hasUnsavedInput = (): boolean => open.size > 0

/** While `active`, this component has input that must survive the end of the session. */
export function useUnsavedInput(active: boolean): void {
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

export const useHasUnsavedInput = (): boolean => useSyncExternalStore(subscribe, hasUnsavedInput)
