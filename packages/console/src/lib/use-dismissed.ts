import { useState } from 'react'

const keyOf = (name: string): string => `muster-dismissed:${name}`

/** Whether a card was dismissed, remembered in this browser. Where storage is blocked, it is forgotten with the page. */
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
      // Storage is blocked: the card stays away until the page is loaded again.
    }
  }
  return [dismissed, dismiss]
}
