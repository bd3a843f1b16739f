import { useMutation } from '@tanstack/react-query'
import Pencil from 'lucide-react/icons/pencil'
import { type KeyboardEvent, useEffect, useId, useRef, useState } from 'react'
import { answer, api } from '../../lib/api.ts'
import { queries } from '../../lib/queries.ts'
import { meQuery } from '../../lib/session.ts'
import { useUnsavedInput } from '../../lib/unsaved-input.ts'
import { Button, IconButton } from '../../ui/button.tsx'
import { Failure } from '../../ui/failure.tsx'
import { inputClass } from '../../ui/form/input-class.ts'
import { SessionNotice } from '../../ui/session-notice.tsx'
import { Fact } from '../../ui/states.tsx'
import { toast } from '../../ui/toast.tsx'

interface Props {
  name: string
  field: 'given_name' | 'family_name' | 'company'
  value: string
  required?: boolean
}

/** A value that the user edits in place. Enter saves it, Escape cancels. */
export function EditableFact({ name, field, value, required = false }: Props) {
  const [typed, setTyped] = useState<string | null>(null)
  const id = useId()
  const input = useRef<HTMLInputElement>(null)
  const pencil = useRef<HTMLButtonElement>(null)
  const editing = typed !== null
  useUnsavedInput(editing)
  const wasEditing = useRef(editing)
  useEffect(() => {
    if (editing === wasEditing.current) return
    wasEditing.current = editing
    if (editing) input.current?.select()
    else pencil.current?.focus()
  }, [editing])

  const set = async (to: string) => {
    queries.setQueryData(meQuery.queryKey, await answer(api.PATCH('/v1/me', { body: { [field]: field === 'company' && to === '' ? null : to } })))
    await Promise.all(['members', 'audit'].map((noun) => queries.invalidateQueries({ queryKey: [noun] })))
  }
  const save = useMutation({
    mutationFn: set,
    onSuccess: () => {
      setTyped(null)
      toast.done(`${name} changed`, { undo: { run: () => void set(value).catch(toast.fail) } })
    },
  })
  const missing = required && typed !== null && typed.trim() === ''
  const submit = () => {
    if (typed === null || missing || save.isPending) return
    if (typed.trim() === value) setTyped(null)
    else save.mutate(typed.trim())
  }
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === 'Escape') setTyped(null)
    else if (event.key === 'Enter') submit()
    else return
    event.preventDefault()
  }

  if (!editing)
    return (
      <Fact name={name}>
        <span className="inline-flex min-w-0 items-center gap-1">
          <span className={value === '' ? 'text-muted' : 'min-w-0 wrap-anywhere'}>{value || 'Not set'}</span>
          <IconButton
            ref={pencil}
            label={`Change ${name.toLowerCase()}`}
            className="size-7!"
            onClick={() => {
              save.reset()
              setTyped(value)
            }}
          >
            <Pencil aria-hidden size={14} />
          </IconButton>
        </span>
      </Fact>
    )
  return (
    <Fact name={name}>
      <div className="flex min-w-0 flex-wrap items-center gap-2">
        <input
          ref={input}
          aria-label={name}
          aria-invalid={missing || undefined}
          aria-describedby={missing ? `${id}-fault` : undefined}
          value={typed}
          maxLength={100}
          onChange={(event) => setTyped(event.target.value)}
          onKeyDown={onKeyDown}
          autoComplete={{ given_name: 'given-name', family_name: 'family-name', company: 'organization' }[field]}
          className={`${inputClass} min-w-0 flex-[1_1_6.5rem]`}
        />
        <Button kind="primary" busy={save.isPending} onClick={submit}>
          Save
        </Button>
        <Button onClick={() => setTyped(null)}>Cancel</Button>
      </div>
      {missing && (
        <p id={`${id}-fault`} role="alert" className="mt-1 text-danger">
          Enter a given name.
        </p>
      )}
      <SessionNotice below />
      {save.error && (
        <div className="mt-2">
          <Failure error={save.error} compact />
        </div>
      )}
    </Fact>
  )
}
