import { HOLDERS_COUNTED } from '@muster/contract/permissions.ts'
import { readAllPages } from '../api/pages.ts'
import { command, list, skipPrompt, value } from '../command.ts'
import { usage } from '../errors.ts'
import { signedIn } from '../login/sign-in.ts'
import { printList } from '../output/list.ts'
import { sayRevocation } from '../output/revocation.ts'
import { facts } from '../output/table.ts'
import { count } from '../output/text.ts'
import { momentInFull } from '../output/time.ts'
import { areasOf, choosePermissions, delegable, namesFrom, roleOf, wantedOf, wordsOf } from './shared/permissions.ts'

const permission = list('PERMISSION', 'permission of the role, such as resources:read')
const aboutPermissions = 'To see the permissions in words: muster role permissions'

const listRoles = command(
  'role list',
  { summary: 'list the roles of your organization', examples: ['muster role list', 'muster role list --json'] },
  async (context) => {
    const login = await signedIn(context)
    const { items } = await login.GET('/v1/organizations/{org}/roles', { params: { path: { org: login.organizationId } } })
    printList(
      context,
      { items },
      {
        none: 'No roles.',
        head: ['NAME', 'HOLDERS', 'PERMISSIONS', 'DESCRIPTION?', 'ID?'],
        row: (role) => [
          role.name,
          facts(`${role.holders}${role.holders >= HOLDERS_COUNTED ? '+' : ''}`, String(role.holders)),
          facts(String(role.permissions.length), role.permissions.join(' ')),
          role.description,
          role.id,
        ],
      },
    )
  },
)

const show = command(
  'role show <role>',
  { summary: 'show a role and its permissions', examples: ['muster role show member', 'muster role show Deployer'] },
  async (context, { role: name }) => {
    const { say, now } = context
    const login = await signedIn(context)
    const [role, areas] = [await roleOf(login, name), await areasOf(login)]
    const words = wordsOf(areas)
    say.data(role, () =>
      [
        say.details([
          ['Name', role.name],
          ['Id', role.built_in ? null : role.id],
          ['Kind', role.built_in ? 'built in' : 'of your organization'],
          ['Description', role.description],
          ['Holders', String(role.holders)],
          ['Revision', role.revision === null ? null : String(role.revision)],
          ['Created', momentInFull(role.created_at, now)],
          ['Changed', momentInFull(role.changed_at, now)],
        ]),
        role.permissions.length === 0
          ? 'It has no permissions.'
          : say.table(
              ['PERMISSION', 'ALLOWS'],
              role.permissions.map((one) => [one, words.get(one) ?? '']),
            ),
      ].join('\n\n'),
    )
    if (role.holders > 0) say.hint(`\nTo see who has it: muster role holders ${quoted(role.name)}`)
  },
)

const permissions = command(
  'role permissions',
  { summary: 'list the permissions that a role can have, in words', examples: ['muster role permissions'] },
  async (context) => {
    const { say } = context
    const areas = (await areasOf(await signedIn(context))).flatMap(delegable)
    say.data({ items: areas }, () =>
      say.table(
        ['PERMISSION', 'ALLOWS', 'AREA?'],
        areas.flatMap(({ area, permissions: all }) => all.map(({ name, description }) => [name, description, area])),
      ),
    )
  },
)

const create = command(
  'role create <name>',
  {
    summary: 'create a role of your organization',
    options: { permission, description: value('TEXT', 'description of the role') },
    examples: ['muster role create Deployer', 'muster role create "Read only" --permission members:read resources:read'],
    notes: `${aboutPermissions}\nTo give it to a member: muster user role USER ROLE`,
  },
  async (context, { name, permission: given, description }) => {
    const { say, ask } = context
    if (given === undefined && !ask.possible)
      throw usage('The permissions of the role are required, and there is no terminal to prompt on.', 'Pass --permission PERMISSION.')
    const login = await signedIn(context)
    const chosen = given === undefined ? await choosePermissions(context, login) : namesFrom(given)
    const role = await login.POST('/v1/organizations/{org}/roles', {
      params: { path: { org: login.organizationId } },
      body: { name, permissions: chosen, ...(description === undefined ? {} : { description }) },
      creates: true,
    })
    if (say.json) return say.data(role, () => '')
    say.done(`The role ${role.name} has been created.`)
    say.caught(role.id)
    say.hint(`To give it to a member: muster user role USER ${quoted(role.name)}`)
  },
)

const edit = command(
  'role edit <role>',
  {
    summary: 'change the permissions, the name or the description of a role',
    options: {
      permission: list('PERMISSION', 'all permissions of the role'),
      add: list('PERMISSION', 'permission to add'),
      drop: list('PERMISSION', 'permission to take away'),
      name: value('NAME', 'new name'),
      description: value('TEXT', 'new description'),
      yes: skipPrompt,
    },
    examples: ['muster role edit Deployer', 'muster role edit Deployer --add apps:deploy', 'muster role edit Deployer --drop apps:deploy --yes'],
    notes: `A change is in force at once for all holders. Taking a permission away from them asks first.\n${aboutPermissions}`,
  },
  async (context, { role: reference, permission: all, add, drop, name, description, yes }) => {
    const { say, ask } = context
    if (all !== undefined && (add !== undefined || drop !== undefined)) throw usage('Pass --permission alone, or --add and --drop.')
    const asks = [all, add, drop, name, description].every((one) => one === undefined)
    if (asks && !ask.possible) throw usage('Nothing to change.', 'Pass --add, --drop, --permission, --name or --description.')
    const login = await signedIn(context)
    const role = await roleOf(login, reference)
    const wanted = asks ? await choosePermissions(context, login, role.permissions) : wantedOf(role, { all, add, drop })
    const lost = role.permissions.filter((one) => wanted !== undefined && !wanted.includes(one))
    if (lost.length > 0 && role.holders > 0 && !yes)
      await ask.confirm(`${holdersOf(role)} of ${role.name} will lose ${lost.join(', ')} at once. Change the role?`)
    const changed = await login.PATCH('/v1/organizations/{org}/roles/{role}', {
      params: { path: { org: login.organizationId, role: role.id } },
      body: {
        ...(wanted === undefined ? {} : { permissions: wanted }),
        ...(name === undefined ? {} : { name }),
        ...(description === undefined ? {} : { description }),
        ...(role.revision === null ? {} : { revision: role.revision }),
      },
      repeatable: true,
      ends: true,
    })
    if (say.json) return say.data(changed, () => '')
    say.done(changed.revision === role.revision ? `The role ${changed.name} is already like this.` : `The role ${changed.name} has been changed.`)
    sayRevocation(context, changed, 'changed')
  },
)

const remove = command(
  'role remove <role>',
  {
    summary: 'remove a role of your organization',
    options: { moveTo: value('ROLE', 'the role that its holders get instead'), yes: skipPrompt },
    examples: ['muster role remove Deployer', 'muster role remove Deployer --move-to member --yes'],
    notes: 'A role that somebody holds can only be removed with --move-to.',
  },
  async (context, { role: reference, moveTo, yes }) => {
    const { say, ask } = context
    if (!yes) ask.mustBePossible()
    const login = await signedIn(context)
    const role = await roleOf(login, reference)
    if (!yes)
      await ask.confirm(
        role.holders > 0 && moveTo !== undefined ? `Remove ${role.name}, and give ${moveTo} to its ${holdersOf(role)}?` : `Remove ${role.name}?`,
      )
    const answer = await login.DELETE('/v1/organizations/{org}/roles/{role}', {
      params: { path: { org: login.organizationId, role: role.id }, query: moveTo === undefined ? {} : { move_to: moveTo } },
      repeatable: false,
      ends: true,
    })
    if (say.json) return say.data(answer, () => '')
    say.done(`The role ${answer.removed.name} has been removed.`)
    if (answer.moved > 0) say.note(`${count(answer.moved, 'holder')} got ${moveTo}.`)
    sayRevocation(context, answer, 'changed')
  },
)

const kinds = { user: 'member', service_account: 'service account', invitation: 'invitation' } as const

const holders = command(
  'role holders <role>',
  { summary: 'list the members, service accounts and open invitations that have a role', examples: ['muster role holders Deployer'] },
  async (context, { role }) => {
    const login = await signedIn(context)
    const items = await readAllPages(login, '/v1/organizations/{org}/roles/{role}/holders', { params: { path: { org: login.organizationId, role } } })
    printList(
      context,
      { items },
      {
        none: 'Nobody has this role.',
        head: ['NAME', 'KIND', 'ID?'],
        row: ({ kind, name, id }) => [facts(name ?? 'a secret or link', name), facts(kinds[kind], kind), id],
      },
    )
  },
)

const holdersOf = ({ holders: number }: { holders: number }): string => `${number >= HOLDERS_COUNTED ? 'at least ' : ''}${count(number, 'holder')}`

const quoted = (name: string): string => (/^[\w-]+$/.test(name) ? name : `"${name}"`)

export default [listRoles, show, permissions, create, edit, remove, holders]
