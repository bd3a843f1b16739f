import { useMutation } from '@tanstack/react-query'
import { ApiProblem, answer, api } from '../../lib/api.ts'
import { useSession } from '../../lib/session.ts'
import { Button } from '../../ui/button.tsx'
import { Notice } from '../../ui/states.tsx'
import { toast } from '../../ui/toast.tsx'
import { refreshPeople } from './data.ts'

/** A button for each member who can be made an admin. */
export function Candidates({ candidates, onPromoted }: { candidates: { username: string }[]; onPromoted?: () => void }) {
  const { organization } = useSession()
  const promote = useMutation({
    mutationFn: (user: string) =>
      answer(api.PATCH('/v1/organizations/{org}/members/{user}', { params: { path: { org: organization.id, user } }, body: { role: 'admin' } })),
    onSuccess: async ({ username }) => {
      await refreshPeople()
      toast.done(`${username} is now an admin`)
      onPromoted?.()
    },
    onError: (problem) => toast.fail(problem),
  })
  if (candidates.length === 0) return null
  return (
    <div className="mt-2 flex flex-wrap gap-2">
      {candidates.slice(0, 8).map(({ username }) => (
        <Button key={username} busy={promote.isPending} onClick={() => promote.mutate(username)}>
          Make {username} an admin
        </Button>
      ))}
    </div>
  )
}

/** The refusal for the last active admin (S29), with the members who can be promoted. */
export function LastAdmin({ error, onPromoted }: { error: unknown; onPromoted: () => void }) {
  if (!(error instanceof ApiProblem) || error.code !== 'last_admin') return null
  const candidates = (error.body['candidates'] as { username: string }[] | undefined) ?? []
  return (
    <Notice title={error.body.title} tone="danger">
      <p>{candidates.length > 0 ? 'Make one of these members an admin first.' : 'There is no other active member. Invite or reactivate one first.'}</p>
      <Candidates candidates={candidates} onPromoted={onPromoted} />
    </Notice>
  )
}
