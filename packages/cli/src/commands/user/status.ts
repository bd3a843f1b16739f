import { command, skipPrompt, value } from '../../command.ts'
import { usage } from '../../errors.ts'
import { signedIn } from '../../login/sign-in.ts'
import { sayRevocation } from '../../output/revocation.ts'
import { inRole } from '../../output/role.ts'
import { confirmDeparture, removeMember, sayDeparture } from '../shared/member-removal.ts'
import { confirmSignOut, saySignedOut } from '../shared/sign-out.ts'

// Deactivating, reactivating, removing and signing out members (S1).

const deactivate = command(
  'user deactivate <user>',
  {
    summary: 'deactivate a member: all their logins, tokens and keys are revoked at once',
    options: { reason: value('TEXT', 'reason, for the audit log and other admins'), yes: skipPrompt },
    examples: ['muster user deactivate bob', 'muster user deactivate bob --reason "laptop lost" --yes'],
    notes: 'To undo this: muster user reactivate. The member keeps their resources.',
  },
  async (context, { user, reason, yes }) => {
    const { say, ask } = context
    if (!yes) ask.mustBePossible()
    const login = await signedIn(context)
    if (!yes) await confirmDeparture(context, login, user, 'Deactivate')
    const answer = await login.POST('/v1/organizations/{org}/members/{user}/deactivate', {
      params: { path: { org: login.organizationId, user } },
      body: reason === undefined ? {} : { reason },
      repeatable: true,
      ends: true,
    })
    if (say.json) return say.data(answer, () => '')
    if (answer.changed) say.done(`${answer.member.username} has been deactivated and can no longer log in.`)
    else say.note(`${answer.member.username} is already deactivated. Nothing was changed.`)
    sayDeparture(context, answer)
    sayRevocation(context, answer)
    say.hint(`\nTo reactivate: muster user reactivate ${answer.member.username}`)
  },
)

const reactivate = command(
  'user reactivate <user>',
  {
    summary: 'reactivate a member; they have to log in again',
    examples: ['muster user reactivate bob'],
    notes: 'Their earlier logins, tokens and keys stay revoked.',
  },
  async (context, { user }) => {
    const { say } = context
    const login = await signedIn(context)
    const answer = await login.POST('/v1/organizations/{org}/members/{user}/reactivate', {
      params: { path: { org: login.organizationId, user } },
      repeatable: true,
    })
    if (say.json) return say.data(answer, () => '')
    const { member, changed } = answer
    if (changed) say.done(`${member.username} has been reactivated as ${inRole(member)}. They have to log in again: muster login`)
    else say.note(`${member.username} is already active. Nothing was changed.`)
  },
)

const remove = command(
  'user remove <user>',
  {
    summary: 'remove a member; you become the owner of their resources',
    options: { yes: skipPrompt },
    examples: ['muster user remove bob', 'muster user remove bob --yes'],
    notes: 'They return to an organization of their own. To suspend their access instead: muster user deactivate',
  },
  (context, { user, yes }) => removeMember(context, user, { yes }),
)

const signOut = command(
  'user sign-out <user>',
  {
    summary: 'sign a member out everywhere; they can log in again',
    options: { yes: skipPrompt },
    examples: ['muster user sign-out bob', 'muster user sign-out bob --yes', 'muster user sign-out bob --yes --json'],
    notes:
      'Their browser sessions, CLI logins, access tokens and refresh tokens end. Their keys and the keys of service accounts stay valid. ' +
      'For your own sessions: muster session end --others. To suspend access: muster user deactivate.',
  },
  async (context, { user, yes }) => {
    const { ask } = context
    if (!yes) ask.mustBePossible()
    const login = await signedIn(context)
    if (user === login.me.username || user === login.me.id)
      throw usage('You cannot sign yourself out here.', 'To end your own sessions: muster session end --others')
    const params = { path: { org: login.organizationId, user } }
    if (!yes) {
      const { username, status } = await login.GET('/v1/organizations/{org}/members/{user}', { params })
      if (status === 'active') await confirmSignOut(context, username)
    }
    saySignedOut(context, await login.DELETE('/v1/organizations/{org}/members/{user}/sessions', { params, ends: true }))
  },
)

export default [signOut, deactivate, reactivate, remove]
