import type { Answer } from '../../api/calls.ts'
import { readAllPages } from '../../api/pages.ts'
import type { Context } from '../../context.ts'
import type { Login } from '../../login/login.ts'
import { signedIn } from '../../login/sign-in.ts'
import { sayRevocation } from '../../output/revocation.ts'
import { inRole } from '../../output/role.ts'
import { count } from '../../output/text.ts'
import { scopeFlag } from './key-terms.ts'

// The confirmation before a member is deactivated or removed, and the report after it.

/** Shows what is revoked and what is transferred, then asks for confirmation. Without a terminal, it fails before the first request. */
export async function confirmDeparture(context: Context, login: Login, user: string, verb: 'Deactivate' | 'Remove'): Promise<void> {
  const { ask, say } = context
  ask.mustBePossible()
  const name = login.me.organization?.name ?? ''
  const member = await login.GET('/v1/organizations/{org}/members/{user}', { params: { path: { org: login.organizationId, user } } })
  const [owned, keys] = await Promise.all([
    readAllPages(login, '/v1/organizations/{org}/resources', { params: { path: { org: login.organizationId }, query: { owner: member.username } } }),
    readAllPages(login, '/v1/organizations/{org}/keys', { params: { path: { org: login.organizationId }, query: { created_by: member.id } } }),
  ])
  const theirs = keys.filter(({ holder }) => holder.kind === 'user')
  const copyable = keys.filter(({ holder }) => holder.kind === 'service_account')
  const full = [member.given_name, member.family_name].filter(Boolean).join(' ')
  say.note(`${member.username}${full ? ` (${full})` : ''} is ${inRole(member)} of ${name}.\n`)
  const side = (label: string, text: string) => say.note(`  ${label.padEnd('You will own'.length)}  ${text}`)
  side('Revoked', `all their logins and tokens${theirs.length > 0 ? `, ${count(theirs.length, 'key')}` : ''}, and their open invitations`)
  if (owned.length > 0) side(verb === 'Remove' ? 'You will own' : 'They keep', owned.map(({ kind, name }) => `${kind}/${name}`).join(', '))
  if (copyable.length > 0) {
    const named = copyable.map(({ holder, description }) => `${holder.name} ("${description}")`).join(', ')
    side('Still valid', `${copyable.length === 1 ? 'a service account key' : 'service account keys'} that they created and could have copied: ${named}`)
  }
  side('To return', verb === 'Remove' ? 'they need a new invitation' : `muster user reactivate ${member.username}`)
  say.note('')
  await ask.confirm(`${verb} ${member.username}?`)
}

type Removal = Pick<Answer<'post', '/v1/organizations/{org}/members/{user}/deactivate'>, 'ended' | 'keys_to_roll'> &
  Partial<Pick<Answer<'delete', '/v1/organizations/{org}/members/{user}'>, 'handed_over'>>

/** Reports what was revoked, what was transferred, and which keys to replace, with the commands to run next. */
export function sayDeparture({ say }: Context, { ended, handed_over, keys_to_roll }: Removal): void {
  say.note(`Revoked: ${count(ended.sessions, 'session')}, ${count(ended.keys, 'key')}, ${count(ended.invitations, 'open invitation')}.`)
  if (handed_over && handed_over.length > 0) {
    say.note('\nYou now own:\n')
    for (const { kind, name } of handed_over) say.note(`  ${kind}/${name}  →  muster resource transfer ${kind}/${name} USER`)
  }
  if (keys_to_roll.length > 0) {
    say.note('')
    for (const { id, description, holder, scope } of keys_to_roll)
      say.warn(`They could have copied the key "${description}" of the service account ${holder.name}, which stays valid. Replace it, then revoke it.`, [
        `muster service-account key create ${holder.name} "${description.replaceAll('"', '')}"${scopeFlag({ scope })}`,
        `muster service-account key revoke ${id}`,
      ])
  }
}

/** `user remove` and `org remove` are one command with two names. */
export async function removeMember(context: Context, user: string, { yes }: { yes: boolean }): Promise<void> {
  const { say, ask } = context
  if (!yes) ask.mustBePossible()
  const login = await signedIn(context)
  if (!yes) await confirmDeparture(context, login, user, 'Remove')
  const answer = await login.DELETE('/v1/organizations/{org}/members/{user}', {
    params: { path: { org: login.organizationId, user } },
    repeatable: false,
    ends: true,
  })
  if (say.json) return say.data(answer, () => '')
  say.done(`${answer.removed.username} is no longer a member.`)
  sayDeparture(context, answer)
  sayRevocation(context, answer)
}
