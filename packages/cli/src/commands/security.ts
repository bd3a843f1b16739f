import { command } from '../command.ts'
import { signedIn } from '../login/sign-in.ts'
import { moment } from '../output/time.ts'

const list = command(
  'security list',
  { summary: 'list your passkeys, and where to change them', examples: ['muster security list', 'muster security list --json'] },
  async (context) => {
    const { say, now, api } = context
    const { items } = await (await signedIn(context)).GET('/v1/me/passkeys')
    if (items.length > 0 || say.json)
      say.data({ items }, () =>
        say.table(
          ['NAME', 'KIND', 'ADDED?', 'LAST USED', 'FROM?'],
          items.map((item) => [
            item.name,
            item.device_bound ? 'on one device' : 'synchronized',
            moment(item.created_at, now),
            moment(item.last_used_at, now, 'never'),
            item.last_address ?? '',
          ]),
        ),
      )
    const page = `${api.url}/account/security`
    say.hint(items.length === 0 ? `No passkeys. To add one: ${page}` : `To add, rename or remove passkeys: ${page}`)
  },
)

export default [list]
