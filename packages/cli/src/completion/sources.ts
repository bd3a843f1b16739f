import { readPages } from '../api/pages.ts'
import { fullName } from '../commands/shared/member-table.ts'
import type { Context } from '../context.ts'
import type { Login } from '../login/login.ts'
import { storedLogin } from '../login/sign-in.ts'
import type { Candidate, Source } from './complete.ts'

/** The most candidates that are read from one list. */
const most = 100

type Members = 'active' | 'deactivated' | undefined

const members = async (login: Login, typed: string, status: Members): Promise<Candidate[]> => {
  const { items } = await readPages(
    login,
    '/v1/organizations/{org}/members',
    { params: { path: { org: login.organizationId }, query: { q: typed || undefined, status } } },
    most,
  )
  return items.filter((member) => member.status !== 'left').map((member) => ({ word: member.username, text: fullName(member) }))
}

const serviceAccounts = async (login: Login): Promise<Candidate[]> =>
  (await readPages(login, '/v1/organizations/{org}/service-accounts', { params: { path: { org: login.organizationId } } }, most)).items.map(
    ({ name, description }) => ({
      word: name,
      text: description ?? 'service account',
    }),
  )

const sources: Record<Source, (login: Login, typed: string) => Promise<Candidate[]>> = {
  users: (login, typed) => members(login, typed, undefined),
  'deactivated users': (login, typed) => members(login, typed, 'deactivated'),
  owners: async (login, typed) => [...(await members(login, typed, 'active')), ...(await serviceAccounts(login).catch(() => []))],
  organizations: async ({ me }) => (me.organization ? [{ word: me.organization.name, text: 'your organization' }] : []),
  resources: async (login) =>
    (await readPages(login, '/v1/organizations/{org}/resources', { params: { path: { org: login.organizationId } } }, most)).items.map(
      ({ kind, name, owner }) => ({
        word: `${kind}/${name}`,
        text: owner.name,
      }),
    ),
  'service accounts': serviceAccounts,
  roles: async (login) =>
    (await login.GET('/v1/organizations/{org}/roles', { params: { path: { org: login.organizationId } } })).items.map(({ id, name, description }) => ({
      // A shell would read a name with a space as two words.
      word: /^[\w-]+$/.test(name) ? name : id,
      text: description || name,
    })),
  permissions: async (login) =>
    (await login.GET('/v1/permissions', {})).items.flatMap(({ permissions }) =>
      permissions.map(({ name, description }) => ({ word: name, text: description })),
    ),
  invitations: async (login) =>
    (
      await readPages(login, '/v1/organizations/{org}/invitations', { params: { path: { org: login.organizationId }, query: { state: 'open' } } }, most)
    ).items.map(({ id, email, role }) => ({
      word: email ?? id,
      text: role,
    })),
}

/** Uses only an existing login. Completion never prompts and never starts a login. */
export async function candidatesFrom(context: Context, source: Source, typed: string): Promise<Candidate[]> {
  const login = await storedLogin(context)
  if (!login) return []
  await login.whoAmI()
  return sources[source](login, typed)
}
