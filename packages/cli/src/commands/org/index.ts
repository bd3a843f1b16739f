import { reaching } from '@muster/contract/command-line.ts'
import type { Answer } from '../../api/calls.ts'
import { readAllPages, readPages } from '../../api/pages.ts'
import { command, flag, skipPrompt, value } from '../../command.ts'
import type { Context } from '../../context.ts'
import { secretFrom } from '../../input/read-secret.ts'
import { confirmAccount } from '../../login/chosen-server.ts'
import type { Login } from '../../login/login.ts'
import { checkName } from '../../login/registration.ts'
import { signedIn } from '../../login/sign-in.ts'
import { sayRevocation } from '../../output/revocation.ts'
import { inRole, roleName } from '../../output/role.ts'
import { clean } from '../../output/text.ts'
import { moment, momentInFull, when } from '../../output/time.ts'
import { confirmRevocation } from '../invitation.ts'
import { removeMember } from '../shared/member-removal.ts'
import { memberTable } from '../shared/member-table.ts'
import { confirmMove, costs, planFor, preview } from '../shared/move-plan.ts'
import contacts, { contactOf } from './contacts.ts'
import credentials from './credentials.ts'
import security from './security.ts'

const invite = command(
  'org invite',
  {
    summary: 'create a secret that lets one person join; it expires in 24 hours',
    options: {
      role: value('ROLE', 'the role of the person who joins (default: member)'),
      link: flag('create a link to open in a browser instead'),
    },
    examples: ['muster org invite', 'muster org invite --role admin', 'muster org invite --link', 'SECRET=$(muster org invite)'],
    notes: 'The first person who uses it joins. To invite someone by email: muster user invite ADDRESS',
  },
  async (context, { role, link }) => {
    const { say, now, api } = context
    const login = await signedIn(context)
    const secret = await login.POST('/v1/organizations/{org}/secrets', {
      params: { path: { org: login.organizationId } },
      body: { kind: link ? 'link' : 'secret', ...(role ? { role } : {}) },
      creates: true,
    })
    const name = login.me.organization?.name ?? ''
    say.note(`This ${link ? 'link' : 'secret'} lets one person join ${name} as ${inRole(secret)}:\n`)
    say.data(secret, () => secret.url ?? secret.secret ?? '')
    const expiry = `It expires ${when(secret.expires_at, now)}.`
    if (link) say.note(`\n${expiry} Opening the link does not use it up. It works for the first person who accepts.\n`)
    else {
      // The recipient's CLI does not know this server yet. The command prompts for the secret, because an argument would stay in the shell history.
      const muster = say.json ? '' : await offeredCommand(context)
      say.note(`\n${expiry} For someone without an account:\n\n  ${reaching(`${muster} register -u <username> -s -`, api.url)}\n`)
      say.note(`For someone with an account:\n\n  ${reaching(`${muster} org join ${name} -`, api.url)}\n`)
    }
    say.hint(`To list secrets and links: muster org secrets\nTo revoke this one: muster org revoke-secret ${secret.id}`)
  },
)

/** The command for another person to run, as the server advises it. */
async function offeredCommand({ api, say }: Context): Promise<string> {
  try {
    const { command } = await api.offeredPackage()
    return clean(String(command))
  } catch (error) {
    say.debug(`${api.url} does not say how the command is run: ${String(error)}`)
    return 'muster'
  }
}

const secrets = command(
  'org secrets',
  { summary: 'list the secrets and links of your organization, and their state', examples: ['muster org secrets'] },
  async (context) => {
    const { say, now } = context
    const login = await signedIn(context)
    const items = await readAllPages(login, '/v1/organizations/{org}/secrets', { params: { path: { org: login.organizationId } } })
    if (items.length === 0) say.hint('No secrets or links. To create one: muster org invite')
    if (items.length === 0 && !say.json) return
    say.data({ items }, () =>
      say.table(
        ['ID', 'KIND', 'ROLE', 'STATE', 'EXPIRES?', 'CREATED?', 'BY?'],
        items.map((item) => [
          item.id,
          item.kind,
          roleName(item),
          item.state,
          moment(item.state === 'open' ? item.expires_at : null, now),
          moment(item.created_at, now),
          item.created_by,
        ]),
      ),
    )
  },
)

const revokeSecret = command(
  'org revoke-secret <id>',
  {
    summary: 'revoke an unused secret or link',
    options: { yes: skipPrompt },
    examples: ['muster org revoke-secret inv_…', 'muster org revoke-secret inv_… --yes'],
  },
  async (context, { id, yes }) => {
    const { say, ask } = context
    if (!yes) ask.mustBePossible()
    const login = await signedIn(context)
    if (!yes) await confirmRevocation(context, login, id)
    const answer = await login.DELETE('/v1/organizations/{org}/secrets/{id}', { params: { path: { org: login.organizationId, id } } })
    if (say.json) return say.data(answer, () => '')
    say.done(`${id} has been revoked.`)
  },
)

const join = command(
  'org join <org> <secret>',
  {
    summary: 'join another organization with a secret',
    options: { yes: skipPrompt },
    examples: ['muster org join acme -', 'muster org join acme - --yes < secret.txt'],
    notes:
      'With - the secret is prompted for, or read from standard input, which keeps it out of your shell history.\nYou leave your current organization; the effects are shown first. Your personal organization is restored when you leave the other one.',
  },
  async (context, input) => {
    const { say, ask } = context
    if (!input.yes) ask.mustBePossible()
    const secret = await secretFrom(context, input.secret, 'organization secret')
    const login = await signedIn(context)
    await confirmAccount(context, login, 'organization secret')
    if (!input.yes) await confirmJoin(context, login, { organization: input.org, secret })
    const { access_token, expires_at, ...joined } = await login.POST('/v1/organizations/join', {
      body: { organization: input.org, secret },
      creates: true,
      ends: true,
    })
    await login.take({ access_token, expires_at })
    if (say.json) return say.data(joined, () => '')
    say.done(`You joined ${joined.organization.name} as ${inRole(joined.organization)}.`)
    if (joined.left) say.note(`You left ${joined.left.name}.`)
    sayRevocation(context, joined)
  },
)

/** Asks for confirmation only if the user would lose something. Otherwise, naming the organization is confirmation enough. */
async function confirmJoin(context: Context, login: Login, { organization, secret }: { organization: string; secret: string }): Promise<void> {
  const found = await preview(context, secret)
  // The secret belongs to another organization. The server refuses it without using it up (S15).
  if (found.organization.name !== organization && !organization.startsWith('org_')) return
  const plan = await planFor(login, found)
  if (plan.possible && !costs(login, plan)) return
  await confirmMove(context, plan, `Join ${found.organization.name} as ${inRole(found)}?`)
}

const rename = command(
  'org rename <old> <new>',
  {
    summary: 'rename your organization; application URLs change with it',
    options: { yes: skipPrompt, dryRun: flag('show what would change, without changing it') },
    examples: ['muster org rename acme acme_labs --dry-run', 'muster org rename acme acme_labs --yes'],
    notes: 'The old name stays held for your organization and redirects to the new one.',
  },
  async (context, { old: from, new: to, yes, dryRun }) => {
    const { say, ask } = context
    checkName(to)
    if (!yes && !dryRun) ask.mustBePossible()
    const login = await signedIn(context)
    const send = (dry: boolean) =>
      login.POST('/v1/organizations/{org}/rename', { params: { path: { org: login.organizationId } }, body: { from, to, dry_run: dry } })
    if (dryRun || !yes) {
      const plan = await send(true)
      say.note(`Renaming ${from} to ${to} changes these addresses:\n`)
      if (dryRun) return say.data(plan, () => say.table(['FROM', 'TO'], changes(plan)))
      say.note(`${addresses(plan)}\n`)
      await ask.confirm(`Rename ${from} to ${to}?`)
    }
    const done = await send(false)
    await login.whoAmI()
    if (say.json) return say.data(done, () => '')
    say.done(done.renamed ? `The organization is now called ${done.name}.` : `The organization is already called ${done.name}.`)
    if (done.renamed && yes) say.note(`\n${addresses(done)}`)
  },
)

type Rename = Answer<'post', '/v1/organizations/{org}/rename'>

const changes = ({ application_url, urls }: Rename): [from: string, to: string][] =>
  (urls.length === 0 ? [application_url] : urls).map(({ from, to }) => [from, to])

const addresses = (rename: Rename): string =>
  changes(rename)
    .map(([from, to]) => `  ${from}  →  ${to}`)
    .join('\n')

/** Enough for a list that a person reads. In a larger organization, people search instead. */
const mostMembers = 1000

const list = command(
  'org list',
  { summary: 'list the members of your organization', examples: ['muster org list', 'muster org list --json'] },
  async (context) => {
    const { say } = context
    const login = await signedIn(context)
    const { items, next_cursor } = await readPages(login, '/v1/organizations/{org}/members', { params: { path: { org: login.organizationId } } }, mostMembers)
    const { head, row } = memberTable(context, items)
    say.data({ organization: login.me.organization, items, next_cursor }, () => say.table(head, items.map(row)))
    if (next_cursor) say.hint(`\nShowing the first ${items.length}. To search: muster user list TEXT`)
  },
)

const show = command('org show', { summary: 'show your organization', examples: ['muster org show'] }, async (context) => {
  const { say, now } = context
  const login = await signedIn(context)
  const organization = await login.GET('/v1/organizations/{org}', { params: { path: { org: login.organizationId } } })
  const { role, role_name } = organization
  say.data(organization, () =>
    say.details([
      ['Name', organization.name],
      ['Id', organization.id],
      ['Kind', organization.personal ? 'personal' : 'shared'],
      ['Plan', organization.plan],
      ['Your role', role && roleName({ role, role_name })],
      ['Members', String(organization.members)],
      ['Deactivated', organization.deactivated_members > 0 ? String(organization.deactivated_members) : null],
      ['Contact', contactOf(organization.technical_contact)],
      ['Created', momentInFull(organization.created_at, now)],
      ['Applications at', organization.application_url],
    ]),
  )
})

const remove = command(
  'org remove <user>',
  {
    summary: 'remove a member; their access to this organization ends at once',
    options: { yes: skipPrompt },
    examples: ['muster org remove bob', 'muster org remove bob --yes'],
    notes: 'You become the owner of their resources. To suspend their access instead: muster user deactivate',
  },
  (context, { user, yes }) => removeMember(context, user, { yes }),
)

const leave = command(
  'org leave',
  { summary: 'leave the organization you joined and return to your own', options: { yes: skipPrompt }, examples: ['muster org leave'] },
  async (context, { yes }) => {
    const { say, ask } = context
    if (!yes) ask.mustBePossible()
    const login = await signedIn(context)
    if (!yes) await confirmMove(context, await planFor(login, null), `Leave ${login.me.organization?.name}?`)
    const { access_token, expires_at, ...left } = await login.POST('/v1/organizations/{org}/leave', {
      params: { path: { org: login.organizationId } },
      ends: true,
    })
    await login.take({ access_token, expires_at })
    if (say.json) return say.data(left, () => '')
    say.done(`You left ${left.left?.name ?? 'your organization'}. You are now in ${left.organization.name}.`)
    sayRevocation(context, left)
  },
)

export default [invite, join, list, show, rename, contacts, security, ...credentials, remove, leave, secrets, revokeSecret]
