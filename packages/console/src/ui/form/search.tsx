import Search from 'lucide-react/icons/search'
import { useEffect, useRef } from 'react'
import { useDebouncedText } from '../../lib/use-debounced-text.ts'
import { inputClass } from './input-class.ts'

interface Props {
  label: string
  value: string
  /** Called when typing pauses. */
  onSearch: (value: string) => void
}

/** Searches while typing. `/` focuses the field from anywhere on the page, and Escape clears it. */
export function SearchField({ label, value, onSearch }: Props) {
  const [typed, setTyped] = useDebouncedText(value, { pause: 180, onCommit: onSearch })
  const field = useRef<HTMLInputElement>(null)

  useEffect(() => {
    const onSlash = (event: KeyboardEvent) => {
      if (event.key !== '/' || event.ctrlKey || event.metaKey || event.altKey) return
      if ((event.target as HTMLElement).closest('input, textarea, select, [role="dialog"], [role="alertdialog"], [role="menu"]')) return
      event.preventDefault()
      field.current?.focus()
      field.current?.select()
    }
    addEventListener('keydown', onSlash)
    return () => removeEventListener('keydown', onSlash)
  }, [])

  return (
    <div className="relative min-w-0 flex-[1_1_14rem] sm:max-w-sm">
      <Search aria-hidden size={15} className="pointer-events-none absolute top-1/2 left-2.5 -translate-y-1/2 text-muted" />
      <input
        ref={field}
        type="search"
        aria-label={label}
        placeholder={label}
        value={typed}
        onChange={(event) => setTyped(event.target.value)}
        onKeyDown={(event) => {
          if (event.key === 'Escape' && typed !== '') {
            event.stopPropagation()
            setTyped('')
          }
        }}
        autoComplete="off"
        spellCheck={false}
        className={`${inputClass} pr-8 pl-8 [&::-webkit-search-cancel-button]:hidden`}
      />
      <kbd
        aria-hidden
        className="pointer-events-none absolute top-1/2 right-2.5 -translate-y-1/2 rounded border border-line px-1 text-xs text-muted max-sm:hidden"
      >
        /
      </kbd>
    </div>
  )
}
