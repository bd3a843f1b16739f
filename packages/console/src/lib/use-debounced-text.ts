import { useEffect, useState } from 'react'

/**
 * The text of a field whose value is kept in the URL. The trimmed text is committed when typing pauses for `pause` milliseconds. The field is
 * updated when the URL changes in another way, such as by a link or the back button.
 */
export function useDebouncedText(value: string, { pause, onCommit }: { pause: number; onCommit: (text: string) => void }): [string, (typed: string) => void] {
  const [typed, setTyped] = useState(value)
  const [committed, setCommitted] = useState(value)
  const [previousValue, setPreviousValue] = useState(value)
  // During rendering: an effect would run after the URL has changed, and could commit the earlier text again.
  if (value !== previousValue) {
    setPreviousValue(value)
    if (value !== committed) {
      setCommitted(value)
      setTyped(value)
    }
  }
  useEffect(() => {
    const text = typed.trim()
    if (text === committed) return
    const timer = setTimeout(() => {
      setCommitted(text)
      onCommit(text)
    }, pause)
    return () => clearTimeout(timer)
  }, [typed, committed, pause, onCommit])
  return [typed, setTyped]
}
