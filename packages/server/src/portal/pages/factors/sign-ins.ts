import { failedSignInWords, waysOfSignIn } from '@muster/contract/authentication.ts'
import { type Content, html, type Markup } from '../../html.ts'
import { type Frame, layout } from '../../layout.ts'
import { type FormTarget, hiddenFields, notice } from '../../parts.ts'
import { moment } from '../../time.ts'
import { agentName, ifUnknown, type LoginView, loginNames } from '../credentials/logins.ts'

/** A sign-in of the user (F24). */
export interface SignInView extends Pick<LoginView, 'kind' | 'current' | 'client' | 'address' | 'agent'> {
  at: Date
  methods: readonly string[]
  /** The name of the provider. */
  provider: string | null
  /** Ends the session. Null if it has ended. */
  end: FormTarget | null
}

export interface FailedSignInView {
  at: Date
  address: string
  /** Of the problem. */
  code: string
}

export interface SignInsSection {
  signIns: readonly SignInView[]
  failed: readonly FailedSignInView[]
  allPath: string
}

/** On the page Security: the newest ones. The failed attempts are a list of their own, so that they hide no sign-in. */
export const signInsSection = ({ signIns, failed, allPath }: SignInsSection, passwordPath: string | null, now: Date): Content => [
  html`<h2 class="section">Recent sign-ins</h2><p class="muted">${ifUnknown(passwordPath)}</p>`,
  html`<ul class="mails">${signIns.map((one) => signInLine(one, now, sectionHeading))}</ul>`,
  failed.length > 0 && [
    html`<h2 class="section">Failed attempts</h2>${aboutFailed}`,
    html`<ul class="mails">${failed.map((one) => failedLine(one, now, sectionHeading))}</ul>`,
  ],
  html`<p class="aside"><a href="${allPath}">All sign-ins and failed attempts</a></p>`,
]

const aboutFailed = html`<p class="muted">They gave no access. A wrong second factor comes after a right first one: if it was not yours, someone has your password or your account at a provider. The same mistake is listed once an hour for each network.</p>`

type Heading = (text: string) => Markup

const pageHeading: Heading = (text) => html`<h2 class="subject">${text}</h2>`
/** Below the heading of the section. */
const sectionHeading: Heading = (text) => html`<h3 class="subject">${text}</h3>`

function signInLine({ kind, current, client, address, agent, at, methods, provider, end }: SignInView, now: Date, heading: Heading): Markup {
  const name = kind === 'browser' ? waysOfSignIn(methods, provider) : loginNames[kind](client)
  const place = [address, agent && agentName(agent)].filter(Boolean).join(', ')
  const status = current ? html`<span class="status active">This browser</span>` : end ? html`<span class="status active">Active</span>` : 'Ended'
  return html`<li><div class="about">${heading(name)}<p>${moment(at, now)}${place && ` from ${place}`}</p><p>${status}</p></div>${
    end &&
    html`<form class="inline" method="post" action="${end.action}">${hiddenFields(end.hidden)}<button type="submit" class="button plain">${current ? 'Sign out' : 'End'}<span class="unseen">: ${name}, ${place}</span></button></form>`
  }</li>`
}

const failedLine = ({ at, address, code }: FailedSignInView, now: Date, heading: Heading): Markup =>
  html`<li><div class="about">${heading(failedSignInWords(code))}<p>${moment(at, now)} from ${address}</p></div></li>`

export interface SignInsPage {
  frame: Frame
  /** One of the two lists. */
  shown: { signIns: readonly SignInView[] } | { failed: readonly FailedSignInView[] }
  /** The page of the other list. */
  otherPath: string
  /** Null on the last page. */
  olderPath: string | null
  /** Null without a password. */
  passwordPath: string | null
  securityPath: string
  /** A sentence about the change just made. */
  done?: Content
}

export function signInsPage({ frame, shown, otherPath, olderPath, passwordPath, securityPath, done }: SignInsPage): string {
  const isFailed = 'failed' in shown
  const lines = isFailed
    ? shown.failed.map((one) => failedLine(one, frame.now, pageHeading))
    : shown.signIns.map((one) => signInLine(one, frame.now, pageHeading))
  return layout({
    frame,
    title: isFailed ? 'Failed attempts to sign in' : 'Your sign-ins',
    lead: isFailed ? undefined : ifUnknown(passwordPath),
    wide: true,
    body: [
      done && notice({ tone: 'active', body: done }),
      isFailed && aboutFailed,
      lines.length > 0 ? html`<ul class="mails">${lines}</ul>` : html`<p class="muted">None.</p>`,
      html`<div class="asides">${olderPath !== null && html`<p><a href="${olderPath}">Older ones</a></p>`}<p><a href="${otherPath}">${
        isFailed ? 'Your sign-ins' : 'Failed attempts'
      }</a></p><p><a href="${securityPath}">Back to Security</a></p></div>`,
    ],
  })
}
