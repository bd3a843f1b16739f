import { factorPolicyWords, failedSignInWords, providerNames, waysOfSignIn } from '@muster/contract/authentication.ts'
import { readPages } from '../api/pages.ts'
import type { SignIn } from '../api/types.ts'
import { command, flag } from '../command.ts'
import { signedIn } from '../login/sign-in.ts'
import { defaultListSize, printList } from '../output/list.ts'
import type { Cell } from '../output/table.ts'
import { moment, when } from '../output/time.ts'
import { browserOf } from './credentials/session.ts'

/** The sign-ins and the failed attempts that `security list` shows, of each. */
const RECENT = 5

const list = command(
  'security list',
  {
    summary: 'list your passkeys, authenticator app, linked providers, remembered browsers and recent sign-ins, and where to change them',
    examples: ['muster security list', 'muster security list --json'],
  },
  async (context) => {
    const { say, now, api } = context
    const login = await signedIn(context)
    const recent = (outcome: SignIn['outcome']) => login.GET('/v1/me/sign-ins', { params: { query: { outcome, limit: RECENT } } })
    const [factors, signIns, failed] = await Promise.all([login.GET('/v1/me/factors'), recent('done'), recent('refused')])
    const { passkeys, authenticator, identities, remembered_devices: remembered, reset } = factors
    const rows = passkeys.map((item) => [
      item.name,
      item.device_bound ? 'passkey on one device' : 'synchronized passkey',
      moment(item.created_at, now),
      moment(item.last_used_at, now, 'never'),
      item.last_address ?? '',
    ])
    if (authenticator)
      rows.push([
        'Authenticator app',
        `${authenticator.recovery_codes_left} recovery codes left`,
        moment(authenticator.created_at, now),
        moment(authenticator.last_used_at, now, 'never'),
        '',
      ])
    for (const item of identities)
      rows.push([
        item.label,
        `account at ${providerNames[item.provider] ?? item.provider}`,
        moment(item.created_at, now),
        moment(item.last_used_at, now, 'never'),
        item.last_address ?? '',
      ])
    for (const device of remembered)
      rows.push([
        device.user_agent ?? 'Browser',
        'remembered browser: no second factor',
        moment(device.created_at, now),
        moment(device.last_used_at, now),
        device.address,
      ])
    const newest = [...signIns.items, ...failed.items].sort((one, other) => other.at.localeCompare(one.at))
    say.data({ ...factors, sign_ins: signIns.items, failed_sign_ins: failed.items }, () =>
      [
        ...(rows.length === 0 ? [] : [say.table(['NAME', 'KIND', 'ADDED?', 'LAST USED', 'FROM?'], rows), '']),
        say.table(
          signInHead,
          newest.map((item) => signInRow(item, now)),
        ),
      ].join('\n'),
    )
    const page = `${api.url}/account/security`
    const { required } = factors
    if (required && !required.ready)
      say.warn(
        `${required.by === 'operator' ? 'The operator' : required.organization} requires ${factorPolicyWords[required.policy]}${required.from ? ` from ${when(required.from, now)}` : ''}. Add it: ${page}`,
      )
    if (reset && !say.json) say.note(`\n${reset.requested_by} asked to reset how you sign in, in force ${when(reset.in_force_at, now)}. To stop it: ${page}`)
    say.hint(
      rows.length === 0 && factors.password
        ? `\nYou sign in with your password only. To add a passkey or an authenticator app: ${page}`
        : `\nTo change how you sign in: ${page}`,
    )
    say.hint('To end a session: muster session end ID. Older sign-ins: muster security sign-ins')
  },
)

const signInHead = ['SIGN-IN', 'FROM', 'WHEN', 'STATUS', 'SESSION?']

const kinds = { cli: 'Command line', refresh: 'Refresh token', application: 'Application' } as const

function signInRow(item: SignIn, now: number): Cell[] {
  const { kind, methods, provider, client_id, address, user_agent, at, code, active, current, id } = item
  const how =
    kind === null ? failedSignInWords(code ?? '') : kind === 'browser' ? waysOfSignIn(methods, provider && (providerNames[provider] ?? provider)) : kinds[kind]
  const place = [kind === 'browser' ? browserOf(user_agent) : client_id, address].filter(Boolean).join(', ')
  const status = kind === null ? 'failed' : current ? 'current' : active ? 'active' : 'ended'
  return [how, place, moment(at, now), status, kind === null ? '' : id]
}

const signInList = command(
  'security sign-ins',
  {
    summary: 'list your sign-ins, newest first, or the failed attempts to sign in to your account',
    options: { failed: flag('list the failed attempts'), all: flag(`list all, not only the newest ${defaultListSize}`) },
    examples: ['muster security sign-ins', 'muster security sign-ins --failed --all'],
    notes: 'To end a session: muster session end ID',
  },
  async (context, { failed, all }) => {
    const query = { outcome: failed ? 'refused' : 'done' } as const
    const page = await readPages(await signedIn(context), '/v1/me/sign-ins', { params: { query } }, all ? Number.POSITIVE_INFINITY : defaultListSize)
    printList(context, page, {
      none: 'No failed attempts.',
      more: 'To list all: --all',
      head: signInHead,
      row: (item) => signInRow(item, context.now),
    })
  },
)

export default [list, signInList]
