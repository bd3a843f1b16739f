import { type KeyboardEvent, useEffect, useId, useRef, useState } from 'react'
import { cx } from '../cx.ts'
import { inputClass } from './input-class.ts'

export interface Choice {
  value: string
  hint: string
}

interface Props {
  label: string
  hint?: string
  value: string
  onChange: (value: string) => void
  /** The suggestions for the typed text. */
  choices: Choice[]
  fault?: string | undefined
  placeholder?: string
}

/** A text field with suggestions. The user may also enter a value that is not suggested. */
export function Picker({ label, hint, value, onChange, choices, fault, placeholder }: Props) {
  const id = useId()
  const [open, setOpen] = useState(false)
  const [at, setAt] = useState(-1)
  const shown = open && choices.length > 0
  const chosen = shown ? Math.min(at, choices.length - 1) : -1

  useEffect(() => {
    if (chosen >= 0) document.getElementById(`${id}-${chosen}`)?.scrollIntoView({ block: 'nearest' })
  }, [id, chosen])

  // The list closes on blur, but not during a click: the elements below it would move away from the pointer.
  const field = useRef<HTMLInputElement>(null)
  const pressing = useRef(false)
  useEffect(() => {
    if (!shown) return
    const down = () => {
      pressing.current = true
    }
    const done = () => {
      pressing.current = false
      if (document.activeElement !== field.current) setOpen(false)
    }
    addEventListener('pointerdown', down, true)
    addEventListener('click', done)
    return () => {
      removeEventListener('pointerdown', down, true)
      removeEventListener('click', done)
      pressing.current = false
    }
  }, [shown])

  const choose = (choice: Choice | undefined) => {
    if (!choice) return
    onChange(choice.value)
    setOpen(false)
    setAt(-1)
  }
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
      setOpen(true)
      if (choices.length > 0) setAt((chosen + (event.key === 'ArrowDown' ? 1 : choices.length - (chosen < 0 ? 0 : 1))) % choices.length)
    } else if (event.key === 'Enter' && chosen >= 0) choose(choices[chosen])
    else if (event.key === 'Escape' && shown) {
      event.stopPropagation() // Close the list only, and not the dialog around it.
      setOpen(false)
    } else return
    event.preventDefault()
  }

  return (
    <div className="flex min-w-0 flex-col gap-1">
      <label htmlFor={id} className="text-sm font-semibold">
        {label}
      </label>
      <input
        ref={field}
        id={id}
        role="combobox"
        aria-expanded={shown}
        aria-controls={shown ? `${id}-list` : undefined}
        aria-activedescendant={chosen >= 0 ? `${id}-${chosen}` : undefined}
        aria-autocomplete="list"
        aria-invalid={fault ? true : undefined}
        aria-describedby={[hint && `${id}-hint`, fault && `${id}-fault`].filter(Boolean).join(' ') || undefined}
        value={value}
        placeholder={placeholder}
        onChange={(event) => {
          onChange(event.target.value)
          setOpen(true)
          setAt(-1)
        }}
        onFocus={() => setOpen(true)}
        onBlur={() => !pressing.current && setOpen(false)}
        onKeyDown={onKeyDown}
        autoComplete="off"
        autoCapitalize="none"
        spellCheck={false}
        className={inputClass}
      />
      {shown && (
        <div id={`${id}-list`} role="listbox" aria-label="Suggestions" className="max-h-52 overflow-y-auto rounded border border-line p-1">
          {choices.map((choice, index) => (
            // biome-ignore lint/a11y/useFocusableInteractive: the focus stays in the field, which references the active option
            <div
              key={choice.value}
              id={`${id}-${index}`}
              role="option"
              aria-selected={index === chosen}
              // On pointer down, because blur closes the list before a click event.
              onPointerDown={(event) => {
                event.preventDefault()
                choose(choice)
              }}
              onPointerMove={() => setAt(index)}
              className={cx(
                'flex min-h-8 cursor-pointer items-center gap-3 rounded px-2 py-1 text-sm pointer-coarse:min-h-11',
                index === chosen && 'bg-sunken',
              )}
            >
              <span className="min-w-0 truncate font-semibold">{choice.value}</span>
              <span className="ml-auto min-w-0 truncate text-muted">{choice.hint}</span>
            </div>
          ))}
        </div>
      )}
      {hint && (
        <p id={`${id}-hint`} className="text-sm text-muted">
          {hint}
        </p>
      )}
      {fault && (
        <p id={`${id}-fault`} role="alert" className="text-sm text-danger">
          {fault}
        </p>
      )}
    </div>
  )
}
