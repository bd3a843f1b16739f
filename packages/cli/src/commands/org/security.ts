import { factorPolicyWords } from '@muster/contract/authentication.ts'
import type { Answer } from '../../api/calls.ts'
import { readAllPages } from '../../api/pages.ts'
import { command, flag, skipPrompt, value } from '../../command.ts'
import type { Context } from '../../context.ts'
import { ProblemError, usage } from '../../errors.ts'
import type { Login } from '../../login/login.ts'
import { signedIn } from '../../login/sign-in.ts'
import { sayRevocation } from '../../output/revocation.ts'
import { roleName } from '../../output/role.ts'
import { count } from '../../output/text.ts'
import { relative, when } from '../../output/time.ts'

type Policy = Answer<'get', '/v1/organizations/{org}/factor-policy'>
type Keys = Answer<'get', '/v1/organizations/{org}/key-policy'>['keys']

export default command(
  'org security',
  {
    summary: 'show or change which factors and which keys the organization requires, and list who is not ready',
    options: {
      require: value('POLICY', 'any: a passkey or an authenticator app', { choices: ['none', 'any', 'phishing-resistant'] }),
      graceDays: value('DAYS', 'days until it takes force (default: 0)'),
      rememberedBrowsers: value('yes|no', 'whether a browser may be remembered for 30 days', { choices: ['yes', 'no'] }),
      keys: value('any|scoped', 'scoped: only keys with a scope; the others are revoked', { choices: ['any', 'scoped'] }),
      yes: skipPrompt,
      notReady: flag('list the members who have no such factor'),
    },
    examples: [
      'muster org security',
      'muster org security --require any --grace-days 14',
      'muster org security --require phishing-resistant --not-ready',
      'muster org security --require none',
      'muster org security --keys scoped',
    ],
    notes:
      'any: a passkey or an authenticator app. phishing-resistant: a passkey.\nWith --not-ready, --require changes nothing: it lists who would not be ready.\nYou must have confirmed with such a factor yourself. API keys and refresh tokens stay valid. To list those created without the factor: muster org credentials list',
  },
  async (context, { require: policy, graceDays, rememberedBrowsers, keys, yes, notReady }) => {
    const days = graceDays === undefined ? undefined : Number(graceDays)
    if (days !== undefined && !(Number.isInteger(days) && days >= 0 && days <= 90)) throw usage('--grace-days is a whole number from 0 to 90.')
    if (days !== undefined && policy === undefined) throw usage('--grace-days needs --require.')
    if (keys !== undefined && (notReady || policy !== undefined || rememberedBrowsers !== undefined))
      throw usage('--keys cannot be used together with --not-ready, --require or --remembered-browsers.')
    if (keys === 'scoped' && !yes) context.ask.mustBePossible()
    const login = await signedIn(context)
    const params = { path: { org: login.organizationId } }
    if (notReady) {
      const query = policy === undefined ? {} : { policy }
      const items = await readAllPages(login, '/v1/organizations/{org}/unready-members', { params: { ...params, query } })
      return sayUnready(context, items)
    }
    if (keys !== undefined) return setKeys(context, login, { keys, yes })
    if (policy === undefined && rememberedBrowsers === undefined) {
      const current = await login.GET('/v1/organizations/{org}/factor-policy', { params })
      return sayPolicy(context, current, await keyPolicyOf(login))
    }
    const body = {
      ...(policy !== undefined && { policy, grace_days: days ?? 0 }),
      ...(rememberedBrowsers !== undefined && { remembered_devices: rememberedBrowsers === 'yes' }),
    }
    const changed = await login.PUT('/v1/organizations/{org}/factor-policy', { params, body })
    sayPolicy(context, changed, await keyPolicyOf(login))
    context.say.done(`${login.me.organization?.name} requires ${factorPolicyWords[changed.policy]}.`)
    if (changed.floor.policy !== 'none') context.say.note(`The operator requires at least ${factorPolicyWords[changed.floor.policy]}.`)
    if (changed.policy !== 'none') context.say.hint('To list who is not ready: muster org security --not-ready')
  },
)

/** Nothing at a server of an earlier version, which has no such policy. */
async function keyPolicyOf(login: Login): Promise<{ keys?: Keys }> {
  try {
    return await login.GET('/v1/organizations/{org}/key-policy', { params: { path: { org: login.organizationId } } })
  } catch (error) {
    if (error instanceof ProblemError && error.code === 'not_found') return {}
    throw error
  }
}

/** Lists the keys that it ends, and asks. */
async function setKeys(context: Context, login: Login, { keys, yes }: { keys: Keys; yes: boolean }): Promise<void> {
  const { say, ask } = context
  const params = { path: { org: login.organizationId } }
  if (keys === 'scoped' && !yes) {
    const items = await readAllPages(login, '/v1/organizations/{org}/keys', { params: { ...params, query: { scope: 'all' } } })
    if (items.length > 0) {
      say.note(`These keys have no scope and will be revoked:\n`)
      for (const { description, holder, last_used_at: used } of items)
        say.note(`  "${description}" of ${holder.name}, ${used ? `last used ${relative(used, context.now)}` : 'never used'}`)
      say.note('')
    }
    await ask.confirm(`Allow only keys with a scope, and revoke ${count(items.length, 'key')}?`)
  }
  const changed = await login.PUT('/v1/organizations/{org}/key-policy', { params, body: { keys }, ends: true })
  if (say.json) return say.data(changed, () => '')
  say.done(keys === 'any' ? 'Keys without a scope can be created again.' : `Only keys with a scope are allowed. Revoked: ${count(changed.ended, 'key')}.`)
  sayRevocation(context, changed)
}

function sayPolicy({ say, now }: Context, policy: Policy, { keys }: { keys?: Keys }): void {
  const { from, floor } = policy
  const isAhead = from !== null && Date.parse(from) > now
  say.data({ ...policy, keys }, () =>
    say.details([
      ['Requires', factorPolicyWords[policy.policy]],
      ...(isAhead ? ([['From', when(from, now)]] as [string, string][]) : []),
      ...(floor.policy === 'none'
        ? []
        : ([['Operator requires', `${factorPolicyWords[floor.policy]}${floor.from ? `, from ${floor.from.slice(0, 10)}` : ''}`]] as [string, string][])),
      ...(isAhead && policy.in_force !== 'none' ? ([['Until then', factorPolicyWords[policy.in_force]]] as [string, string][]) : []),
      ['Remembered browsers', policy.remembered_devices ? 'allowed' : 'not allowed'],
      ...(keys ? ([['Keys without a scope', keys === 'any' ? 'allowed' : 'not allowed']] as [string, string][]) : []),
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
      items.map(({ username, authenticator, ...held }) => [username, roleName(held), authenticator ? 'authenticator app' : 'password only']),
    ),
  )
}
