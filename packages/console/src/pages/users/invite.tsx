import { useMutation } from '@tanstack/react-query'
import { useEffect, useState } from 'react'
import { useSession } from '../../app/session.tsx'
import { answer, api, type Schemas } from '../../lib/api.ts'
import { plural } from '../../lib/time.ts'
import { Button } from '../../ui/button.tsx'
import { Command } from '../../ui/copy.tsx'
import { Dialog } from '../../ui/dialog.tsx'
import { Failure } from '../../ui/failure.tsx'
import { SelectField, TextArea } from '../../ui/field.tsx'
import { Status } from '../../ui/status.tsx'
import { refreshPeople } from './data.ts'

const MOST = 100

type Result = { email: string; status: 'created' | 'open' | 'refused'; problem?: { code: string; title: string; detail?: string; next: string } }

/** Addresses out of whatever was pasted: lists, lines, "Ann Lee <ann@example.com>". Each once. */
export function addressesIn(text: string): string[] {
  const parts = text.split(/[,;\n\r\t]+/).flatMap((part) => {
    const named = /<([^<>]+)>/.exec(part)
    return named?.[1] !== undefined ? [named[1]] : part.trim().split(/\s+/)
  })
  return [
    ...new Map(
      parts
        .map((part) => part.trim())
        .filter((part) => part !== '')
        .map((part) => [part.toLowerCase(), part]),
    ).values(),
  ]
}

/** Mails invitations, to one or to many, and says what became of each (S22). */
export function InviteDialog({ open, onClose }: { open: boolean; onClose: () => void }) {
  const [text, setText] = useState('')
  const [role, setRole] = useState<Schemas['Member']['role']>('member')
  const { organization } = useSession()
  const addresses = addressesIn(text)

  const invite = useMutation({
    mutationFn: async (emails: string[]) => {
      const sent = await answer(
        api.POST('/v1/organizations/{org}/invitations', {
          params: { path: { org: organization.id }, header: { 'idempotency-key': crypto.randomUUID() } },
          body: { emails, role },
        }),
      )
      return 'results' in sent ? (sent.results as Result[]) : []
    },
    onSuccess: refreshPeople,
  })
  const { reset } = invite
  useEffect(() => {
    if (!open) return
    reset()
    setText('')
    setRole('member')
  }, [open, reset])

  const results = invite.data
  const refused = results?.filter(({ status }) => status === 'refused') ?? []
  const again = () => {
    setText(refused.map(({ email }) => email).join('\n'))
    reset()
  }

  if (results) {
    const made = results.filter(({ status }) => status === 'created').length
    return (
      <Dialog
        open={open}
        onClose={onClose}
        title={made > 0 ? `${plural(made, 'invitation')} sent` : 'Nobody was invited'}
        lead="Each invitation is good for seven days. Under Invitations its link can be copied, for where mail does not arrive."
        foot={
          <>
            {refused.length > 0 && <Button onClick={again}>Correct {plural(refused.length, 'address', 'addresses')}</Button>}
            <Button kind="primary" onClick={onClose}>
              Done
            </Button>
          </>
        }
      >
        <ul aria-label="What became of each" className="text-sm">
          {results.map(({ email, status, problem }) => (
            <li key={email} className="border-t border-line py-2 first:border-t-0">
              <div className="flex flex-wrap items-baseline justify-between gap-x-4">
                <span className="min-w-0 font-semibold wrap-anywhere">{email}</span>
                {status === 'created' && <Status tone="active">Invited</Status>}
                {status === 'open' && <Status tone="pending">Invited before, still open</Status>}
                {status === 'refused' && <Status tone="danger">Not invited</Status>}
              </div>
              {problem && (
                <p className="text-muted">
                  {problem.detail ?? problem.title} {problem.next}
                </p>
              )}
            </li>
          ))}
        </ul>
      </Dialog>
    )
  }

  const fault = addresses.length > MOST ? `At most ${MOST} at once: these are ${addresses.length}.` : undefined
  return (
    <Dialog
      open={open}
      onClose={onClose}
      title="Invite new user"
      lead={`They get a mail with a link and are in ${organization.name} once they accept. Whoever is in another organization moves.`}
      onSubmit={() => addresses.length > 0 && !fault && !invite.isPending && invite.mutate(addresses)}
      foot={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button kind="primary" type="submit" busy={invite.isPending} disabled={addresses.length === 0 || fault !== undefined}>
            {addresses.length > 1 ? `Invite ${addresses.length} users` : 'Invite'}
          </Button>
        </>
      }
    >
      <TextArea
        label="E-mail addresses"
        hint={addresses.length > 0 ? `${plural(addresses.length, 'address', 'addresses')} found.` : 'One or many: paste a list, with commas or a line each.'}
        fault={fault}
        rows={4}
        value={text}
        onChange={(event) => setText(event.target.value)}
        autoComplete="off"
        spellCheck={false}
        placeholder="ann@example.com, bob@example.com"
      />
      <SelectField
        label="Role"
        value={role}
        onChange={(event) => setRole(event.target.value as typeof role)}
        hint={role === 'admin' ? 'Admins invite and remove people, and change everything here.' : 'Members have full use of the resources; they manage nobody.'}
      >
        <option value="member">Member</option>
        <option value="admin">Admin</option>
      </SelectField>
      {invite.error && <Failure error={invite.error} compact />}
      <Command>{`muster user invite ${addresses[0] ?? 'ann@example.com'}${role === 'admin' ? ' --role admin' : ''}`}</Command>
    </Dialog>
  )
}
