import { command, flag, skipPrompt } from '../../command.ts'
import { usage } from '../../errors.ts'
import { signedIn } from '../../login/sign-in.ts'
import { sayRevocation } from '../../output/revocation.ts'
import { when } from '../../output/time.ts'

// An admin resets the factors of a member who has lost them (F12).

const resetFactors = command(
  'user reset-factors <user>',
  {
    summary: 'reset how a member signs in, after a day or when a second admin confirms',
    options: { confirm: flag('let a reset that another admin asked for take force now'), cancel: flag('stop a reset'), yes: skipPrompt },
    examples: ['muster user reset-factors bob', 'muster user reset-factors bob --confirm', 'muster user reset-factors bob --cancel'],
    notes:
      'For a member who has lost their authenticator app, recovery codes and passkeys. After 24 hours, these are removed, and their sessions, refresh tokens and keys end. ' +
      'They then sign in with their password and a code that we email to them, or with a sign-in link while passwords are off. Until then, they and every admin can stop it.',
  },
  async (context, { user, confirm, cancel, yes }) => {
    const { say, ask, now } = context
    if (confirm && cancel) throw usage('Pass --confirm or --cancel, not both.')
    if (!yes && !cancel) ask.mustBePossible()
    const login = await signedIn(context)
    const params = { path: { org: login.organizationId, user } }
    if (cancel) {
      const reset = await login.DELETE('/v1/organizations/{org}/members/{user}/factor-reset', { params })
      if (say.json) return say.data(reset, () => '')
      return say.done(`The reset of ${reset.user.username} was stopped. Nothing about how they sign in has changed.`)
    }
    if (confirm) {
      if (!yes) await ask.confirm(`Remove the passkeys, the authenticator app and the recovery codes of ${user} now? Their sessions and keys end.`)
      const reset = await login.POST('/v1/organizations/{org}/members/{user}/factor-reset/confirm', { params, repeatable: true, ends: true })
      if (say.json) return say.data(reset, () => '')
      say.done(`The factors of ${reset.user.username} were reset. We tell them by email how to sign in.`)
      return sayRevocation(context, reset)
    }
    if (!yes) await ask.confirm(`Reset how ${user} signs in? First make sure who asks: anyone with their password and access to their inbox can sign in then.`)
    const reset = await login.POST('/v1/organizations/{org}/members/{user}/factor-reset', { params, repeatable: true })
    if (say.json) return say.data(reset, () => '')
    say.done(`The factors of ${reset.user.username} will be reset ${when(reset.in_force_at, now)}. They were told by email.`)
    say.hint(`\nAnother admin can confirm it now: muster user reset-factors ${reset.user.username} --confirm`)
    say.hint(`To stop it: muster user reset-factors ${reset.user.username} --cancel`)
  },
)

export default [resetFactors]
