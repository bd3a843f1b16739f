import type { SigningKey } from '../../api/types.ts'
import { command, skipPrompt } from '../../command.ts'
import type { Context } from '../../context.ts'
import { asOperator, operatorTokenFile } from '../../login/operator.ts'
import { sayRevocation } from '../../output/revocation.ts'
import { moment, when } from '../../output/time.ts'

const keyTable = ({ say, now }: Context, keys: SigningKey[]): string =>
  say.table(
    ['KEY', 'ALG', 'STATE', 'SIGNS FROM'],
    keys.map((key) => [key.kid, key.alg, key.state, moment(key.signs_from, now)]),
  )

const keys = command(
  'server keys list',
  { summary: 'list the signing keys', options: { operatorTokenFile }, examples: ['muster server keys list'] },
  async (context, input) => {
    const answer = await asOperator(context, input.operatorTokenFile).GET('/v1/operator/signing-keys')
    context.say.data(answer, () => keyTable(context, answer.keys))
  },
)

const rotate = command(
  'server keys rotate',
  {
    summary: 'create new signing keys; they are used once every service has had time to read them',
    options: { operatorTokenFile },
    examples: ['muster server keys rotate'],
    notes: 'Tokens signed with the old keys stay valid. Running it again before the new keys are in use creates no more keys.',
  },
  async (context, input) => {
    const { say } = context
    const operator = asOperator(context, input.operatorTokenFile)
    const before = await operator.GET('/v1/operator/signing-keys')
    const answer = await operator.POST('/v1/operator/signing-keys/rotate', { creates: true })
    say.data(answer, () => keyTable(context, answer.keys))
    sayRotation(context, before.keys, answer.keys)
  },
)

/** Compares the keys before and after the request, because the server creates no new key while one is upcoming. */
function sayRotation({ say, now }: Context, before: SigningKey[], after: SigningKey[]): void {
  const upcoming = after.filter(({ state }) => state === 'upcoming')
  const isNew = upcoming.some(({ kid }) => !before.some((key) => key.kid === kid))
  const from = upcoming
    .map(({ signs_from }) => signs_from)
    .sort()
    .at(-1)
  if (from === undefined) return
  const one = upcoming.length === 1
  if (isNew)
    say.done(
      `The new ${one ? 'key is published and signs' : 'keys are published and sign'} tokens ${when(from, now)}. Until then, the current ${one ? 'key does' : 'keys do'}.`,
    )
  else
    say.warn(`Nothing was changed: the next ${one ? 'key is already published and signs' : 'keys are already published and sign'} tokens ${when(from, now)}.`)
}

const withdraw = command(
  'server keys withdraw <kid>',
  {
    summary: 'withdraw a leaked key at once; every token it signed becomes invalid',
    options: { yes: skipPrompt, operatorTokenFile },
    examples: ['muster server keys withdraw 4fQ…', 'muster server keys withdraw 4fQ… --yes --json'],
    notes: 'The key that was published in advance signs from then on. To replace a key that has not leaked, use: muster server keys rotate',
  },
  async (context, { kid, yes, operatorTokenFile }) => {
    const { say, ask } = context
    if (!yes)
      await ask.confirm(
        `Withdraw the key ${kid}? Every access token and ID token it signed becomes invalid: CLI users must log in again, and applications must get new tokens. Browser sessions, refresh tokens and API keys stay valid.`,
      )
    const answer = await asOperator(context, operatorTokenFile).DELETE('/v1/operator/signing-keys/{kid}', { params: { path: { kid } }, ends: true })
    say.data(answer, () => keyTable(context, answer.keys))
    if (say.json) return
    say.done(`The key ${kid} has been withdrawn. Every token it signed is invalid.`)
    sayRevocation(context, answer)
    if (answer.unaware.length > 0) {
      const names = answer.unaware.map(({ id, description }) => description ?? id).join(', ')
      say.warn(`Older verifiers refuse its tokens when they next read the keys, within 5 minutes: ${names}.`)
    }
  },
)

export default [keys, rotate, withdraw]
