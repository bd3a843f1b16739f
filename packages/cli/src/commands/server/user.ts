import type { Answer } from '../../api/calls.ts'
import { command, skipPrompt, value } from '../../command.ts'
import type { Context } from '../../context.ts'
import { asOperator, operatorTokenFile } from '../../login/operator.ts'
import { sayRevocation } from '../../output/revocation.ts'
import { count } from '../../output/text.ts'
import { referenceTo } from './user-reference.ts'

// The operator suspends and resumes one person (O14).

type Suspension = Answer<'post', '/v1/operator/users/{user}/suspend'>

const nameOf = ({ username, email }: Pick<Suspension, 'username' | 'email'>): string => username ?? email

const suspend = command(
  'server user suspend <user>',
  {
    summary: 'suspend one person: refused everywhere until resumed, whatever their organization does',
    options: { reason: value('TEXT', 'reason, for the audit log; only the operator reads it'), yes: skipPrompt, operatorTokenFile },
    examples: ['muster server user suspend bob --reason "abuse report 4711"', 'muster server user suspend usr_0123456789abcdefghijklmnop --yes'],
    notes: 'Ends their logins, tokens and keys, and revokes the invitations they sent. Their membership, resources and service accounts stay.',
  },
  async (context, { user, reason, yes, operatorTokenFile }) => {
    const { say, ask } = context
    if (!yes) {
      ask.mustBePossible()
      await ask.confirm(`Suspend ${user}? Their logins, tokens and keys end at once, and nobody in their organization can lift this.`)
    }
    const operator = asOperator(context, operatorTokenFile)
    const found = await operator.POST('/v1/operator/users/{user}/suspend', {
      params: { path: { user: await referenceTo(operator, user) } },
      body: { reason },
      repeatable: true,
      ends: true,
    })
    if (say.json) return say.data(found, () => '')
    if (found.changed) say.done(`${nameOf(found)} has been suspended.`)
    else say.note(`${nameOf(found)} was already suspended. Nothing was changed.`)
    sayRevocation(context, found)
    warnOfOrganizations(context, found)
    say.hint(`To resume them: muster server user resume ${user}`)
  },
)

const resume = command(
  'server user resume <user>',
  {
    summary: 'end the suspension of a person; they log in again, and create new keys',
    options: { operatorTokenFile },
    examples: ['muster server user resume bob'],
  },
  async (context, { user, operatorTokenFile }) => {
    const { say } = context
    const operator = asOperator(context, operatorTokenFile)
    const found = await operator.POST('/v1/operator/users/{user}/resume', {
      params: { path: { user: await referenceTo(operator, user) } },
      repeatable: true,
      ends: true,
    })
    if (say.json) return say.data(found, () => '')
    if (found.changed) say.done(`${nameOf(found)} has been resumed.`)
    else say.note(`${nameOf(found)} was not suspended. Nothing was changed.`)
    sayRevocation(context, found, 'changed')
    warnOfOrganizations(context, found)
  },
)

const resetFactors = command(
  'server user reset-factors <user>',
  {
    summary: 'remove the passkeys, authenticator app and recovery codes of a person who lost them',
    options: { yes: skipPrompt, operatorTokenFile },
    examples: ['muster server user reset-factors bob', 'muster server user reset-factors usr_0123456789abcdefghijklmnop --yes'],
    notes: 'Ends their sessions. Their password alone is enough to sign in then, so first make sure who asks. They get an email.',
  },
  async (context, { user, yes, operatorTokenFile }) => {
    const { say, ask } = context
    if (!yes) {
      ask.mustBePossible()
      await ask.confirm(
        `Remove the passkeys, the authenticator app and the recovery codes of ${user}? Their sessions end, and their password alone is enough to sign in then.`,
      )
    }
    const operator = asOperator(context, operatorTokenFile)
    const reset = await operator.POST('/v1/operator/users/{user}/reset-factors', {
      params: { path: { user: await referenceTo(operator, user) } },
      repeatable: true,
      ends: true,
    })
    if (say.json) return say.data(reset, () => '')
    const removed = [reset.passkeys > 0 && count(reset.passkeys, 'passkey'), reset.authenticator && 'the authenticator app'].filter(Boolean).join(' and ')
    const ended = `${count(reset.ended_sessions, 'session')} ended.`
    if (removed === '') say.note(`${reset.email} had no passkeys and no authenticator app. ${ended}`)
    else say.done(`Removed ${removed} of ${reset.email}. ${ended}`)
    sayRevocation(context, reset)
  },
)

/** Nobody in it can invite, change roles or reactivate members until the operator promotes a member (S29). */
function warnOfOrganizations({ say }: Context, { organizations_without_admin: without }: Suspension): void {
  for (const { name } of without) {
    say.warn(`${name} has no active admin now.`)
    say.hint(`To promote a member: muster server promote ${name} USER`)
  }
}

export default [suspend, resume, resetFactors]
