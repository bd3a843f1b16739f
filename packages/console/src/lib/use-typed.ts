import { useEffect, useState } from 'react'

/**
 * The text of a field that is kept elsewhere, in the address: told there, trimmed, when typing pauses for so many milliseconds, and taken from there when
 * it changes by other means: back, a link.
 */
export function useTyped(value: string, { pause, tell }: { pause: number; tell: (text: string) => void }): [string, (typed: string) => void] {
  const [typed, setTyped] = useState(value)
  const [told, setTold] = useState(value)
  const [seen, setSeen] = useState(value)
  // While rendering: an effect would come a moment after the address, and what was typed before could be told once more in it.
  if (value !== seen) {
    setSeen(value)
    if (value !== told) {
      setTold(value)
      setTyped(value)
    }
  }
  useEffect(() => {
    const text = typed.trim()
    if (text === told) return
    const timer = setTimeout(() => {
      setTold(text)
      tell(text)
    }, pause)
    return () => clearTimeout(timer)
  }, [typed, told, pause, tell])
  return [typed, setTyped]
}
