import { useMutation } from '@tanstack/react-query'
import { useSession } from '../../app/session.tsx'
import { ApiProblem, answer, api } from '../../lib/api.ts'
import { Button } from '../../ui/button.tsx'
import { Notice } from '../../ui/states.tsx'
import { toast } from '../../ui/toast.tsx'
import { refreshPeople } from './data.ts'

/** An organization keeps an active admin (S29): who could be promoted, with the button that does it. */
export function LastAdmin({ error }: { error: unknown }) {
  const { organization } = useSession()
  const promote = useMutation({
    mutationFn: (user: string) =>
      answer(api.PATCH('/v1/organizations/{org}/members/{user}', { params: { path: { org: organization.id, user } }, body: { role: 'admin' } })),
    onSuccess: async ({ username }) => {
      await refreshPeople()
      toast.done(`${username} is an admin now`)
    },
    onError: (problem) => toast.fail(problem),
  })
  if (!(error instanceof ApiProblem) || error.code !== 'last_admin') return null
  const candidates = (error.body['candidates'] as (string | { username: string })[] | undefined) ?? []
  return (
    <Notice title={error.body.title} tone="danger">
      <p>
        {candidates.length > 0
          ? 'Make one of these admin first, then try again.'
          : 'There is no other active member who could be made admin. Invite or reactivate one first.'}
      </p>
      <div className="mt-2 flex flex-wrap gap-2">
        {candidates.slice(0, 8).map((candidate) => {
          const username = typeof candidate === 'string' ? candidate : candidate.username
          return (
            <Button key={username} busy={promote.isPending} onClick={() => promote.mutate(username)}>
              Make {username} admin
            </Button>
          )
        })}
      </div>
    </Notice>
  )
}
