import { type Content, html, type Markup } from '../../html.ts'
import { type Frame, layout } from '../../layout.ts'
import { type FormTarget, form, button as formButton, hiddenFields, linkButton, notice } from '../../parts.ts'
import { moment } from '../../time.ts'

/** One login as its owner sees it. */
export interface LoginView {
  kind: 'browser' | 'cli' | 'refresh' | 'application'
  /** The session that requested the page. */
  current: boolean
  client: string | null
  address: string | null
  agent: string | null
  createdAt: Date
  lastUsedAt: Date
  endsAt: Date
  /** The id of its refresh token, as `muster token list` shows it. */
  refreshToken?: string | undefined
  end: FormTarget
}

export interface LoginsPage {
  frame: Frame
  /** The username, or the email address of an unregistered account. */
  who: string
  logins: readonly LoginView[]
  endOthers: FormTarget
  /** Null without a password. */
  passwordPath: string | null
  accountPath: string
  /** The number of logins that were just ended. */
  ended?: number | undefined
}

/** Advice about a list of logins or sign-ins. An account without a password has no password to change. */
export const ifUnknown = (passwordPath: string | null): Markup =>
  html`If you don’t recognize one, end it and ${
    passwordPath === null ? html`<a href="/account/security">check how you sign in</a>` : html`<a href="${passwordPath}">change your password</a>`
  }.`

/** Where a user is signed in. The emails about a login lead here (D02). */
export function loginsPage({ frame, who, logins, endOthers, passwordPath, accountPath, ended }: LoginsPage): string {
  const others = logins.filter(({ current }) => !current).length
  return layout({
    frame,
    title: 'Your logins',
    wide: true,
    lead: html`Each of these logins can act as <strong>${who}</strong>. ${ifUnknown(passwordPath)}`,
    body: [
      ended !== undefined && notice({ tone: 'active', body: endedText(ended) }),
      html`<ul class="mails">${logins.map((login) => line(login, frame.now))}</ul>`,
      others > 1 &&
        form({
          target: endOthers,
          body: '',
          next: 'This browser stays signed in. API keys stay valid.',
          actions: formButton({ text: `End all ${others} other logins`, tone: 'danger' }),
        }),
      html`<div class="asides"><p>${linkButton(accountPath, 'Your account', 'plain')}</p></div>`,
    ],
  })
}

const endedText = (ended: number): string =>
  ended === 0
    ? 'This login had already ended.'
    : ended === 1
      ? 'Login ended. Its tokens are no longer valid.'
      : `${ended} logins ended. Their tokens are no longer valid.`

function line({ kind, current, client, address, agent, createdAt, lastUsedAt, endsAt, refreshToken, end }: LoginView, now: Date): Markup {
  const name = current ? 'This browser' : loginNames[kind](client)
  const place = [address, agent && agentName(agent)].filter(Boolean).join(', ')
  const label = `${name}${place === '' ? '' : `, ${place}`}`
  const rows: Content[] = [
    place,
    html`Last used ${moment(lastUsedAt, now)}`,
    html`Started ${moment(createdAt, now)}, expires ${moment(endsAt, now)}${kind === 'refresh' && ', or earlier if it is not used'}${kind === 'browser' && ', or later if it is used'}`,
    refreshToken !== undefined && html`Refresh token <span class="code">${refreshToken}</span>`,
  ]
  return html`<li><div class="about"><h2 class="subject">${current ? html`<span class="status active">${name}</span>` : name}</h2>${rows.filter(Boolean).map((row) => html`<p>${row}</p>`)}</div>
<form class="inline" method="post" action="${end.action}">${hiddenFields(end.hidden)}<button type="submit" class="button plain">${current ? 'Sign out' : 'End'}<span class="unseen">: ${label}</span></button></form></li>`
}

/** A session in words, by its kind. */
export const loginNames: Record<LoginView['kind'], (client: string | null) => string> = {
  browser: () => 'Browser',
  cli: (client) => `Terminal (${client ?? 'muster'})`,
  refresh: (client) => `Refresh token for a terminal or CI (${client ?? 'muster'})`,
  application: (client) => `Application: ${client ?? 'unknown'}`,
}

const browsers = [
  ['Edg/', 'Edge'],
  ['OPR/', 'Opera'],
  ['Firefox/', 'Firefox'],
  ['Chrome/', 'Chrome'],
  ['Safari/', 'Safari'],
] as const
const systems = [
  ['Android', 'Android'],
  ['iPhone', 'iOS'],
  ['iPad', 'iPadOS'],
  ['Windows', 'Windows'],
  ['Mac OS X', 'macOS'],
  ['Linux', 'Linux'],
] as const

/** "Firefox on Linux" for a browser; for anything else the first line of its user agent. It is only a hint: a client can send any user agent. */
export function agentName(agent: string): string {
  const browser = /^Mozilla\//.test(agent) && browsers.find(([mark]) => agent.includes(mark))?.[1]
  const system = systems.find(([mark]) => agent.includes(mark))?.[1]
  if (browser) return system ? `${browser} on ${system}` : browser
  return agent.length > 80 ? `${agent.slice(0, 79)}…` : agent
}
