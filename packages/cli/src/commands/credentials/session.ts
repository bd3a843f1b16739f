import type { Session } from '../../api/types.ts'
import { command, flag, skipPrompt } from '../../command.ts'
import type { Context } from '../../context.ts'
import { usage } from '../../errors.ts'
import type { Login } from '../../login/login.ts'
import { signedIn } from '../../login/sign-in.ts'
import { sayRevocation } from '../../output/revocation.ts'
import { count } from '../../output/text.ts'
import { moment, relative } from '../../output/time.ts'

const list = command('session list', { summary: 'list your sessions', examples: ['muster session list'] }, async (context) => {
  const { say, now } = context
  const { items } = await (await signedIn(context)).GET('/v1/me/sessions')
  say.data({ items }, () =>
    say.table(
      ['ID', 'KIND', 'CLIENT', 'ADDRESS?', 'CREATED?', 'LAST USED', 'EXPIRES?', ''],
      items.map((item) => [
        item.id,
        item.kind,
        placeOf(item),
        item.address,
        moment(item.created_at, now),
        moment(item.last_used_at, now),
        moment(item.expires_at, now),
        item.current ? 'current' : '',
      ]),
    ),
  )
})

/** `Firefox on Linux`: enough of the user agent for a person to recognize the browser. */
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

/** Describes the session in the prompt, because a person cannot recognize an id. If no session has the id, the server responds without a prompt. */
async function confirmOne({ ask, now }: Context, login: Login, id: string): Promise<void> {
  const { items } = await login.GET('/v1/me/sessions')
  const found = items.find((item) => item.id === id || (id === 'current' && item.current))
  if (!found) return
  const [place, { kind, address, current }] = [placeOf(found), found]
  const which = `${kind} session${place ? ` of ${place}` : ''}${address ? ` from ${address}` : ''}, last used ${relative(found.last_used_at, now)}`
  await ask.confirm(
    `End the ${which}?${current ? ' It is the current one.' : ''}${kind === 'refresh' ? ' Its refresh token ends too, and anything that uses it stops working.' : ''}`,
  )
}

async function confirmOthers({ ask, say, now }: Context, login: Login): Promise<void> {
  const { items } = await login.GET('/v1/me/sessions')
  const ending = items.filter((item) => !item.current)
  for (const item of ending) say.note(`  ${[item.kind, placeOf(item), item.address].filter(Boolean).join(', ')}, last used ${relative(item.last_used_at, now)}`)
  await ask.confirm(`End ${count(ending.length, 'other session')}? Their refresh tokens end too, including those used in CI.`)
}

const end = command(
  'session end [id]',
  {
    summary: 'end one session, or all others',
    options: { others: flag('end all sessions but this one'), yes: skipPrompt },
    examples: ['muster session end ses_…', 'muster session end ses_… --yes', 'muster session end --others', 'muster session end --others --yes'],
  },
  async (context, { id, others, yes }) => {
    const { say, ask } = context
    if ((id === undefined) !== others) throw usage('Pass the id of a session, or --others.', 'To list sessions: muster session list')
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
    say.done(`${count(ended, 'session')} ended.`)
    sayRevocation(context, answer)
  },
)

export default [list, end]
