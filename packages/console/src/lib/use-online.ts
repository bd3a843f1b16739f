import { useEffect, useSyncExternalStore } from 'react'

const subscribe = (listener: () => void) => {
  addEventListener('online', listener)
  addEventListener('offline', listener)
  return () => {
    removeEventListener('online', listener)
    removeEventListener('offline', listener)
  }
}

/** What the browser knows of the connection. */
export const useOnline = (): boolean => useSyncExternalStore(subscribe, () => navigator.onLine)

/** When the connection comes back. */
export function useBackOnline(run: () => unknown): void {
  useEffect(() => {
    const hear = () => void run()
    addEventListener('online', hear)
    return () => removeEventListener('online', hear)
  }, [run])
}
