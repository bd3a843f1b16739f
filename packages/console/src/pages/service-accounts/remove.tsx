import { useInfiniteQuery, useMutation, useQuery } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { answer, api } from '../../lib/api.ts'
import { useSession } from '../../lib/session.ts'
import { plural } from '../../lib/time.ts'
import { ShowCommand } from '../../ui/copy.tsx'
import { Consequences, DangerDialog } from '../../ui/dialog.tsx'
import { toast } from '../../ui/toast.tsx'
import { keysOfQuery, refreshKeys, type ServiceAccount } from '../keys/data.ts'
import { ownedQuery } from '../users/data.ts'

/** Removes a service account: its keys are revoked, and its resources are transferred to the admin who removes it (S28). */
export function RemoveServiceAccountDialog({ account, onClose }: { account: ServiceAccount; onClose: () => void }) {
  const { me, organization } = useSession()
  const navigate = useNavigate()
  const { data: keys } = useInfiniteQuery(keysOfQuery(organization.id, account.name))
  const { data: owned } = useQuery(ownedQuery(organization.id, account.id))
  const remove = useMutation({
    mutationFn: () =>
      answer(api.DELETE('/v1/organizations/{org}/service-accounts/{account}', { params: { path: { org: organization.id, account: account.id } } })),
    onSuccess: async ({ ended, handed_over }) => {
      onClose()
      await navigate({ to: '/keys/service-accounts' })
      await refreshKeys()
      const parts = [
        ended.keys > 0 && `${plural(ended.keys, 'key')} revoked.`,
        handed_over.length > 0 &&
          `${plural(handed_over.length, 'resource')} transferred to you: ${handed_over.map(({ kind, name }) => `${kind} ${name}`).join(', ')}.`,
      ].filter((part) => part !== false)
      toast.done(`Service account ${account.name} removed`, { ...(parts.length > 0 && { description: parts.join(' ') }) })
    },
  })
  const items = keys?.pages[0]?.items ?? []
  const names = items.slice(0, 5).map(({ description }) => `"${description}"`)
  const count = keys?.pages[0]?.next_cursor ? `${items.length} and more keys` : plural(items.length, 'key')
  const shown = owned?.items ?? []
  return (
    <DangerDialog
      open
      onClose={onClose}
      title={`Remove service account ${account.name}?`}
      lead="You can't undo this. Its history stays in the audit log."
      action={`Remove ${account.name}`}
      onConfirm={() => remove.mutate()}
      busy={remove.isPending}
      error={remove.error}
    >
      <Consequences
        title="Ends immediately"
        items={
          items.length > 0
            ? [`${count}: ${names.join(', ')}${items.length > names.length ? ' …' : ''}`, 'Access for every program that uses one of them']
            : ['Nothing: it has no keys']
        }
      />
      <Consequences
        title={`Transferred to you, ${me.username}`}
        items={
          shown.length > 0
            ? [...shown.slice(0, 8).map(({ kind, name }) => `${kind} ${name}`), ...(shown.length > 8 || owned?.next_cursor ? ['and more'] : [])]
            : ['Nothing: it owns no resources']
        }
      />
      <ShowCommand>{`muster service-account remove ${account.name}`}</ShowCommand>
    </DangerDialog>
  )
}
