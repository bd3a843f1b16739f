import { permissionChoices } from '@muster/contract/permission-areas.ts'
import { useMutation, useQuery } from '@tanstack/react-query'
import { useBlocker } from '@tanstack/react-router'
import { useRef, useState } from 'react'
import { answer, api } from '../../lib/api.ts'
import { roleId } from '../../lib/roles.ts'
import { useSession } from '../../lib/session.ts'
import { Button } from '../../ui/button.tsx'
import { CopyButton, ShowCommand } from '../../ui/copy.tsx'
import { Dialog } from '../../ui/dialog.tsx'
import { Failure } from '../../ui/failure.tsx'
import { TextField } from '../../ui/form/field.tsx'
import type { TickArea } from '../../ui/form/tick-boxes.tsx'
import { areasQuery, rolesQuery } from '../roles/data.ts'
import { type Key, refreshKeys, serviceAccountQuery } from './data.ts'
import { isComplete, TermsFields, termsOf, toBody, toFlags } from './terms.tsx'

interface Props {
  /** The service account that holds the key. Without it, the key is the user's own. */
  account?: string
  /** The description and the scope of the key that it replaces. */
  description?: string
  scope?: Key['scope']
  onClose: () => void
  onCreated?: () => void
}

/** Creates a key and shows it once. */
export function CreateKeyDialog({ account, description: initialDescription = '', scope, onClose, onCreated }: Props) {
  const { organization } = useSession()
  const [description, setDescription] = useState(initialDescription)
  const [terms, setTerms] = useState(() => termsOf(scope))
  const areas = useOfferedAreas(account)
  // An idempotency key, so that a retry after a lost response returns the same key.
  const attempt = useRef(crypto.randomUUID())
  // A ref and not `isPending`, because `isPending` changes only at the next render, and Escape may be pressed before that.
  const isCreating = useRef(false)
  const create = useMutation({
    mutationFn: (body: { description: string } & ReturnType<typeof toBody>) => {
      const header = { 'idempotency-key': attempt.current }
      return account === undefined
        ? answer(api.POST('/v1/me/keys', { params: { header }, body }))
        : answer(api.POST('/v1/organizations/{org}/service-accounts/{account}/keys', { params: { header, path: { org: organization.id, account } }, body }))
    },
    onSuccess: refreshKeys,
    onSettled: () => {
      isCreating.current = false
    },
  })
  const trimmed = description.trim()
  const isReady = trimmed !== '' && isComplete(terms)
  const submit = () => {
    if (!isReady || isCreating.current) return
    isCreating.current = true
    create.mutate({ description: trimmed, ...toBody(terms) })
  }
  // Closing now would lose the key, because it is shown only once.
  const close = () => !isCreating.current && onClose()

  if (create.data)
    return (
      <NewKeyDialog
        secret={create.data.key}
        description={create.data.description}
        holder={account ?? null}
        onSaved={() => {
          onClose()
          onCreated?.()
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
          ? `The key acts as you in ${organization.name}, until it expires, you revoke it or you leave.`
          : `The key acts as the service account ${account}, until it expires or is revoked.`
      }
      onSubmit={submit}
      foot={
        <>
          <Button busy={create.isPending} onClick={close}>
            Cancel
          </Button>
          <Button kind="primary" type="submit" busy={create.isPending} disabled={!isReady}>
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
      <TermsFields
        value={terms}
        onChange={(value) => {
          setTerms(value)
          attempt.current = crypto.randomUUID()
        }}
        areas={areas}
        holder={account ?? 'you'}
      />
      {create.error && <Failure error={create.error} compact />}
      <ShowCommand>
        {account === undefined
          ? `muster key create "${trimmed || 'nightly backup'}"${toFlags(terms)}`
          : `muster service-account key create ${account} "${trimmed || 'nightly backup'}"${toFlags(terms)}`}
      </ShowCommand>
    </Dialog>
  )
}

/** The permissions that a key of this holder can have, at Muster and at the platform's APIs. Undefined while they are read. */
function useOfferedAreas(account: string | undefined): readonly TickArea[] | undefined {
  const { me, organization, may } = useSession()
  const { data: serviceAccount } = useQuery({ ...serviceAccountQuery(organization.id, account ?? ''), enabled: account !== undefined })
  const roles = useQuery({ ...rolesQuery(organization.id), enabled: may('members:read') })
  const areas = useQuery({ ...areasQuery, enabled: may('members:read') })
  const holder = account === undefined ? organization : serviceAccount
  if (!holder || roles.isLoading || areas.isLoading) return undefined
  const ofRole = roles.data?.find(({ id }) => id === roleId(holder))?.permissions ?? []
  const own = permissionChoices(holder.role, account === undefined ? (me.permissions ?? []) : ofRole)
  const atApis = (areas.data ?? [])
    .filter(({ api }) => api !== null)
    .map(({ area, permissions }) => ({
      area,
      choices: permissions.filter(({ name }) => ofRole.includes(name)).map(({ name, description }) => ({ permission: name, words: description })),
    }))
  return [...own, ...atApis.filter(({ choices }) => choices.length > 0)]
}

interface NewKeyProps {
  secret: string
  description: string
  holder: string | null
  onSaved: () => void
}

/** The key can't be shown again, so only the confirmation that it is saved closes this dialog. */
function NewKeyDialog({ secret, description, holder, onSaved }: NewKeyProps) {
  const [isWarned, setIsWarned] = useState(false)
  const saved = useRef(false)
  useBlocker({
    shouldBlockFn: () => {
      if (!saved.current) setIsWarned(true)
      return !saved.current
    },
    enableBeforeUnload: () => !saved.current,
  })
  return (
    <Dialog
      open
      onClose={() => setIsWarned(true)}
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
      {isWarned && (
        <p role="alert" className="text-sm font-semibold text-danger">
          You can't see this key again. Copy it before you close this dialog.
        </p>
      )}
      <p className="text-sm text-muted">
        To act as {holder ?? 'you'} on the command line, set <code>MUSTER_TOKEN</code> to this key and <code>MUSTER_URL</code> to <code>{location.origin}</code>
        . Over HTTP, send the key as <code>Authorization: Bearer</code>. Muster stores only a hash of the key.
      </p>
    </Dialog>
  )
}
