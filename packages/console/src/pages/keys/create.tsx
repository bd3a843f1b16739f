import { useMutation } from '@tanstack/react-query'
import { useBlocker } from '@tanstack/react-router'
import { useRef, useState } from 'react'
import { answer, api } from '../../lib/api.ts'
import { useSession } from '../../lib/session.ts'
import { Button } from '../../ui/button.tsx'
import { CopyButton, ShowCommand } from '../../ui/copy.tsx'
import { Dialog } from '../../ui/dialog.tsx'
import { Failure } from '../../ui/failure.tsx'
import { TextField } from '../../ui/form/field.tsx'
import { refreshKeys } from './data.ts'

interface Props {
  /** The machine it is for; without, it is one's own. */
  account?: string
  /** Of the one that it stands in for. */
  description?: string
  onClose: () => void
  onMade?: () => void
}

/** Describes a key, makes it, and shows it this once. */
export function CreateKeyDialog({ account, description: before = '', onClose, onMade }: Props) {
  const { organization } = useSession()
  const [description, setDescription] = useState(before)
  // One attempt, one key: whoever presses again after an answer was lost gets the same one.
  const attempt = useRef(crypto.randomUUID())
  // Not `isPending`, which is known a moment after Enter: Escape may come in that moment.
  const making = useRef(false)
  const create = useMutation({
    mutationFn: (body: { description: string }) => {
      const header = { 'idempotency-key': attempt.current }
      return account === undefined
        ? answer(api.POST('/v1/me/keys', { params: { header }, body }))
        : answer(api.POST('/v1/organizations/{org}/service-accounts/{account}/keys', { params: { header, path: { org: organization.id, account } }, body }))
    },
    onSuccess: refreshKeys,
    onSettled: () => {
      making.current = false
    },
  })
  const said = description.trim()
  const make = () => {
    if (said === '' || making.current) return
    making.current = true
    create.mutate({ description: said })
  }
  // A key that is being made and then shown to nobody would be lost.
  const close = () => !making.current && onClose()

  if (create.data)
    return (
      <ShownOnce
        secret={create.data.key}
        description={create.data.description}
        holder={account ?? null}
        onSaved={() => {
          onClose()
          onMade?.()
        }}
      />
    )
  return (
    <Dialog
      open
      onClose={close}
      title={account === undefined ? 'Create key' : `Create key for ${account}`}
      lead={
        account === undefined
          ? `It acts as you in ${organization.name}, with your role, until you revoke it or leave.`
          : `It acts as the service account ${account}, with the rights of a member, until it is revoked.`
      }
      onSubmit={make}
      foot={
        <>
          <Button busy={create.isPending} onClick={close}>
            Cancel
          </Button>
          <Button kind="primary" type="submit" busy={create.isPending} disabled={said === ''}>
            Create key
          </Button>
        </>
      }
    >
      <TextField
        label="Description"
        hint="Helps you recognize the key later. Name the job or server that uses it."
        placeholder="nightly backup"
        value={description}
        maxLength={200}
        onChange={(event) => {
          setDescription(event.target.value)
          attempt.current = crypto.randomUUID()
        }}
        autoComplete="off"
      />
      {create.error && <Failure error={create.error} compact />}
      <ShowCommand>
        {account === undefined
          ? `muster key create "${said || 'nightly backup'}"`
          : `muster service-account key create ${account} "${said || 'nightly backup'}"`}
      </ShowCommand>
    </Dialog>
  )
}

interface Shown {
  secret: string
  description: string
  holder: string | null
  onSaved: () => void
}

/** Nobody can show it again, so nothing closes this but the word that it is kept. */
function ShownOnce({ secret, description, holder, onSaved }: Shown) {
  const [hurried, setHurried] = useState(false)
  const saved = useRef(false)
  useBlocker({
    shouldBlockFn: () => {
      if (!saved.current) setHurried(true)
      return !saved.current
    },
    enableBeforeUnload: () => !saved.current,
  })
  return (
    <Dialog
      open
      onClose={() => setHurried(true)}
      title={`Key "${description}"`}
      lead="Copy the key now and store it as a secret. You can't see it again."
      foot={
        <Button
          kind="primary"
          onClick={() => {
            saved.current = true
            onSaved()
          }}
        >
          I've saved the key
        </Button>
      }
    >
      <div className="flex items-start justify-between gap-2 rounded border border-line-strong bg-sunken py-2 pr-1.5 pl-3">
        <code className="min-w-0 pt-1 text-sm wrap-anywhere select-all">{secret}</code>
        <CopyButton text={secret} label="Copy the key" />
      </div>
      {hurried && (
        <p role="alert" className="text-sm font-semibold text-danger">
          You can't see this key again. Copy it before you close this dialog.
        </p>
      )}
      <p className="text-sm text-muted">
        To act as {holder ?? 'you'} on the command line, set <code>MUSTER_TOKEN</code> to the key and <code>MUSTER_URL={location.origin}</code>. Over HTTP, send
        the key as <code>Authorization: Bearer</code>. Muster stores only a hash of the key.
      </p>
    </Dialog>
  )
}
