import { readAllPages } from '../api/pages.ts'
import { command, skipPrompt, value } from '../command.ts'
import type { Context } from '../context.ts'
import { usage } from '../errors.ts'
import { signedIn } from '../login/sign-in.ts'
import { printList } from '../output/list.ts'
import { sayRevocation } from '../output/revocation.ts'
import { roleName } from '../output/role.ts'
import { count } from '../output/text.ts'
import { moment, momentInFull } from '../output/time.ts'
import { revokeKey, sayCreated, sayKeys } from './key.ts'
import { aboutTerms, chooseTerms, keyTerms, termsInWords } from './shared/key-terms.ts'

const list = command(
  'service-account list',
  { summary: 'list the service accounts of your organization', examples: ['muster service-account list'] },
  async (context) => {
    const { now } = context
    const login = await signedIn(context)
    const items = await readAllPages(login, '/v1/organizations/{org}/service-accounts', { params: { path: { org: login.organizationId } } })
    printList(
      context,
      { items },
      {
        none: 'No service accounts. To create one: muster service-account create NAME',
        head: ['NAME', 'ID?', 'DESCRIPTION', 'CREATED?', 'BY?', 'ROLE'],
        row: (item) => [item.name, item.id, item.description, moment(item.created_at, now), item.created_by.username, roleName(item)], // the role after the columns that scripts may count
      },
    )
  },
)

const create = command(
  'service-account create <name>',
  {
    summary: 'create a service account: a machine that acts in your organization',
    options: { description: value('TEXT', 'description of the service account'), role: value('ROLE', 'its role: any but admin (default: member)') },
    examples: ['muster service-account create ci_bot', 'muster service-account create deployer --role Deployer'],
  },
  async (context, { name, description, role }) => {
    const { say } = context
    const login = await signedIn(context)
    const made = await login.POST('/v1/organizations/{org}/service-accounts', {
      params: { path: { org: login.organizationId } },
      body: { name, ...(description === undefined ? {} : { description }), ...(role === undefined ? {} : { role }) },
      creates: true,
    })
    if (say.json) return say.data(made, () => '')
    say.done(`The service account ${made.name} has been created.`)
    say.hint(`To create a key: muster service-account key create ${made.name} DESCRIPTION`)
  },
)

const show = command(
  'service-account show <name>',
  { summary: 'show a service account and its keys', examples: ['muster service-account show ci_bot'] },
  async (context, { name }) => {
    const { say, now } = context
    const login = await signedIn(context)
    const params = { path: { org: login.organizationId, account: name } }
    const [account, keys] = [
      await login.GET('/v1/organizations/{org}/service-accounts/{account}', { params }),
      await readAllPages(login, '/v1/organizations/{org}/service-accounts/{account}/keys', { params }),
    ]
    say.data({ ...account, keys }, () =>
      [
        say.details([
          ['Name', account.name],
          ['Id', account.id],
          ['Description', account.description],
          ['Role', roleName(account)],
          ['Created', momentInFull(account.created_at, now)],
          ['Created by', account.created_by.username],
          ['Keys', String(keys.length)],
        ]),
      ].join('\n'),
    )
    if (keys.length === 0) say.hint(`\nTo create a key: muster service-account key create ${account.name} DESCRIPTION`)
    else say.hint(`\nTo list its keys: muster service-account key list ${account.name}`)
  },
)

const rename = command(
  'service-account rename <name> [new]',
  {
    summary: 'change its name or description; its keys keep working',
    options: { description: value('TEXT', 'description of the service account') },
    examples: ['muster service-account rename ci_bot builder', 'muster service-account rename ci_bot --description "runs the tests"'],
  },
  async (context, { name, new: to, description }) => {
    const { say } = context
    if (to === undefined && description === undefined) throw usage('Pass a new name, --description TEXT, or both.')
    const login = await signedIn(context)
    const account = await login.PATCH('/v1/organizations/{org}/service-accounts/{account}', {
      params: { path: { org: login.organizationId, account: name } },
      body: { ...(to === undefined ? {} : { name: to }), ...(description === undefined ? {} : { description }) },
      repeatable: true,
    })
    if (say.json) return say.data(account, () => '')
    say.done(`The service account is now called ${account.name}${account.description ? `: ${account.description}` : ''}.`)
  },
)

const role = command(
  'service-account role <name> <role>',
  {
    summary: 'change the role of a service account; takes effect at once',
    examples: ['muster service-account role ci_bot viewer', 'muster service-account role ci_bot Deployer'],
    notes:
      'A role is member, viewer, or one of your organization: muster role list\nIts keys keep working. If the role cannot remove resources, you become their owner.',
  },
  async (context, { name, role: wanted }) => {
    const { say } = context
    const login = await signedIn(context)
    const account = await login.PATCH('/v1/organizations/{org}/service-accounts/{account}', {
      params: { path: { org: login.organizationId, account: name } },
      body: { role: wanted },
      repeatable: true,
      ends: true,
    })
    if (say.json) return say.data(account, () => '')
    say.done(`The service account ${account.name} has the role ${roleName(account)}.`)
    for (const { kind, name } of account.handed_over ?? []) say.note(`You now own: ${kind}/${name}  →  muster resource transfer ${kind}/${name} USER`)
    sayRevocation(context, account, 'changed')
  },
)

const remove = command(
  'service-account remove <name>',
  {
    summary: 'remove a service account; its keys are revoked at once, and you become the owner of its resources',
    options: { yes: skipPrompt },
    examples: ['muster service-account remove ci_bot', 'muster service-account remove ci_bot --yes'],
  },
  async (context, { name, yes }) => {
    const { say, ask } = context
    if (!yes) ask.mustBePossible()
    const login = await signedIn(context)
    const params = { path: { org: login.organizationId, account: name } }
    if (!yes)
      await confirmRemoval(
        context,
        name,
        (await readAllPages(login, '/v1/organizations/{org}/service-accounts/{account}/keys', { params })).map(({ description }) => description),
      )
    const answer = await login.DELETE('/v1/organizations/{org}/service-accounts/{account}', { params, repeatable: false, ends: true })
    if (say.json) return say.data(answer, () => '')
    say.done(`The service account ${answer.removed.name} has been removed.`)
    say.note(`Revoked: ${count(answer.ended.keys, 'key')}.`)
    for (const { kind, name } of answer.handed_over) say.note(`You now own: ${kind}/${name}  →  muster resource transfer ${kind}/${name} USER`)
    sayRevocation(context, answer)
  },
)

async function confirmRemoval({ ask, say }: Context, name: string, keys: string[]): Promise<void> {
  if (keys.length > 0) say.note(`These keys of ${name} will be revoked: ${keys.join(', ')}.`)
  await ask.confirm(`Remove the service account ${name}?`)
}

const keyList = command(
  'service-account key list <name>',
  { summary: 'list the keys of a service account', examples: ['muster service-account key list ci_bot'] },
  async (context, { name }) => {
    const login = await signedIn(context)
    const items = await readAllPages(login, '/v1/organizations/{org}/service-accounts/{account}/keys', {
      params: { path: { org: login.organizationId, account: name } },
    })
    sayKeys(context, items, { none: `No keys. To create one: muster service-account key create ${name} DESCRIPTION`, holders: false })
  },
)

const keyCreate = command(
  'service-account key create <name> <description>',
  {
    summary: 'create a key for a service account; it is shown once',
    options: keyTerms,
    examples: [
      'muster service-account key create ci_bot "GitHub Actions"',
      'KEY=$(muster service-account key create ci_bot "nightly build" \\\n    --scope resources:register --expires 30d)',
    ],
    notes: `${aboutTerms}\nThe key can do what both its scope and the role of the service account allow.\nThe key stays valid until it expires or is revoked, even after you leave. It is then marked as one that you could have copied.`,
  },
  async (context, { name, description, ...options }) => {
    const login = await signedIn(context)
    const account = await login.GET('/v1/organizations/{org}/service-accounts/{account}', { params: { path: { org: login.organizationId, account: name } } })
    const terms = await chooseTerms(context, login, options, account)
    const made = await login.POST('/v1/organizations/{org}/service-accounts/{account}/keys', {
      params: { path: { org: login.organizationId, account: name } },
      body: { description, ...terms },
      creates: true,
    })
    const acts = `It acts as ${name} in ${login.me.organization?.name}. ${termsInWords(made, name, context.now)}`
    sayCreated(context, made, acts, `muster service-account key revoke ${made.id}`)
  },
)

const keyRevoke = command(
  'service-account key revoke <id>',
  {
    summary: 'revoke a key of a service account at once',
    options: { yes: skipPrompt },
    examples: ['muster service-account key revoke key_…', 'muster service-account key revoke key_… --yes'],
  },
  (context, { id, yes }) => revokeKey(context, id, { yes }),
)

export default [list, create, show, rename, role, remove, keyList, keyCreate, keyRevoke]
