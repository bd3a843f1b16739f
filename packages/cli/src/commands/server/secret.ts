import type { SecretStatus } from '../../api/types.ts'
import { command, flag, skipPrompt } from '../../command.ts'
import type { Context } from '../../context.ts'
import { usage } from '../../errors.ts'
import { asOperator, operatorTokenFile } from '../../login/operator.ts'
import { sayRevocation } from '../../output/revocation.ts'
import { count } from '../../output/text.ts'
import { momentInFull, when } from '../../output/time.ts'

// The operator's commands to change the secret of the installation (O8).

const nouns: Record<SecretStatus['left'][number]['what'], string> = {
  invitations: 'open invitation',
  codes: 'emailed code',
  resets: 'password reset',
  sealed: 'encrypted value',
}

const states: Record<SecretStatus['state'], string> = {
  settled: 'one secret is in use',
  ready: 'the settings have a new secret, which is not in use yet',
  rotating: 'the new secret is in use, and the previous one is still accepted',
  renewing: 'the leaked secret has ended, and what it made is being renewed',
}

/** The settings have a third secret, because the one in use has leaked. */
const leakedDuringRotation = 'the settings have a new secret, which is not in use yet, and the last rotation is not finished'

function details({ say, now }: Context, status: SecretStatus): string {
  const without = status.processes.filter(({ ready }) => !ready)
  return say.details([
    ['State', status.state === 'rotating' && status.has_new ? leakedDuringRotation : states[status.state]],
    ['Rotated', momentInFull(status.switched_at, now)],
    ...status.left.map(({ what, count: left, until }): [string, string] => [
      'Left',
      until === null ? count(left, nouns[what]) : `${count(left, nouns[what])}, until ${when(until, now)}`,
    ]),
    ['Servers', without.length === 0 ? `${status.processes.length} with this secret` : null],
    ...without.map(({ name }): [string, string] => ['Without it', name]),
  ])
}

/** The next step, for each state. */
function sayNext({ say }: Context, status: SecretStatus): void {
  const { state, left, processes } = status
  const isNew = state === 'ready' || status.has_new
  if (isNew && processes.some(({ ready }) => !ready))
    say.hint('\nSet the new secret and the previous one for these processes and restart them, then: muster server secret status')
  else if (state === 'ready') say.hint('\nTo use the new secret: muster server secret rotate')
  else if (state === 'rotating' && status.has_new)
    say.hint(
      '\nIf the secret in use has leaked: muster server secret rotate --compromised. Otherwise finish the last rotation first, when nothing is left: muster server secret rotate --finish',
    )
  else if (state === 'rotating' && left.length > 0)
    say.hint('\nKeep MUSTER_SECRET_PREVIOUS if you have set it. When nothing is left: muster server secret rotate --finish')
  else if (state === 'rotating') say.hint('\nTo end the previous secret: muster server secret rotate --finish')
  else if (state === 'renewing') say.hint('\nThe servers renew them in the background. To see how far they are: muster server secret status')
}

const status = command(
  'server secret status',
  {
    summary: 'show which secret is in use, and what the previous one still protects',
    options: { operatorTokenFile },
    examples: ['muster server secret status', 'muster server secret status --json'],
    notes: 'The secret itself is never shown.',
  },
  async (context, input) => {
    const answer = await asOperator(context, input.operatorTokenFile).GET('/v1/operator/secret')
    context.say.data(answer, () => details(context, answer))
    sayNext(context, answer)
  },
)

const rotate = command(
  'server secret rotate',
  {
    summary: 'use the new secret on all servers at once; nobody is signed out',
    options: {
      finish: flag('end the previous secret; refused while something it made is in use'),
      compromised: flag('the previous secret has leaked: end at once what it could forge'),
      yes: skipPrompt,
      operatorTokenFile,
    },
    examples: ['muster server secret rotate', 'muster server secret rotate --finish', 'muster server secret rotate --compromised'],
    notes:
      'First set MUSTER_SECRET to a new secret and MUSTER_SECRET_PREVIOUS to the one in use on every server, and restart the servers one by one. With the embedded database, the server creates the new secret itself.',
  },
  async (context, { finish, compromised, yes, operatorTokenFile }) => {
    const { say, ask } = context
    if (finish && compromised) throw usage('Use --finish or --compromised, not both.')
    const operator = asOperator(context, operatorTokenFile)
    if (finish) {
      const answer = await operator.POST('/v1/operator/secret/finish', { creates: true })
      say.data(answer, () => details(context, answer))
      say.done('The previous secret has ended.')
      if (answer.state === 'ready') sayNext(context, answer)
      else say.hint('\nIf you have set MUSTER_SECRET_PREVIOUS, remove it from the settings of every server.')
      return
    }
    if (compromised && !yes)
      await ask.confirm(
        'Replace a leaked secret? Open invitation links, codes and password resets become invalid; those that were emailed are emailed again. All signing keys are withdrawn: CLI users must log in again, and applications must get new tokens. Browser sessions, refresh tokens and API keys stay valid.',
      )
    const answer = await operator.POST('/v1/operator/secret/rotate', { body: { compromised: compromised ?? false }, creates: true, ends: true })
    say.data(answer, () => details(context, answer))
    if (!compromised) {
      say.done('All servers use the new secret. Nobody was signed out.')
      sayNext(context, answer)
      return
    }
    say.done('The leaked secret has ended. Its links, codes and cookies are invalid at all servers.')
    sayRevocation(context, answer)
    if (answer.state === 'renewing') say.note('Open invitations, codes and password resets are being renewed and emailed again.')
    say.hint(
      '\nIf you have set MUSTER_SECRET_PREVIOUS, remove it from the settings of every server. If the database leaked too: docs/operations.md, "The secret has leaked"',
    )
  },
)

export default [status, rotate]
