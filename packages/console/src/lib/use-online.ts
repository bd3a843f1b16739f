import { useEffect, useSyncExternalStore } from 'react'

const subscribe = (listener: () => void) => {
  addEventListener('online', listener)
  addEventListener('offline', listener)
  return () => {
    removeEventListener('online', listener)
    removeEventListener('offline', listener)
  }
}

/** Whether the browser has a connection. */
export const useOnline = (): boolean => useSyncExternalStore(subscribe, () => navigator.onLine)

/** Calls `run` when the connection comes back. */
export function useBackOnline(run: () => unknown): void {
  useEffect(() => {
    const listener = () => void run()
    addEventListener('online', listener)
    return () => removeEventListener('online', listener)
  }, [run])
}
