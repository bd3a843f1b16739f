import { useMutation } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import { ApiProblem, answer, api, type Schemas } from '../../lib/api.ts'
import { plural } from '../../lib/time.ts'
import { Button } from '../../ui/button.tsx'
import { Consequences, Dialog } from '../../ui/dialog.tsx'
import { Failure } from '../../ui/failure.tsx'
import { TextField } from '../../ui/form/field.tsx'
import { toast } from '../../ui/toast.tsx'
import { refreshKeys } from '../keys/data.ts'
import { refreshLogins } from '../sessions/data.ts'

const MIN_LENGTH = 10

/** Changes the password. This ends every session except the one of this browser (S32). */
export function PasswordDialog({ onClose }: { onClose: () => void }) {
  const [current, setCurrent] = useState('')
  const [next, setNext] = useState('')
  const [shown, setShown] = useState(false)
  const [endKeys, setEndKeys] = useState(false)
  const change = useMutation({
    mutationFn: () => answer(api.POST('/v1/me/password', { body: { current_password: current, new_password: next, end_keys: endKeys } })),
    onSuccess: async ({ ended, keys }) => {
      await Promise.all([refreshLogins(), refreshKeys()])
      if (keys.length > 0) return
      onClose()
      toast.done('Password changed', { description: endedSentence(ended) })
    },
  })
  const code = change.error instanceof ApiProblem ? change.error.code : null
  const isNewPasswordFault = code === 'password_length' || code === 'password_leaked' || code === 'password_too_weak'
  const typed = [...next].length
  const ready = current !== '' && typed >= MIN_LENGTH

  if (change.data && change.data.keys.length > 0) return <ValidKeysDialog ended={change.data.ended} keys={change.data.keys} onClose={onClose} />
  return (
    <Dialog
      open
      onClose={onClose}
      title="Change your password"
      onSubmit={() => ready && !change.isPending && change.mutate()}
      foot={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button kind="primary" type="submit" busy={change.isPending} disabled={!ready}>
            Change password
          </Button>
        </>
      }
    >
      <TextField
        label="Current password"
        type="password"
        value={current}
        maxLength={1000}
        onChange={(event) => setCurrent(event.target.value)}
        autoComplete="current-password"
        fault={code === 'password_wrong' ? 'That is not your password.' : undefined}
      />
      <div className="flex flex-col gap-2">
        <TextField
          label="New password"
          type={shown ? 'text' : 'password'}
          value={next}
          maxLength={1000}
          onChange={(event) => setNext(event.target.value)}
          autoComplete="new-password"
          hint={
            typed > 0 && typed < MIN_LENGTH
              ? `At least ${plural(MIN_LENGTH - typed, 'more character')}.`
              : 'Use 10 to 256 characters. A few unrelated words work well. Avoid your name and email address.'
          }
          fault={isNewPasswordFault ? change.error?.message : undefined}
        />
        <Check label="Show the new password" checked={shown} onChange={setShown} />
      </div>
      <Consequences
        title="Ends immediately"
        items={['All your other sessions: browser, command line, applications', 'All your refresh tokens: jobs that use one have to log in again']}
      />
      <Consequences title="Not affected" items={['This browser', ...(endKeys ? [] : ['Your keys'])]} />
      <Check label="Also revoke all my keys" checked={endKeys} onChange={setEndKeys} />
      {change.error && !isNewPasswordFault && code !== 'password_wrong' && <Failure error={change.error} compact />}
    </Dialog>
  )
}

const Check = ({ label, checked, onChange }: { label: string; checked: boolean; onChange: (checked: boolean) => void }) => (
  <label className="flex min-h-7 items-center gap-2 text-sm pointer-coarse:min-h-11">
    <input type="checkbox" checked={checked} onChange={(event) => onChange(event.target.checked)} className="size-4 accent-accent" />
    {label}
  </label>
)

function endedSentence({ sessions, keys }: { sessions: number; keys: number }): string {
  const parts = [sessions > 0 && plural(sessions, 'other session'), keys > 0 && plural(keys, 'key')].filter((part) => part !== false)
  return parts.length === 0 ? 'You had no other sessions.' : `${new Intl.ListFormat('en').format(parts)} ended.`
}

/** Lists the keys that are still valid, because a leaked password may mean leaked keys. */
function ValidKeysDialog({ ended, keys, onClose }: { ended: { sessions: number; keys: number }; keys: Schemas['Key'][]; onClose: () => void }) {
  return (
    <Dialog
      open
      onClose={onClose}
      title="Password changed"
      lead={endedSentence(ended)}
      foot={
        <Button kind="primary" onClick={onClose}>
          Done
        </Button>
      }
    >
      <Consequences
        title={keys.length === 1 ? '1 key is still valid' : `${plural(keys.length, 'key')} are still valid`}
        items={keys.map(({ description }) => description)}
      />
      <p className="text-sm text-muted">
        If someone could have copied a key,{' '}
        <Link to="/keys" className="link">
          revoke it
        </Link>
        .
      </p>
    </Dialog>
  )
}
