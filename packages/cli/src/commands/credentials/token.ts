import { command, skipPrompt } from '../../command.ts'
import { signedIn } from '../../login/sign-in.ts'
import { moment } from '../../output/time.ts'
import { revokeById } from '../revoke.ts'

const list = command('token list', { summary: 'list your refresh tokens', examples: ['muster token list'] }, async (context) => {
  const { say, now } = context
  const { items } = await (await signedIn(context)).GET('/v1/me/refresh-tokens')
  if (items.length === 0) say.hint('No refresh tokens. To create one for CI: muster login --get-refresh-token')
  if (items.length === 0 && !say.json) return
  say.data({ items }, () =>
    say.table(
      ['ID', 'NAME', 'CLIENT?', 'CREATED?', 'LAST USED', 'ADDRESS?', 'EXPIRES', ''],
      items.map((item) => [
        item.id,
        item.name,
        item.client_id,
        moment(item.created_at, now),
        moment(item.last_used_at, now, 'never'),
        item.address,
        moment(item.idle_expires_at < item.expires_at ? item.idle_expires_at : item.expires_at, now),
        item.current ? 'current' : '',
      ]),
    ),
  )
})

const revoke = command(
  'token revoke <id>',
  {
    summary: 'revoke a refresh token, its session and its access tokens',
    options: { yes: skipPrompt },
    examples: ['muster token revoke rtk_…', 'muster token revoke rtk_… --yes'],
  },
  (context, { id, yes }) => revokeById(context, id, { yes }),
)

export default [list, revoke]
