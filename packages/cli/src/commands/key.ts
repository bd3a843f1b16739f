import { readAllPages } from '../api/pages.ts'
import type { CreatedKey, Key } from '../api/types.ts'
import { command, flag, skipPrompt } from '../command.ts'
import type { Context } from '../context.ts'
import { ProblemError } from '../errors.ts'
import type { Login } from '../login/login.ts'
import { signedIn } from '../login/sign-in.ts'
import { printList } from '../output/list.ts'
import { sayRevocation } from '../output/revocation.ts'
import { facts } from '../output/table.ts'
import { moment, relative } from '../output/time.ts'
import { aboutTerms, chooseTerms, expiryCell, keyTerms, scopeCell, scopeFlag, termsInWords } from './shared/key-terms.ts'

const list = command(
  'key list',
  {
    summary: 'list your keys; admins can list all keys of the organization',
    options: { all: flag('list all keys of the organization (admins only)') },
    examples: ['muster key list', 'muster key list --all'],
  },
  async (context, { all }) => {
    const login = await signedIn(context)
    const items = await (all ? keysOfOrganization(login) : readAllPages(login, '/v1/me/keys', {}))
    sayKeys(context, items, { none: 'No keys. To create one: muster key create DESCRIPTION', holders: all })
  },
)

const create = command(
  'key create <description>',
  {
    summary: 'create a key that acts as you until it expires, is revoked or you leave; it is shown once',
    options: keyTerms,
    examples: [
      'muster key create "nightly build"',
      'muster key create "inventory" --scope resources:read --expires 30d',
      'KEY=$(muster key create "laptop scripts" --scope all --expires never)',
    ],
    notes: `${aboutTerms}\nThe key can do what both its scope and your role allow.\nFor a machine that keeps running after you leave: muster service-account create`,
  },
  async (context, { description, ...options }) => {
    const login = await signedIn(context)
    const terms = await chooseTerms(context, login, options, {
      role: 'member',
      ...login.me.organization,
      name: 'you',
      permissions: login.me.permissions,
    })
    const made = await login.POST('/v1/me/keys', { body: { description, ...terms }, creates: true })
    const acts = `It acts as ${login.me.username} in ${login.me.organization?.name}. ${termsInWords(made, 'you', context.now)}`
    sayCreated(context, made, acts, `muster key revoke ${made.id}`)
  },
)

const rename = command(
  'key rename <id> <description>',
  { summary: 'change the description of a key; admins can change any key of the organization', examples: ['muster key rename key_… "nightly build"'] },
  async (context, { id, description }) => {
    const { say } = context
    const login = await signedIn(context)
    const body = { description }
    const key = await mineOrTheirs(login, {
      mine: () => login.PATCH('/v1/me/keys/{id}', { params: { path: { id } }, body, repeatable: true }),
      theirs: () => login.PATCH('/v1/organizations/{org}/keys/{id}', { params: { path: { org: login.organizationId, id } }, body, repeatable: true }),
    })
    if (say.json) return say.data(key, () => '')
    say.done(`The key ${key.id} is now called "${key.description}".`)
  },
)

const revoke = command(
  'key revoke <id>',
  {
    summary: 'revoke a key at once; admins can revoke any key of the organization',
    options: { yes: skipPrompt },
    examples: ['muster key revoke key_…', 'muster key revoke key_… --yes'],
  },
  (context, { id, yes }) => revokeKey(context, id, { yes }),
)

/** Tries the caller's own keys first and then, for an admin, all keys of the organization. The id does not show the holder of the key. */
async function mineOrTheirs<T>(login: Login, { mine, theirs }: { mine: () => Promise<T>; theirs: () => Promise<T> }): Promise<T> {
  if ('key' in login.me) return theirs()
  try {
    return await mine()
  } catch (error) {
    if (!(error instanceof ProblemError) || error.code !== 'key_not_found' || login.me.organization?.role !== 'admin') throw error
    return theirs()
  }
}

const keysOfOrganization = (login: Login): Promise<Key[]> =>
  readAllPages(login, '/v1/organizations/{org}/keys', { params: { path: { org: login.organizationId } } })

/** Describes the key in the prompt, because a person cannot recognize an id. If no valid key has the id, the server responds without a prompt. */
async function confirmRevocation({ ask, now }: Context, login: Login, id: string): Promise<void> {
  const mine = 'key' in login.me ? [] : await readAllPages(login, '/v1/me/keys', {})
  const hasId = (key: Key) => key.id === id
  const key = mine.find(hasId) ?? (login.me.organization?.role === 'admin' ? (await keysOfOrganization(login)).find(hasId) : undefined)
  if (!key) return
  const used = key.last_used_at ? `was last used ${relative(key.last_used_at, now)}${key.last_address ? ` from ${key.last_address}` : ''}` : 'was never used'
  return ask.confirm(`Revoke the key "${key.description}" of ${key.holder.name}? It ${used}. Anything that uses it stops working at once.`)
}

export async function revokeKey(context: Context, id: string, { yes }: { yes: boolean }): Promise<void> {
  const { say, ask } = context
  if (!yes) ask.mustBePossible()
  const login = await signedIn(context)
  if (!yes) await confirmRevocation(context, login, id)
  const answer = await mineOrTheirs(login, {
    mine: () => login.DELETE('/v1/me/keys/{id}', { params: { path: { id } }, repeatable: false, ends: true }),
    theirs: () => login.DELETE('/v1/organizations/{org}/keys/{id}', { params: { path: { org: login.organizationId, id } }, repeatable: false, ends: true }),
  })
  if (say.json) return say.data(answer, () => '')
  say.done(answer.ended === 0 ? `The key ${id} was already revoked.` : `The key ${id} has been revoked.`)
  sayRevocation(context, answer)
}

/** Prints the key alone on standard output, so that a script can capture it and a double click selects it. */
export function sayCreated({ say, api }: Context, made: CreatedKey, acts: string, end: string): void {
  say.note(`Created the key "${made.description}". ${acts} Treat it like a password. It is shown only once:\n`)
  say.data(made, () => made.key)
  say.note(
    `\nTo use it with muster:\n\n  MUSTER_URL=${api.url} MUSTER_TOKEN=… muster profile\n\nTo use it with another HTTP client:\n\n  curl -H "Authorization: Bearer $MUSTER_TOKEN" ${api.url}/v1/me\n`,
  )
  say.hint(`To revoke it: ${end}`)
}

export function sayKeys(context: Context, items: Key[], { none, holders }: { none: string; holders: boolean }): void {
  const { say, now } = context
  printList(
    context,
    { items },
    {
      none,
      head: ['ID', ...(holders ? ['HOLDER'] : []), 'DESCRIPTION', 'CREATED?', 'LAST USED', 'ADDRESS?', 'SCOPE', 'EXPIRES', ''],
      row: (key) => [
        key.id,
        ...(holders ? [facts(`${key.holder.name}${key.holder.kind === 'service_account' ? ' (service account)' : ''}`, key.holder.name, key.holder.kind)] : []),
        key.description,
        facts(
          `${relative(key.created_at, now)}${key.holder.id === key.created_by.id ? '' : ` by ${key.created_by.username}`}`,
          key.created_at,
          key.created_by.username,
        ),
        moment(key.last_used_at, now, 'never'),
        key.last_address,
        scopeCell(key), // after the columns that scripts may count
        expiryCell(key, now),
        key.created_by_left ? 'replace it' : '',
      ],
    },
  )
  const toRoll = items.filter((key) => key.created_by_left)
  if (toRoll.length > 0) {
    say.note('')
    say.warn(
      'A former member created these keys and could have copied them. Replace each key, then revoke it.',
      toRoll.flatMap(({ id, holder, scope }) => [
        `muster service-account key create ${holder.name} "…"${scopeFlag({ scope })}`,
        `muster service-account key revoke ${id}`,
      ]),
    )
  }
}

export default [list, create, rename, revoke]
