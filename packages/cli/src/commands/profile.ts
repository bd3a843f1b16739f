import { signedIn } from '../access.ts'
import type { Me } from '../api-types.ts'
import { command, value } from '../command.ts'
import { when } from '../time.ts'

const profile = command(
  'profile',
  {
    summary: 'who you are logged in as, and until when',
    options: {
      givenName: value('NAME', 'change your given name'),
      familyName: value('NAME', 'change your family name'),
      company: value('NAME', 'change your company'),
    },
    examples: ['muster profile', 'muster profile --json', 'muster profile --company "Acme Ltd"'],
  },
  async (context, { givenName, familyName, company }) => {
    const login = await signedIn(context)
    const changes = {
      ...(givenName === undefined ? {} : { given_name: givenName }),
      ...(familyName === undefined ? {} : { family_name: familyName }),
      ...(company === undefined ? {} : { company }),
    }
    const me = Object.keys(changes).length > 0 ? await login.request<Me>('PATCH', '/v1/me', { json: changes, repeatable: true }) : login.me
    context.say.data(me, () =>
      context.say.details([
        ['Username', me.username],
        ['Name', [me.given_name, me.family_name].filter(Boolean).join(' ')],
        ['E-mail', me.email],
        ['Company', me.company],
        ['Organization', me.organization?.name],
        ['Role', me.organization?.role],
        ['Plan', me.organization?.plan],
        ['Login ends', when(me.token?.expires_at ?? me.session.expires_at, context.now)],
        ['Server', context.api.url],
      ]),
    )
  },
)

export default [profile]
