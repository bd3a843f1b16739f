import { useMutation } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import Copy from 'lucide-react/icons/copy'
import Pencil from 'lucide-react/icons/pencil'
import RefreshCw from 'lucide-react/icons/refresh-cw'
import Trash from 'lucide-react/icons/trash-2'
import { type ReactNode, useState } from 'react'
import { answer, api } from '../../lib/api.ts'
import { copyText } from '../../lib/copy.ts'
import { useSession } from '../../lib/session.ts'
import { Button } from '../../ui/button.tsx'
import { Copyable, ShowCommand } from '../../ui/copy.tsx'
import { Consequences, DangerDialog, Dialog } from '../../ui/dialog.tsx'
import { Failure } from '../../ui/failure.tsx'
import { TextField } from '../../ui/form/field.tsx'
import type { MenuAction } from '../../ui/menu.tsx'
import { Fact, Facts } from '../../ui/states.tsx'
import { Time } from '../../ui/time.tsx'
import { toast } from '../../ui/toast.tsx'
import { CreateKeyDialog } from './create.tsx'
import { type Key, refreshKeys } from './data.ts'
import { ScopeInWords } from './terms.tsx'

/** `own`: users manage their own keys. `any`: admins manage every key of the organization. */
type By = 'own' | 'any'

interface KeyActions {
  menuFor: (key: Key) => MenuAction[][]
  show: (key: Key) => void
  roll: (key: Key) => void
  dialogs: ReactNode
}

/** The menu and dialogs of a key, the same in every list of keys. */
export function useKeyActions(by: By): KeyActions {
  const { may } = useSession()
  const canManage = by === 'own' || may('keys:manage')
  const [dialog, setDialog] = useState<{ action: 'show' | 'rename' | 'revoke' | 'roll'; key: Key } | null>(null)
  const close = () => setDialog(null)
  const menuFor = (key: Key): MenuAction[][] => [
    [
      {
        label: 'Copy key id',
        icon: Copy,
        onSelect: () => void copyText(key.id).then((done) => (done ? toast.done('Key id copied') : toast.fail('Your browser blocked copying.'))),
      },
      ...(canManage ? [{ label: 'Rename', icon: Pencil, onSelect: () => setDialog({ action: 'rename', key }) }] : []),
      ...(by === 'any' && key.holder.kind === 'service_account' && may('service-accounts:manage')
        ? [{ label: 'Roll', icon: RefreshCw, onSelect: () => setDialog({ action: 'roll', key }) }]
        : []),
    ],
    canManage ? [{ label: 'Revoke', icon: Trash, tone: 'danger', onSelect: () => setDialog({ action: 'revoke', key }) }] : [],
  ]
  const dialogs = dialog && (
    <>
      {dialog.action === 'show' && <KeyDialog by={by} item={dialog.key} onClose={close} />}
      {dialog.action === 'rename' && <RenameKeyDialog by={by} item={dialog.key} onClose={close} />}
      {dialog.action === 'revoke' && <RevokeKeyDialog by={by} item={dialog.key} onClose={close} />}
      {dialog.action === 'roll' && (
        <CreateKeyDialog
          account={dialog.key.holder.name}
          description={dialog.key.description}
          scope={dialog.key.scope}
          onClose={close}
          onCreated={() => {
            const oldKey = dialog.key
            toast.done('New key created', {
              description: 'Put it in place, then revoke the old key.',
              undo: { label: 'Revoke old key', run: () => setDialog({ action: 'revoke', key: oldKey }) },
            })
          }}
        />
      )}
    </>
  )
  return { menuFor, show: (key) => setDialog({ action: 'show', key }), roll: (key) => setDialog({ action: 'roll', key }), dialogs }
}

interface Props {
  by: By
  item: Key
  onClose: () => void
}

/** All details of one key, including those that a narrow table hides. */
function KeyDialog({ by, item, onClose }: Props) {
  const { id, description, holder, scope, created_at, created_by, created_by_left, expires_at, last_used_at, last_address } = item
  const isServiceAccount = holder.kind === 'service_account'
  return (
    <Dialog
      open
      onClose={onClose}
      title={`Key "${description}"`}
      foot={
        <Button kind="primary" onClick={onClose}>
          Close
        </Button>
      }
    >
      <Facts>
        <Fact name="Id">
          <Copyable text={id} label="Copy the key id" />
        </Fact>
        <Fact name="Acts as">
          {by === 'own' ? (
            'You'
          ) : isServiceAccount ? (
            <Link to="/keys/service-accounts/$account" params={{ account: holder.name }} className="link">
              {holder.name}
            </Link>
          ) : (
            <Link to="/users/$user" params={{ user: holder.name }} className="link">
              {holder.name}
            </Link>
          )}
        </Fact>
        <Fact name="Permissions">
          <ScopeInWords scope={scope} />
        </Fact>
        <Fact name="Expires">{expires_at === null ? 'Never' : <Time at={expires_at} />}</Fact>
        <Fact name="Created">
          <Time at={created_at} />
          <span className="text-muted"> by </span>
          <Link to="/users/$user" params={{ user: created_by.username }} className="link">
            {created_by.username}
          </Link>
          {created_by_left && <p className="text-muted">Its creator is no longer active in this organization and could have copied it.</p>}
        </Fact>
        <Fact name="Last used">
          {last_used_at ? <Time at={last_used_at} /> : 'Never'}
          {last_address && <span className="text-muted"> from {last_address}</span>}
        </Fact>
      </Facts>
      <ShowCommand>{isServiceAccount ? `muster service-account key list ${holder.name}` : `muster key list${by === 'any' ? ' --all' : ''}`}</ShowCommand>
    </Dialog>
  )
}

function RenameKeyDialog({ by, item, onClose }: Props) {
  const { organization } = useSession()
  const [description, setDescription] = useState(item.description)
  const set = (to: string) =>
    by === 'own'
      ? answer(api.PATCH('/v1/me/keys/{id}', { params: { path: { id: item.id } }, body: { description: to } }))
      : answer(api.PATCH('/v1/organizations/{org}/keys/{id}', { params: { path: { org: organization.id, id: item.id } }, body: { description: to } }))
  const rename = useMutation({
    mutationFn: () => set(description.trim()),
    onSuccess: async (key) => {
      await refreshKeys()
      onClose()
      toast.done(`Key renamed to "${key.description}"`, { undo: { run: () => void set(item.description).then(refreshKeys, toast.fail) } })
    },
  })
  const missing = description.trim() === ''
  return (
    <Dialog
      open
      onClose={onClose}
      title="Rename key"
      lead="The description helps people recognize the key. The key itself does not change."
      onSubmit={() => !missing && !rename.isPending && rename.mutate()}
      foot={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button kind="primary" type="submit" busy={rename.isPending}>
            Rename key
          </Button>
        </>
      }
    >
      <TextField
        label="Description"
        value={description}
        maxLength={200}
        onChange={(event) => setDescription(event.target.value)}
        fault={missing ? 'Enter a description.' : undefined}
        autoComplete="off"
      />
      {rename.error && <Failure error={rename.error} compact />}
      {by === 'own' && <ShowCommand>{`muster key rename ${item.id} "${description.trim()}"`}</ShowCommand>}
    </Dialog>
  )
}

export function RevokeKeyDialog({ by, item, onClose, onRevoked }: Props & { onRevoked?: () => void }) {
  const { organization } = useSession()
  const revoke = useMutation({
    mutationFn: () =>
      by === 'own'
        ? answer(api.DELETE('/v1/me/keys/{id}', { params: { path: { id: item.id } } }))
        : answer(api.DELETE('/v1/organizations/{org}/keys/{id}', { params: { path: { org: organization.id, id: item.id } } })),
    onSuccess: async ({ ended }) => {
      await refreshKeys()
      onClose()
      onRevoked?.()
      toast.done(ended > 0 ? `Key "${item.description}" revoked` : `Key "${item.description}" was already revoked`)
    },
  })
  const isServiceAccount = item.holder.kind === 'service_account'
  return (
    <DangerDialog
      open
      onClose={onClose}
      title={`Revoke key "${item.description}"?`}
      lead={`It acts as ${by === 'own' ? 'you' : item.holder.name} in ${organization.name}. You can't undo this.`}
      action="Revoke key"
      onConfirm={() => revoke.mutate()}
      busy={revoke.isPending}
      error={revoke.error}
    >
      <Consequences
        title="Ends immediately"
        items={[
          item.last_used_at
            ? `Access for every program that uses it${item.last_address ? ` (last used from ${item.last_address})` : ''}`
            : 'Nothing: the key was never used',
        ]}
      />
      <Consequences
        title="Not affected"
        items={[isServiceAccount ? `The service account ${item.holder.name} and its other keys` : 'All other keys and all sessions']}
      />
      <ShowCommand>{isServiceAccount ? `muster service-account key revoke ${item.id}` : `muster key revoke ${item.id}`}</ShowCommand>
    </DangerDialog>
  )
}
