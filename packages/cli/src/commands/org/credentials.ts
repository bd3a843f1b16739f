import type { Answer } from '../../api/calls.ts'
import { readAllPages } from '../../api/pages.ts'
import { command, flag, skipPrompt } from '../../command.ts'
import type { Context } from '../../context.ts'
import { usage } from '../../errors.ts'
import type { Login } from '../../login/login.ts'
import { signedIn } from '../../login/sign-in.ts'
import { sayRevocation } from '../../output/revocation.ts'
import { count } from '../../output/text.ts'
import { moment, relative } from '../../output/time.ts'

const path = '/v1/organizations/{org}/unready-credentials'
type Credential = Answer<'get', typeof path>['items'][number]

const read = (login: Login): Promise<Credential[]> => readAllPages(login, path, { params: { path: { org: login.organizationId } } })

const kinds = { key: 'key', refresh_token: 'refresh token' } as const
const textOf = ({ kind, name, holder, last_used_at: used }: Credential, now: number): string =>
  `${kinds[kind]}${name ? ` "${name}"` : ''} of ${holder}, ${used ? `last used ${relative(used, now)}` : 'never used'}`

const list = command(
  'org credentials list',
  {
    summary: 'list keys and refresh tokens that were created without the required factor',
    examples: ['muster org credentials list'],
    notes: 'They stay valid until you revoke them. To see what the organization requires: muster org security',
  },
  async (context) => {
    const { say, now } = context
    const items = await read(await signedIn(context))
    if (items.length === 0 && !say.json) return say.note('No key and no refresh token was created without the required factor.')
    say.data({ items }, () =>
      say.table(
        ['ID', 'KIND', 'NAME?', 'OF', 'CREATED?', 'LAST USED'],
        items.map((item) => [item.id, kinds[item.kind], item.name, item.holder, moment(item.created_at, now), moment(item.last_used_at, now)]),
      ),
    )
  },
)

async function confirmRevocation({ ask, say, now }: Context, login: Login, id: string | undefined): Promise<void> {
  const items = (await read(login)).filter((item) => id === undefined || item.id === id)
  const [first] = items
  // The server answers for an unknown id, and for an empty list.
  if (!first) return
  if (id === undefined) for (const item of items) say.note(`  ${textOf(item, now)}`)
  const which = id === undefined ? `these ${count(items.length, 'credential')}` : `the ${textOf(first, now)}`
  await ask.confirm(`Revoke ${which}? Programs that use ${items.length === 1 ? 'it' : 'them'} stop working.`)
}

const revoke = command(
  'org credentials revoke [id]',
  {
    summary: 'revoke one of these keys and refresh tokens, or all',
    options: { all: flag('revoke all of them'), yes: skipPrompt },
    examples: ['muster org credentials revoke key_…', 'muster org credentials revoke --all', 'muster org credentials revoke --all --yes'],
  },
  async (context, { id, all, yes }) => {
    const { say, ask } = context
    if ((id === undefined) !== all) throw usage('Pass the id of a key or a refresh token, or --all.', 'To list them: muster org credentials list')
    if (!yes) ask.mustBePossible()
    const login = await signedIn(context)
    if (!yes) await confirmRevocation(context, login, id)
    const org = login.organizationId
    const answer = await (id === undefined
      ? login.DELETE(path, { params: { path: { org } }, ends: true })
      : login.DELETE(`${path}/{id}`, { params: { path: { org, id } }, ends: true }))
    if (say.json) return say.data(answer, () => '')
    say.done(`${count(answer.ended, 'credential')} revoked.`)
    sayRevocation(context, answer)
  },
)

export default [list, revoke]
