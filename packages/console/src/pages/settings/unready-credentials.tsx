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

/** Keys and refresh tokens from before the policy: they stay valid until an admin ends them (F13). */
export function UnreadyCredentials() {
  const { organization } = useSession()
  const { data, error, hasNextPage, fetchNextPage, isFetchingNextPage } = useInfiniteQuery(credentialsQuery(organization.id))
  const [ending, setEnding] = useState<Credential | 'all' | null>(null)
  if (error) return <Failure error={error} compact />
  const credentials = data?.pages.flatMap(({ items }) => items)
  if (!credentials) return <span className="text-muted">…</span>
  if (credentials.length === 0) return <span className="text-muted">Every key and refresh token was created with the factor</span>
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
            <button type="button" className="link" aria-label={`End ${nameOf(credential)} of ${credential.holder}`} onClick={() => setEnding(credential)}>
              End
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
        {(credentials.length > 1 || hasNextPage) && <Button onClick={() => setEnding('all')}>End all</Button>}
      </div>
      {ending && <EndDialog ending={ending} onClose={() => setEnding(null)} />}
    </>
  )
}

function EndDialog({ ending, onClose }: { ending: Credential | 'all'; onClose: () => void }) {
  const { organization } = useSession()
  const org = organization.id
  const end = useMutation({
    mutationFn: () =>
      answer(
        ending === 'all'
          ? api.DELETE('/v1/organizations/{org}/unready-credentials', { params: { path: { org } } })
          : api.DELETE('/v1/organizations/{org}/unready-credentials/{id}', { params: { path: { org, id: ending.id } } }),
      ),
    onSuccess: async ({ ended }) => {
      await queries.invalidateQueries({ queryKey: ['organization', org, 'unready-credentials'] })
      onClose()
      toast.done(ending === 'all' ? `${ended} ${ended === 1 ? 'credential' : 'credentials'} ended` : `${nameOf(ending)} ended`)
    },
  })
  const title =
    ending === 'all' ? 'End all keys and refresh tokens from before the policy?' : `End ${nameOf(ending).replace(/^[KR]/, (letter) => letter.toLowerCase())}?`
  return (
    <DangerDialog
      open
      onClose={onClose}
      title={title}
      lead={ending === 'all' ? "You can't undo this." : `It acts as ${ending.holder} in ${organization.name}. You can't undo this.`}
      action={ending === 'all' ? 'End all' : 'End'}
      onConfirm={() => end.mutate()}
      busy={end.isPending}
      error={end.error}
    >
      <Consequences title="Ends immediately" items={[`Access for every program that uses ${ending === 'all' ? 'one of them' : 'it'}`]} />
      <Consequences title="Not affected" items={['Browser sessions, and credentials that were created with the factor']} />
    </DangerDialog>
  )
}
