import { infiniteQueryOptions, useInfiniteQuery, useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import { answer, api, type Schemas } from '../../lib/api.ts'
import { queries } from '../../lib/queries.ts'
import { useSession } from '../../lib/session.ts'
import { Button } from '../../ui/button.tsx'
import { Consequences, DangerDialog } from '../../ui/dialog.tsx'
import { Failure } from '../../ui/failure.tsx'
import { Time } from '../../ui/time.tsx'
import { toast } from '../../ui/toast.tsx'

type Credential = Schemas['UnreadyCredential']

const credentialsQuery = (org: string) =>
  infiniteQueryOptions({
    queryKey: ['organization', org, 'unready-credentials'],
    initialPageParam: undefined as string | undefined,
    queryFn: ({ signal, pageParam: cursor }) =>
      answer(api.GET('/v1/organizations/{org}/unready-credentials', { signal, params: { path: { org }, query: { cursor, limit: 20 } } })),
    getNextPageParam: (page) => page.next_cursor ?? undefined,
  })

const nameOf = ({ kind, name }: Credential): string => `${kind === 'key' ? 'Key' : 'Refresh token'}${name ? ` "${name}"` : ''}`

/** Keys and refresh tokens that were created without the required factor: they stay valid until an admin revokes them (F13). */
export function UnreadyCredentials() {
  const { organization } = useSession()
  const { data, error, hasNextPage, fetchNextPage, isFetchingNextPage } = useInfiniteQuery(credentialsQuery(organization.id))
  const [revoking, setRevoking] = useState<Credential | 'all' | null>(null)
  if (error) return <Failure error={error} compact />
  const credentials = data?.pages.flatMap(({ items }) => items)
  if (!credentials) return <span className="text-muted">…</span>
  if (credentials.length === 0) return <span className="text-muted">None</span>
  return (
    <>
      <ul className="flex flex-col gap-2">
        {credentials.map((credential) => (
          <li key={credential.id} className="flex flex-wrap items-baseline justify-between gap-x-4">
            <span className="wrap-anywhere">
              {nameOf(credential)} <span className="text-muted">of {credential.holder}, </span>
              <span className="text-muted">
                {credential.last_used_at ? (
                  <>
                    last used <Time at={credential.last_used_at} />
                  </>
                ) : (
                  'never used'
                )}
              </span>
            </span>
            <button type="button" className="link" aria-label={`Revoke ${nameOf(credential)} of ${credential.holder}`} onClick={() => setRevoking(credential)}>
              Revoke
            </button>
          </li>
        ))}
      </ul>
      <div className="mt-2 flex gap-2">
        {hasNextPage && (
          <Button busy={isFetchingNextPage} onClick={() => void fetchNextPage()}>
            Show more
          </Button>
        )}
        {(credentials.length > 1 || hasNextPage) && <Button onClick={() => setRevoking('all')}>Revoke all</Button>}
      </div>
      {revoking && <RevokeDialog revoking={revoking} onClose={() => setRevoking(null)} />}
    </>
  )
}

function RevokeDialog({ revoking, onClose }: { revoking: Credential | 'all'; onClose: () => void }) {
  const { organization } = useSession()
  const org = organization.id
  const revoke = useMutation({
    mutationFn: () =>
      answer(
        revoking === 'all'
          ? api.DELETE('/v1/organizations/{org}/unready-credentials', { params: { path: { org } } })
          : api.DELETE('/v1/organizations/{org}/unready-credentials/{id}', { params: { path: { org, id: revoking.id } } }),
      ),
    onSuccess: async ({ ended }) => {
      await queries.invalidateQueries({ queryKey: ['organization', org, 'unready-credentials'] })
      onClose()
      toast.done(revoking === 'all' ? `${ended} ${ended === 1 ? 'credential' : 'credentials'} revoked` : `${nameOf(revoking)} revoked`)
    },
  })
  const title =
    revoking === 'all'
      ? 'Revoke all keys and refresh tokens that were created without the required factor?'
      : `Revoke ${nameOf(revoking).replace(/^[KR]/, (letter) => letter.toLowerCase())}?`
  return (
    <DangerDialog
      open
      onClose={onClose}
      title={title}
      lead={revoking === 'all' ? "You can't undo this." : `It acts as ${revoking.holder} in ${organization.name}. You can't undo this.`}
      action={revoking === 'all' ? 'Revoke all' : 'Revoke'}
      onConfirm={() => revoke.mutate()}
      busy={revoke.isPending}
      error={revoke.error}
    >
      <Consequences title="Ends immediately" items={[`Access for every program that uses ${revoking === 'all' ? 'one of them' : 'it'}`]} />
      <Consequences title="Not affected" items={['Browser sessions, and credentials that were created with the factor']} />
    </DangerDialog>
  )
}
