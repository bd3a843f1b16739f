import { signedIn } from '../access.ts'
import type { KeyIdentity, Me } from '../api-types.ts'
import { command, value } from '../command.ts'
import type { Context } from '../context.ts'
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
    const isChange = Object.keys(changes).length > 0
    if (login.byKey && !isChange) return sayKey(context, login.me as KeyIdentity)
    const me = isChange ? await login.request<Me>('PATCH', '/v1/me', { json: changes, repeatable: true }) : login.person
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

/** Whom a key acts as: what somebody who set up a job looks for first. */
function sayKey({ say, api, now }: Context, me: KeyIdentity): void {
  say.data(me, () =>
    say.details([
      [me.kind === 'user' ? 'Username' : 'Service account', me.username],
      ['Organization', me.organization.name],
      ['Role', me.organization.role],
      ['Plan', me.organization.plan],
      ['Key', `${me.key.description} (${me.key.id})`],
      ['Made', when(me.key.created_at, now)],
      ['Server', api.url],
    ]),
  )
}

export default [profile]
