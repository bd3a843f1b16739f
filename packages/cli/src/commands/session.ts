import { signedIn } from '../access.ts'
import type { Ended, Page, Session } from '../api-types.ts'
import { command, flag } from '../command.ts'
import { usage } from '../errors.ts'
import { sayRevocation } from '../revocation.ts'
import { relative } from '../time.ts'

const list = command('session list', { summary: 'where you are logged in', examples: ['muster session list'] }, async (context) => {
  const { say, now } = context
  const { items } = await (await signedIn(context)).request<Page<Session>>('GET', '/v1/me/sessions')
  say.data({ items }, () =>
    say.table(
      ['ID', 'KIND', 'WITH', 'FROM?', 'MADE?', 'LAST USED', 'ENDS?', ''],
      items.map((item) => [
        item.id,
        item.kind,
        item.kind === 'browser' ? browserOf(item.user_agent) : item.client_id,
        item.address,
        relative(item.created_at, now),
        relative(item.last_used_at, now),
        relative(item.expires_at, now),
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

const end = command(
  'session end [id]',
  {
    summary: 'end one of them, or all others',
    options: { others: flag('end all but this one') },
    examples: ['muster session end ses_…', 'muster session end --others'],
  },
  async (context, { id, others }) => {
    const { say } = context
    if ((id === undefined) !== others) throw usage('Name one session, or pass --others.', 'See them: muster session list')
    const login = await signedIn(context)
    const answer = await login.request<Ended>('DELETE', others ? '/v1/me/sessions' : `/v1/me/sessions/${encodeURIComponent(id ?? '')}`, { ends: true })
    const { ended } = answer
    if (!others && (id === 'current' || id === login.person.session.id))
      await context.place.found?.update((found) => (found?.access_token === login.accessToken ? null : found))
    if (say.json) return say.data(answer, () => '')
    say.done(ended === 1 ? 'One session is ended.' : `${ended} sessions are ended.`)
    sayRevocation(context, answer)
  },
)

export default [list, end]
