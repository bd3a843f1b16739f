import type { Calls } from '../../api/calls.ts'
import { Failure } from '../../errors.ts'

/** The username or id for the path of a request. The server's access log has this path, so an email address is not sent in it. */
export async function referenceTo(operator: Calls, user: string): Promise<string> {
  if (!user.includes('@')) return user
  const { items } = await operator.GET('/v1/operator/users', { params: { query: { search: user, limit: 1 } } })
  const [first] = items
  // The whole address comes before the longer ones that begin with it.
  if (first?.email.toLowerCase() === user.toLowerCase()) return first.id
  throw new Failure(`No account has the address ${user}.`, { code: 'user_not_found', next: `To search: muster server user list ${user.split('@')[0]}` })
}
