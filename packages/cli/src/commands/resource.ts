import { transferAllCommand } from '@muster/contract/command-line.ts'
import { readPages } from '../api/pages.ts'
import type { Resource } from '../api/types.ts'
import { command, flag, skipPrompt, value } from '../command.ts'
import type { Context } from '../context.ts'
import { usage } from '../errors.ts'
import { signedIn } from '../login/sign-in.ts'
import { defaultListSize, printList } from '../output/list.ts'
import { facts } from '../output/table.ts'
import { count } from '../output/text.ts'
import { moment, momentInFull } from '../output/time.ts'

/** Parses a reference such as `application/shop`. @throws a usage error */
export function referenceFrom(text: string): { kind: string; name: string } {
  const [kind = '', name = '', ...rest] = text.split('/')
  if (kind === '' || name === '' || rest.length > 0) throw usage(`"${text}" is not a resource.`, 'Use KIND/NAME, such as application/shop or database/orders.')
  return { kind, name }
}

const list = command(
  'resource list',
  {
    summary: 'list the applications, databases and other resources of your organization, with their owners',
    options: {
      kind: value('KIND', 'only resources of this kind, such as application or database'),
      owner: value('OWNER', 'only resources that this user or service account owns'),
      all: flag(`list all resources, not only the first ${defaultListSize}`),
    },
    examples: ['muster resource list', 'muster resource list --owner bob', 'muster resource list --kind database --json'],
  },
  async (context, { kind, owner, all }) => {
    const { now } = context
    const login = await signedIn(context)
    const page = await readPages(
      login,
      '/v1/organizations/{org}/resources',
      { params: { path: { org: login.organizationId }, query: { kind, owner } } },
      all ? Number.POSITIVE_INFINITY : defaultListSize,
    )
    printList(context, page, {
      none: kind || owner ? 'No matching resources.' : 'No resources. Your platform registers them. To add one yourself: muster resource add KIND/NAME',
      more: 'Filter with --kind or --owner, or pass --all.',
      head: ['RESOURCE', 'OWNER', 'SINCE?', 'ADDRESS'],
      row: (item) => [`${item.kind}/${item.name}`, ownerCell(item), moment(item.owned_since, now), item.url],
    })
  },
)

const ownerOf = ({ owner }: Resource): string => `${owner.name}${owner.kind === 'service_account' ? ' (service account)' : ''}`

const ownerCell = (resource: Resource) => facts(ownerOf(resource), resource.owner.name, resource.owner.kind)

const show = command(
  'resource show <resource>',
  { summary: 'show a resource, its owner and its address', examples: ['muster resource show application/shop'] },
  async (context, { resource }) => {
    const { say, now } = context
    const { kind, name } = referenceFrom(resource)
    const login = await signedIn(context)
    const existing = await login.GET('/v1/organizations/{org}/resources/{kind}/{name}', { params: { path: { org: login.organizationId, kind, name } } })
    say.data(existing, () =>
      say.details([
        ['Resource', `${existing.kind}/${existing.name}`],
        ['Id', existing.id],
        ['Owner', ownerCell(existing)],
        ['Owned since', momentInFull(existing.owned_since, now)],
        ['Address', existing.url],
        ['Created', momentInFull(existing.created_at, now)],
      ]),
    )
    say.hint(`\nTo transfer it: muster resource transfer ${existing.kind}/${existing.name} USER`)
  },
)

const add = command(
  'resource add <resource>',
  {
    summary: 'register a resource, so that it has an owner and, if it is an application, an address',
    options: { owner: value('OWNER', 'a member or a service account (default: you)') },
    examples: ['muster resource add application/shop', 'muster resource add database/orders --owner bob'],
    notes: 'KIND is application, database, or any other word. Adding an existing resource changes nothing.',
  },
  async (context, { resource, owner }) => {
    const { say } = context
    const { kind, name } = referenceFrom(resource)
    const login = await signedIn(context)
    const registered = await login.PUT('/v1/organizations/{org}/resources/{kind}/{name}', {
      params: { path: { org: login.organizationId, kind, name } },
      body: { owner },
    })
    if (say.json) return say.data(registered, () => '')
    say.done(`${registered.kind}/${registered.name} is registered in ${login.me.organization?.name} and owned by ${ownerOf(registered)}.`)
    if (registered.url) say.note(`Address: ${registered.url}`)
  },
)

const transfer = command(
  'resource transfer [resource] [owner]',
  {
    summary: 'transfer one or all of your resources to another member or a service account',
    options: {
      all: flag('transfer all resources you own; needs --to'),
      to: value('OWNER', 'the new owner, for --all'),
      from: value('OWNER', 'with --all: transfer the resources of this user or service account instead'),
    },
    examples: [
      'muster resource transfer application/shop bob',
      'muster resource transfer database/orders ci_bot',
      'muster resource transfer --all --to bob',
      'muster resource transfer --all --from ci_bot --to bob --json',
    ],
    notes: '--all transfers everything or nothing, and lists what was transferred.',
  },
  async (context, { resource, owner, all, to, from }) => {
    if (all) {
      if (resource !== undefined) throw usage('--all takes no resource.', `To transfer everything: ${transferAllCommand(to ?? null)}`)
      if (to === undefined) throw usage('Name the new owner.', `For example: ${transferAllCommand('bob')}`)
      return transferAll(context, { owner: to, from })
    }
    if (to !== undefined || from !== undefined)
      throw usage(`${to !== undefined ? '--to' : '--from'} needs --all.`, 'To transfer one resource: muster resource transfer KIND/NAME OWNER')
    if (resource === undefined) throw usage('Name a resource, or use --all.', `To transfer everything: ${transferAllCommand(null)}`)
    if (owner === undefined) throw usage('Name the new owner.', `For example: muster resource transfer ${resource} bob`)
    const { say } = context
    const { kind, name } = referenceFrom(resource)
    const login = await signedIn(context)
    const transferred = await login.POST('/v1/organizations/{org}/resources/{kind}/{name}/transfer', {
      params: { path: { org: login.organizationId, kind, name } },
      body: { owner },
      repeatable: true,
    })
    if (say.json) return say.data(transferred, () => '')
    say.done(`${transferred.kind}/${transferred.name} is owned by ${ownerOf(transferred)}.`)
  },
)

async function transferAll(context: Context, body: { owner: string; from: string | undefined }): Promise<void> {
  const { say } = context
  const login = await signedIn(context)
  const answer = await login.POST('/v1/organizations/{org}/resource-transfers', {
    params: { path: { org: login.organizationId } },
    body,
    repeatable: true,
  })
  if (say.json) return say.data(answer, () => '')
  const { from, to, transferred } = answer
  const owner = from.id === login.me.id ? 'you own' : `${from.name} owns`
  if (from.id === to.id || transferred.length === 0)
    return say.done(from.id === to.id ? `Nothing to transfer: ${to.name} is already the owner.` : `Nothing to transfer: ${owner} no resources.`)
  say.done(`${count(transferred.length, 'resource')} transferred from ${from.name} to ${to.name}:`)
  for (const { kind, name } of transferred) say.note(`  ${kind}/${name}`)
}

const remove = command(
  'resource remove <resource>',
  {
    summary: 'remove a resource; its address stops working',
    options: { yes: skipPrompt },
    examples: ['muster resource remove application/shop --yes'],
    notes: 'Muster removes its own record and deletes no data. The name in the address stays held for your organization.',
  },
  async (context, { resource, yes }) => {
    const { say, ask } = context
    const { kind, name } = referenceFrom(resource)
    if (!yes) ask.mustBePossible()
    const login = await signedIn(context)
    if (!yes) {
      const existing = await login.GET('/v1/organizations/{org}/resources/{kind}/{name}', { params: { path: { org: login.organizationId, kind, name } } })
      if (existing.url) say.note(`${existing.url} will stop working.`)
      await ask.confirm(`Remove ${kind}/${name}, which ${ownerOf(existing)} owns?`)
    }
    const answer = await login.DELETE('/v1/organizations/{org}/resources/{kind}/{name}', {
      params: { path: { org: login.organizationId, kind, name } },
      repeatable: false,
    })
    if (say.json) return say.data(answer, () => '')
    say.done(`${kind}/${name} has been removed.`)
  },
)

export default [list, show, add, transfer, remove]
