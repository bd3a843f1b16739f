import { useState } from 'react'

const keyOf = (name: string): string => `muster-dismissed:${name}`

/** Whether a card was dismissed, remembered in this browser. When storage is blocked, the card returns after a reload. */
export function useDismissed(name: string): [dismissed: boolean, dismiss: () => void] {
  const [dismissed, setDismissed] = useState(() => {
    try {
      return localStorage.getItem(keyOf(name)) !== null
    } catch {
      return false
    }
  })
  const dismiss = () => {
    setDismissed(true)
    try {
      localStorage.setItem(keyOf(name), new Date().toISOString())
    } catch {
      // Storage is blocked: the card stays hidden until the page is reloaded.
    }
  }
  return [dismissed, dismiss]
}
