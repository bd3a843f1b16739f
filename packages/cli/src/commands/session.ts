import type { Session } from '../api/types.ts'
import { command, flag } from '../command.ts'
import type { Context } from '../context.ts'
import { usage } from '../errors.ts'
import type { Login } from '../login/login.ts'
import { signedIn } from '../login/sign-in.ts'
import { sayRevocation } from '../output/revocation.ts'
import { count } from '../output/text.ts'
import { moment, relative } from '../output/time.ts'

const list = command('session list', { summary: 'list where you are logged in', examples: ['muster session list'] }, async (context) => {
  const { say, now } = context
  const { items } = await (await signedIn(context)).GET('/v1/me/sessions')
  say.data({ items }, () =>
    say.table(
      ['ID', 'KIND', 'WITH', 'FROM?', 'CREATED?', 'LAST USED', 'EXPIRES?', ''],
      items.map((item) => [
        item.id,
        item.kind,
        placeOf(item),
        item.address,
        moment(item.created_at, now),
        moment(item.last_used_at, now),
        moment(item.expires_at, now),
        item.current ? 'this one' : '',
      ]),
    ),
  )
})

/** `Firefox on Linux`: as much of what a browser says of itself as helps to know it again. */
export function browserOf(userAgent: string | null): string | null {
  if (userAgent === null) return null
  const found = (names: [pattern: RegExp, name: string][]) => names.find(([pattern]) => pattern.test(userAgent))?.[1]
  const browser = found([
    [/\bEdg/, 'Edge'],
    [/\bOPR\//, 'Opera'],
    [/Firefox\//, 'Firefox'],
    [/Chrom(e|ium)\//, 'Chrome'],
    [/Safari\//, 'Safari'],
  ])
  const system = found([
    [/Windows/, 'Windows'],
    [/Android/, 'Android'],
    [/iPhone|iPad/, 'iOS'],
    [/Mac OS X/, 'macOS'],
    [/Linux/, 'Linux'],
  ])
  return browser ? `${browser}${system ? ` on ${system}` : ''}` : (userAgent.split(/[ (/]/)[0] ?? null)
}

const placeOf = ({ kind, user_agent, client_id }: Session): string | null => (kind === 'browser' ? browserOf(user_agent) : client_id)

/** Names what ends: an id tells nobody which one it is. One that is not among those that are open the server answers for. */
async function confirmOne({ ask, now }: Context, login: Login, id: string): Promise<void> {
  const { items } = await login.GET('/v1/me/sessions')
  const found = items.find((item) => item.id === id || (id === 'current' && item.current))
  if (!found) return
  const [place, { kind, address, current }] = [placeOf(found), found]
  const which = `${kind} session${place ? ` of ${place}` : ''}${address ? ` from ${address}` : ''}, last used ${relative(found.last_used_at, now)}`
  await ask.confirm(
    `End the ${which}?${current ? ' It is this one.' : ''}${kind === 'refresh' ? ' Its refresh token ends too, and what uses that stops working.' : ''}`,
  )
}

async function confirmOthers({ ask, say, now }: Context, login: Login): Promise<void> {
  const { items } = await login.GET('/v1/me/sessions')
  const ending = items.filter((item) => !item.current)
  for (const item of ending) say.note(`  ${[item.kind, placeOf(item), item.address].filter(Boolean).join(', ')}, last used ${relative(item.last_used_at, now)}`)
  await ask.confirm(`End ${count(ending.length, 'other session')}? Refresh tokens of theirs end too, those of CI among them.`)
}

const end = command(
  'session end [id]',
  {
    summary: 'end one session, or all others',
    options: { others: flag('end all but this one'), yes: flag('do not ask') },
    examples: ['muster session end ses_…', 'muster session end ses_… --yes', 'muster session end --others', 'muster session end --others --yes'],
  },
  async (context, { id, others, yes }) => {
    const { say, ask } = context
    if ((id === undefined) !== others) throw usage('Name one session, or pass --others.', 'See them: muster session list')
    if (!yes) ask.mustBePossible()
    const login = await signedIn(context)
    if (!yes) await (id === undefined ? confirmOthers(context, login) : confirmOne(context, login, id))
    const answer = await (id === undefined
      ? login.DELETE('/v1/me/sessions', { ends: true })
      : login.DELETE('/v1/me/sessions/{id}', { params: { path: { id } }, ends: true }))
    const { ended } = answer
    if (!others && (id === 'current' || id === login.person.session.id))
      await context.place.found?.update((found) => (found?.access_token === login.accessToken ? null : found))
    if (say.json) return say.data(answer, () => '')
    say.done(ended === 1 ? 'One session is ended.' : `${ended} sessions are ended.`)
    sayRevocation(context, answer)
  },
)

export default [list, end]
