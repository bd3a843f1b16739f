import { signedIn } from '../access.ts'
import type { Page, Session } from '../api-types.ts'
import { command, flag } from '../command.ts'
import { usage } from '../errors.ts'
import { relative } from '../time.ts'

const list = command('session list', { summary: 'where you are logged in', examples: ['muster session list'] }, async (context) => {
  const { say, now } = context
  const { items } = await (await signedIn(context)).request<Page<Session>>('GET', '/v1/me/sessions')
  say.data({ items }, () =>
    say.table(
      ['ID', 'KIND', 'CLIENT', 'FROM', 'LAST USED', 'ENDS', ''],
      items.map((item) => [
        item.id,
        item.kind,
        item.client_id,
        item.address,
        relative(item.last_used_at ?? item.created_at, now),
        relative(item.expires_at, now),
        item.current ? 'this one' : '',
      ]),
    ),
  )
})

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
    const { ended } = await login.request<{ ended: number }>('DELETE', others ? '/v1/me/sessions' : `/v1/me/sessions/${encodeURIComponent(id ?? '')}`)
    if (!others && (id === 'current' || id === login.person.session.id))
      await context.place.found?.update((found) => (found?.access_token === login.accessToken ? null : found))
    if (say.json) return say.data({ ended }, () => '')
    say.done(ended === 1 ? 'One session is ended.' : `${ended} sessions are ended.`)
  },
)

export default [list, end]
