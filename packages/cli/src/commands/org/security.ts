import { factorPolicyWords } from '@muster/contract/authentication.ts'
import type { Answer } from '../../api/calls.ts'
import { readAllPages } from '../../api/pages.ts'
import { command, flag, value } from '../../command.ts'
import type { Context } from '../../context.ts'
import { usage } from '../../errors.ts'
import { signedIn } from '../../login/sign-in.ts'
import { when } from '../../output/time.ts'

type Policy = Answer<'get', '/v1/organizations/{org}/factor-policy'>

export default command(
  'org security',
  {
    summary: 'show or change which factors the organization requires, and list who is not ready',
    options: {
      require: value('POLICY', 'any: a passkey or an authenticator app', { choices: ['none', 'any', 'phishing-resistant'] }),
      graceDays: value('DAYS', 'days until it takes force (default: 0)'),
      rememberedBrowsers: value('yes|no', 'whether a browser may be remembered for 30 days', { choices: ['yes', 'no'] }),
      notReady: flag('list the members who have no such factor'),
    },
    examples: [
      'muster org security',
      'muster org security --require any --grace-days 14',
      'muster org security --require phishing-resistant --not-ready',
      'muster org security --require none',
    ],
    notes:
      'any: a passkey or an authenticator app. phishing-resistant: a passkey.\nWith --not-ready, --require changes nothing: it lists who would not be ready.\nYou must have confirmed with such a factor yourself. API keys and refresh tokens stay valid. To list those created without the factor: muster org credentials list',
  },
  async (context, { require: policy, graceDays, rememberedBrowsers, notReady }) => {
    const days = graceDays === undefined ? undefined : Number(graceDays)
    if (days !== undefined && !(Number.isInteger(days) && days >= 0 && days <= 90)) throw usage('--grace-days is a whole number from 0 to 90.')
    if (days !== undefined && policy === undefined) throw usage('--grace-days needs --require.')
    const login = await signedIn(context)
    const params = { path: { org: login.organizationId } }
    if (notReady) {
      const query = policy === undefined ? {} : { policy }
      const items = await readAllPages(login, '/v1/organizations/{org}/unready-members', { params: { ...params, query } })
      return sayUnready(context, items)
    }
    const current = await login.GET('/v1/organizations/{org}/factor-policy', { params })
    if (policy === undefined && rememberedBrowsers === undefined) return sayPolicy(context, current)
    const body = {
      ...(policy !== undefined && { policy, grace_days: days ?? 0 }),
      ...(rememberedBrowsers !== undefined && { remembered_devices: rememberedBrowsers === 'yes' }),
    }
    const changed = await login.PUT('/v1/organizations/{org}/factor-policy', { params, body })
    sayPolicy(context, changed)
    context.say.done(`${login.me.organization?.name} requires ${factorPolicyWords[changed.policy]}.`)
    if (changed.floor.policy !== 'none') context.say.note(`The operator requires at least ${factorPolicyWords[changed.floor.policy]}.`)
    if (changed.policy !== 'none') context.say.hint('To list who is not ready: muster org security --not-ready')
  },
)

function sayPolicy({ say, now }: Context, policy: Policy): void {
  const { from, floor } = policy
  const isAhead = from !== null && Date.parse(from) > now
  say.data(policy, () =>
    say.details([
      ['Requires', factorPolicyWords[policy.policy]],
      ...(isAhead ? ([['From', when(from, now)]] as [string, string][]) : []),
      ...(floor.policy === 'none'
        ? []
        : ([['Operator requires', `${factorPolicyWords[floor.policy]}${floor.from ? `, from ${floor.from.slice(0, 10)}` : ''}`]] as [string, string][])),
      ...(isAhead && policy.in_force !== 'none' ? ([['Until then', factorPolicyWords[policy.in_force]]] as [string, string][]) : []),
      ['Remembered browsers', policy.remembered_devices ? 'allowed' : 'not allowed'],
    ]),
  )
}

function sayUnready({ say }: Context, items: Answer<'get', '/v1/organizations/{org}/unready-members'>['items']): void {
  if (items.length === 0 && !say.json) {
    say.note('Everybody is ready.')
    return
  }
  say.data({ items }, () =>
    say.table(
      ['USERNAME', 'ROLE', 'HAS'],
      items.map(({ username, role, authenticator }) => [username, role, authenticator ? 'authenticator app' : 'password only']),
    ),
  )
}
