import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import { ApiProblem, answer, api } from '../../lib/api.ts'
import { usePassword } from '../../lib/password.ts'
import { queries } from '../../lib/queries.ts'
import { meQuery, useSession } from '../../lib/session.ts'
import { Button } from '../../ui/button.tsx'
import { Dialog } from '../../ui/dialog.tsx'
import { Failure } from '../../ui/failure.tsx'
import { TextField } from '../../ui/form/field.tsx'
import { Countdown } from '../../ui/time.tsx'
import { toast } from '../../ui/toast.tsx'

/** A new address that is waiting for its code. */
export interface PendingEmail {
  email: string
  expires_at: string
}

interface Props {
  pending: PendingEmail | null
  onPending: (pending: PendingEmail | null) => void
  onClose: () => void
}

/** Changes the email address in two steps: first the password and the new address, then the emailed code (S44). */
export const EmailDialog = ({ pending, ...rest }: Props) =>
  pending ? <EnterCode key="code" pending={pending} {...rest} /> : <EnterAddress key="address" {...rest} />

function EnterAddress({ onPending, onClose }: Omit<Props, 'pending'>) {
  const { me } = useSession()
  const { hasPassword } = usePassword()
  const [email, setEmail] = useState('')
  const [password, setPassword] = useState('')
  const ask = useMutation({
    mutationFn: (body: { email: string; password: string }) => answer(api.POST('/v1/me/email', { body })),
    onSuccess: onPending,
  })
  const code = ask.error instanceof ApiProblem ? ask.error.code : null
  const isEmailFault = code === 'email_invalid' || code === 'email_unchanged'
  const ready = email.trim() !== '' && (password !== '' || !hasPassword)
  return (
    <Dialog
      open
      onClose={onClose}
      title="Change your email address"
      lead={`We'll email a code to the new address. ${me.email} stays your address until you enter the code.`}
      onSubmit={() => ready && !ask.isPending && ask.mutate({ email: email.trim(), password })}
      foot={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button kind="primary" type="submit" busy={ask.isPending} disabled={!ready}>
            Send the code
          </Button>
        </>
      }
    >
      <TextField
        label="New email address"
        type="email"
        value={email}
        maxLength={400}
        onChange={(event) => setEmail(event.target.value)}
        autoComplete="email"
        fault={isEmailFault ? ask.error?.message : undefined}
      />
      {hasPassword && (
        <TextField
          label="Your password"
          type="password"
          value={password}
          maxLength={1000}
          onChange={(event) => setPassword(event.target.value)}
          autoComplete="current-password"
          hint="Enter your password to continue."
          fault={code === 'password_wrong' ? 'That is not your password.' : undefined}
        />
      )}
      {ask.error && !isEmailFault && code !== 'password_wrong' && <Failure error={ask.error} compact />}
    </Dialog>
  )
}

function EnterCode({ pending, onPending, onClose }: Props & { pending: PendingEmail }) {
  const { me } = useSession()
  const [typed, setTyped] = useState('')
  const verify = useMutation({
    mutationFn: (code: string) => answer(api.POST('/v1/me/email/verify', { body: { code } })),
    onSuccess: async ({ email }) => {
      await queries.invalidateQueries({ queryKey: meQuery.queryKey })
      onPending(null)
      onClose()
      toast.done(`Email address changed to ${email}`, { description: `We sent a notice to ${me.email}.` })
    },
  })
  const code = verify.error instanceof ApiProblem ? verify.error.code : null
  const isOver = code === 'code_expired' || code === 'code_exhausted' || code === 'email_change_not_found' || code === 'address_in_use'
  const startAgain = () => onPending(null)
  return (
    <Dialog
      open
      onClose={onClose}
      title="Enter the code from the email"
      lead={
        <>
          We sent a code to {pending.email}. It expires <Countdown at={pending.expires_at} still over="now" />.
        </>
      }
      onSubmit={() => typed.trim() !== '' && !verify.isPending && !isOver && verify.mutate(typed)}
      foot={
        <>
          <Button onClick={startAgain}>Start again</Button>
          <Button kind="primary" type="submit" busy={verify.isPending} disabled={typed.trim() === '' || isOver}>
            Confirm
          </Button>
        </>
      }
    >
      <TextField
        label="Code from the email"
        value={typed}
        onChange={(event) => setTyped(event.target.value)}
        inputMode="numeric"
        autoComplete="one-time-code"
        maxLength={12}
        className="max-w-56 font-mono text-lg! tracking-[0.3em]"
        fault={code === 'code_wrong' ? verify.error?.message : undefined}
      />
      {verify.error && code !== 'code_wrong' && <Failure error={verify.error} compact />}
      <p className="text-sm text-muted">No email? Check your spam folder, or start again. Your address has not changed yet.</p>
    </Dialog>
  )
}
