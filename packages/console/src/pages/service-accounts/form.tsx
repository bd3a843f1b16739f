import { useMutation } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { useRef, useState } from 'react'
import { ApiProblem, answer, api } from '../../lib/api.ts'
import { quoted } from '../../lib/names.ts'
import { roleId } from '../../lib/roles.ts'
import { useSession } from '../../lib/session.ts'
import { Button } from '../../ui/button.tsx'
import { ShowCommand } from '../../ui/copy.tsx'
import { Dialog } from '../../ui/dialog.tsx'
import { Failure } from '../../ui/failure.tsx'
import { TextField } from '../../ui/form/field.tsx'
import { toast } from '../../ui/toast.tsx'
import { refreshKeys, type ServiceAccount } from '../keys/data.ts'
import { choiceOf, chosenRole, RoleField, roleFlag, useRoleChoices } from '../roles/role-field.tsx'

/** The server's rule for names, so that the field shows an error while the user types. */
const WELL_FORMED = /^[a-z0-9][a-z0-9_-]{1,28}[a-z0-9]$/

type Body = Record<'name' | 'description' | 'role', string>

interface Props {
  /** The account to edit. Without it, a new one is created. */
  account?: ServiceAccount
  onClose: () => void
}

/** Creates a service account, or changes its name, description and role. */
export function ServiceAccountForm({ account, onClose }: Props) {
  const { organization } = useSession()
  const navigate = useNavigate()
  const [name, setName] = useState(account?.name ?? '')
  const [description, setDescription] = useState(account?.description ?? '')
  const before = account && choiceOf(account)
  const given = useRoleChoices().filter(({ id }) => id !== 'admin')
  const choices = before && !given.some(({ id }) => id === before.id) ? [...given, before] : given
  const [role, setRole] = useState<string | null>(before?.id ?? null)
  const chosen = chosenRole(choices, role)
  const attempt = useRef(crypto.randomUUID())
  const change = (of: ServiceAccount, body: Body) =>
    answer(api.PATCH('/v1/organizations/{org}/service-accounts/{account}', { params: { path: { org: organization.id, account: of.id } }, body }))
  const save = useMutation({
    mutationFn: (body: Body) =>
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
      const previous = { name: account.name, description: account.description, role: roleId(account) }
      const followRename = async (from: string, to: string) => {
        await refreshKeys()
        // The account's own page stays open under the new name. If another page is open, that page stays open.
        if (location.pathname.endsWith(`/keys/service-accounts/${from}`))
          await navigate({ to: '/keys/service-accounts/$account', params: { account: to }, replace: true })
      }
      onClose()
      await followRename(previous.name, saved.name)
      toast.done(`Service account ${saved.name} changed`, {
        undo: { run: () => void change(account, previous).then(() => followRename(saved.name, previous.name), toast.fail) },
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
          ? 'Its id and its keys do not change. If the new role cannot remove resources, you become the owner of those that it owns.'
          : `A service account belongs to ${organization.name}. It has a role as members do. It has no password and signs in with keys.`
      }
      onSubmit={() => ready && !save.isPending && save.mutate({ name: trimmed, description: description.trim(), role: chosen.id })}
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
      <RoleField
        choices={choices}
        value={chosen}
        onChange={(id) => {
          setRole(id)
          attempt.current = crypto.randomUUID()
        }}
        hint="A service account can't be an admin."
      />
      {save.error && !isTaken && <Failure error={save.error} compact />}
      <ShowCommand>
        {account
          ? changeCommand(account.name, trimmed || account.name, before?.id === chosen.id ? undefined : chosen.name)
          : `muster service-account create ${trimmed || 'deploy'}${roleFlag(chosen)}`}
      </ShowCommand>
    </Dialog>
  )
}

/** @param role the name of the new role, if it changes */
function changeCommand(before: string, name: string, role: string | undefined): string {
  const rename = `muster service-account rename ${before} ${name}`
  if (role === undefined) return rename
  const give = `muster service-account role ${before} ${quoted(role)}`
  return before === name ? give : `${give} && ${rename}`
}
