import type { Answer } from '../../api/calls.ts'
import type { Context } from '../../context.ts'
import { sayRevocation } from '../../output/revocation.ts'
import { count } from '../../output/text.ts'

// Signing a member out everywhere, with the same texts for an admin and the operator.

/** Lists the credentials that end and those that stay valid, then asks for confirmation. */
export async function confirmSignOut({ ask, say }: Context, user: string): Promise<void> {
  say.note('  Ends         browser sessions, CLI logins, applications, access tokens and refresh tokens, including those in CI')
  say.note('  Stays valid  keys, and keys of service accounts\n')
  await ask.confirm(`Sign ${user} out everywhere?`)
}

export function saySignedOut(context: Context, answer: Answer<'delete', '/v1/organizations/{org}/members/{user}/sessions'>): void {
  const { say } = context
  const { member, ended } = answer
  if (say.json) {
    say.data(answer, () => '')
    return
  }
  if (ended === 0) say.note(`${member.username} was not signed in anywhere. Nothing was changed.`)
  else say.done(`${member.username} has been signed out everywhere: ${count(ended, 'session')} ended.`)
  sayRevocation(context, answer)
}
