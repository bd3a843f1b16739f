import type { KeyPolicy } from '@muster/contract/permissions.ts'
import { queryOptions, useInfiniteQuery, useMutation, useQuery } from '@tanstack/react-query'
import { useEffect, useState } from 'react'
import { answer, api } from '../../lib/api.ts'
import { queries } from '../../lib/queries.ts'
import { useSession } from '../../lib/session.ts'
import { plural } from '../../lib/time.ts'
import { Button } from '../../ui/button.tsx'
import { ShowCommand } from '../../ui/copy.tsx'
import { Consequences, DangerDialog } from '../../ui/dialog.tsx'
import { Failure } from '../../ui/failure.tsx'
import { toast } from '../../ui/toast.tsx'
import { keysWithoutScopeQuery, refreshKeys } from '../keys/data.ts'

const keyPolicyQuery = (org: string) =>
  queryOptions({
    queryKey: ['organization', org, 'key-policy'],
    queryFn: ({ signal }) => answer(api.GET('/v1/organizations/{org}/key-policy', { signal, params: { path: { org } } })),
  })

/** Which keys the organization allows (F15). */
export function KeyPolicyFact({ editable }: { editable: boolean }) {
  const { organization } = useSession()
  const { data, error } = useQuery(keyPolicyQuery(organization.id))
  const [wanted, setWanted] = useState<KeyPolicy | null>(null)
  if (error) return <Failure error={error} compact />
  if (!data) return <span className="text-muted">…</span>
  const isScoped = data.keys === 'scoped'
  return (
    <>
      <p>{isScoped ? 'Only keys with a scope are allowed' : 'Keys without a scope are allowed'}</p>
      {editable && (
        <Button className="mt-2" onClick={() => setWanted(isScoped ? 'any' : 'scoped')}>
          {isScoped ? 'Allow keys without a scope' : 'Require a scope'}
        </Button>
      )}
      {wanted && <KeyPolicyDialog keys={wanted} onClose={() => setWanted(null)} />}
    </>
  )
}

function KeyPolicyDialog({ keys, onClose }: { keys: KeyPolicy; onClose: () => void }) {
  const { organization } = useSession()
  const isScoped = keys === 'scoped'
  const list = useInfiniteQuery({ ...keysWithoutScopeQuery(organization.id), enabled: isScoped })
  const { hasNextPage, isFetchingNextPage, fetchNextPage } = list
  useEffect(() => {
    if (hasNextPage && !isFetchingNextPage) void fetchNextPage()
  }, [hasNextPage, isFetchingNextPage, fetchNextPage])
  const ending = list.data?.pages.flatMap(({ items }) => items)
  const save = useMutation({
    mutationFn: () => answer(api.PUT('/v1/organizations/{org}/key-policy', { params: { path: { org: organization.id } }, body: { keys } })),
    onSuccess: async ({ ended }) => {
      await Promise.all([queries.invalidateQueries({ queryKey: ['organization'] }), refreshKeys()])
      onClose()
      toast.done(isScoped ? `Only keys with a scope are allowed. ${plural(ended, 'key')} revoked.` : 'Keys without a scope are allowed')
    },
  })
  return (
    <DangerDialog
      open
      onClose={onClose}
      title={isScoped ? 'Require a scope for every key?' : 'Allow keys without a scope?'}
      lead={
        isScoped
          ? 'New keys have to name what they may do. Keys that do not are revoked now, also those of service accounts.'
          : 'Members can create keys that may do everything that they may. Revoked keys stay revoked.'
      }
      action={isScoped ? 'Require a scope' : 'Allow keys'}
      tone={isScoped ? 'danger' : 'primary'}
      onConfirm={() => save.mutate()}
      busy={save.isPending}
      ready={!isScoped || (ending !== undefined && !hasNextPage)}
      error={save.error ?? list.error}
    >
      {isScoped && ending && (
        <Consequences
          title="Ends immediately"
          items={ending.length === 0 ? ['Nothing: every key has a scope'] : ending.map(({ description, holder }) => `Key "${description}" of ${holder.name}`)}
        />
      )}
      <ShowCommand>{`muster org security --keys ${keys}`}</ShowCommand>
    </DangerDialog>
  )
}
