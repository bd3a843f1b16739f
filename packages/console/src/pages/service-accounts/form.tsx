import { useMutation } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { useRef, useState } from 'react'
import { ApiProblem, answer, api } from '../../lib/api.ts'
import { useSession } from '../../lib/session.ts'
import { Button } from '../../ui/button.tsx'
import { ShowCommand } from '../../ui/copy.tsx'
import { Dialog } from '../../ui/dialog.tsx'
import { Failure } from '../../ui/failure.tsx'
import { TextField } from '../../ui/form/field.tsx'
import { toast } from '../../ui/toast.tsx'
import { refreshKeys, type ServiceAccount } from '../keys/data.ts'

/** The server's rule for names, so that the field shows an error while the user types. */
const WELL_FORMED = /^[a-z0-9][a-z0-9_-]{1,28}[a-z0-9]$/

interface Props {
  /** The account to edit. Without it, a new one is created. */
  account?: ServiceAccount
  onClose: () => void
}

/** Creates a service account, or changes its name and description. */
export function ServiceAccountForm({ account, onClose }: Props) {
  const { organization } = useSession()
  const navigate = useNavigate()
  const [name, setName] = useState(account?.name ?? '')
  const [description, setDescription] = useState(account?.description ?? '')
  const attempt = useRef(crypto.randomUUID())
  const change = (of: ServiceAccount, body: { name: string; description: string }) =>
    answer(api.PATCH('/v1/organizations/{org}/service-accounts/{account}', { params: { path: { org: organization.id, account: of.id } }, body }))
  const save = useMutation({
    mutationFn: (body: { name: string; description: string }) =>
      account
        ? change(account, body)
        : answer(
            api.POST('/v1/organizations/{org}/service-accounts', {
              params: { path: { org: organization.id }, header: { 'idempotency-key': attempt.current } },
              body,
            }),
          ),
    onSuccess: async (saved) => {
      if (!account) {
        await refreshKeys()
        toast.done(`Service account ${saved.name} created`, { description: 'Next, create a key for it.' })
        return navigate({ to: '/keys/service-accounts/$account', params: { account: saved.name } })
      }
      const { name, description } = account
      const followRename = async (from: string, to: string) => {
        await refreshKeys()
        // The account's own page stays open under the new name. If another page is open, that page stays open.
        if (location.pathname.endsWith(`/keys/service-accounts/${from}`))
          await navigate({ to: '/keys/service-accounts/$account', params: { account: to }, replace: true })
      }
      onClose()
      await followRename(name, saved.name)
      toast.done(`Service account ${saved.name} changed`, {
        undo: { run: () => void change(account, { name, description }).then(() => followRename(saved.name, name), toast.fail) },
      })
    },
  })
  const trimmed = name.trim()
  const isTaken = save.error instanceof ApiProblem && save.error.code === 'name_taken' && save.variables?.name === trimmed
  const isMalformed = trimmed !== '' && !WELL_FORMED.test(trimmed)
  const fault = isMalformed
    ? 'Use 3 to 30 lowercase letters, digits, _ or -. Start and end with a letter or a digit.'
    : isTaken
      ? `A service account named ${trimmed} already exists.`
      : undefined
  const ready = trimmed !== '' && !isMalformed

  return (
    <Dialog
      open
      onClose={onClose}
      title={account ? `Edit ${account.name}` : 'Create service account'}
      lead={
        account
          ? 'Its id, keys and resources do not change.'
          : `A service account belongs to ${organization.name} and has the rights of a member. It has no password and signs in with keys.`
      }
      onSubmit={() => ready && !save.isPending && save.mutate({ name: trimmed, description: description.trim() })}
      foot={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button kind="primary" type="submit" busy={save.isPending} disabled={!ready}>
            {account ? 'Save changes' : 'Create service account'}
          </Button>
        </>
      }
    >
      <TextField
        label="Name"
        value={name}
        maxLength={30}
        placeholder="deploy"
        onChange={(event) => {
          setName(event.target.value)
          attempt.current = crypto.randomUUID()
        }}
        fault={fault}
        autoComplete="off"
        autoCapitalize="none"
        spellCheck={false}
      />
      <TextField
        label="Description"
        optional
        value={description}
        maxLength={200}
        placeholder="deploys the web shop from CI"
        onChange={(event) => {
          setDescription(event.target.value)
          attempt.current = crypto.randomUUID()
        }}
        autoComplete="off"
      />
      {save.error && !isTaken && <Failure error={save.error} compact />}
      <ShowCommand>
        {account ? `muster service-account rename ${account.name} ${trimmed || account.name}` : `muster service-account create ${trimmed || 'deploy'}`}
      </ShowCommand>
    </Dialog>
  )
}
