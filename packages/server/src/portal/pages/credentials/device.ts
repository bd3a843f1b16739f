import { html } from '../../html.ts'
import { type Frame, layout } from '../../layout.ts'
import { button, codeDisplay, type Fault, type FormTarget, facts, faultSummary, field, form, notice } from '../../parts.ts'
import { deadline, lengthOfTime, moment } from '../../time.ts'
import { type AccountView, actingAs, organizationLine } from '../accounts/account.ts'

export interface DeviceCodePage {
  frame: Frame
  target: FormTarget
  account: AccountView
  useAnother: FormTarget
  /** From `verification_uri_complete`. Filled in, but submitted only by a click (S52). */
  userCode?: string | undefined
  faults?: readonly Fault[] | undefined
}

/** Field: `user_code`. */
export function deviceCodePage({ frame, target, account, useAnother, userCode, faults }: DeviceCodePage): string {
  return layout({
    frame,
    title: 'Enter the code from your terminal',
    lead:
      userCode && !faults?.length
        ? 'This code came from the link. Continue only if your terminal shows the same code.'
        : 'Continue only if you started this login yourself.',
    failed: Boolean(faults?.length),
    body: [
      faultSummary(faults),
      actingAs(account, useAnother),
      form({
        target,
        body: field({ name: 'user_code', label: 'Code', kind: 'user-code', autocomplete: 'off', maxlength: 12, value: userCode, faults, autofocus: true }),
        next: 'Next, you’ll review the request. Nothing is approved yet.',
        actions: button({ text: 'Continue' }),
      }),
    ],
  })
}

export interface DeviceApprovalPage {
  frame: Frame
  /** Buttons: `decision` = `approve` or `deny`. */
  target: FormTarget
  account: AccountView
  useAnother: FormTarget
  /** The username that `muster register` will register with this login. */
  registersAs?: string | undefined
  userCode: string
  expiresAt: Date
  client: { name: string; id: string }
  request: { address: string; place?: string | undefined; agent?: string | undefined; at: Date }
  /** The names of the platform's APIs that the login is for. */
  apis?: readonly string[]
  /** What the permissions that it requests allow. Empty: everything. */
  permissions?: readonly string[]
  /** True for a client that is not part of the platform. It gets the permissions only. */
  thirdParty?: boolean
  /** True when the login was started from this browser's IP address. */
  sameAddress: boolean
  /** True when the client requests a refresh token (S47). */
  longLived: boolean
  /** The name of the refresh token. */
  tokenName?: string | undefined
  /** How long a plain login lasts (S46). */
  accessSeconds?: number
}

/** The whole request: client, place, time and lifetime. An attacker can send a code to a victim (D02). */
export function deviceApprovalPage(props: DeviceApprovalPage): string {
  const {
    frame,
    target,
    account,
    useAnother,
    registersAs,
    userCode,
    expiresAt,
    client,
    request,
    apis = [],
    permissions = [],
    thirdParty = false,
    sameAddress,
    longLived,
    tokenName,
    accessSeconds = 86_400,
  } = props
  const lasts = accessSeconds === 86_400 ? '24 hours' : lengthOfTime(accessSeconds)
  const isRegistration = registersAs !== undefined && account.username === null
  return layout({
    frame,
    title: isRegistration ? `Register as ${registersAs}?` : `Let ${client.name} log in?`,
    lead: thirdParty && `${client.name} is not part of ${frame.host}. Continue only if you know it and trust it.`,
    body: [
      actingAs(account, useAnother),
      registersAs !== undefined &&
        account.username !== null &&
        notice({
          tone: 'paused',
          title: 'You already have an account',
          body: `Your terminal is registering ${registersAs}, but you are signed in as ${account.username}. To register ${registersAs}, use another account.`,
        }),
      form({
        target,
        body: [
          html`<div class="compare">${codeDisplay(userCode, 'Code')}<p>Check that your terminal shows this code. It expires ${deadline(expiresAt, frame.now)}.</p></div>`,
          facts([
            ['Client', html`${client.name}${client.id !== client.name && html` <span class="muted">(${client.id})</span>`}`],
            isRegistration
              ? ['Username', html`${registersAs} <span class="muted">(chosen in your terminal)</span>`]
              : ['Organization', organizationLine(account)],
            ['APIs', apis.length > 0 && apis.join(', ')],
            ['It can', permissions.length > 0 ? permissions.join(', ') : thirdParty && 'Do nothing: you declined all of this before'],
            ['Requested from', html`${request.place && html`${request.place}, `}<span class="code">${request.address}</span>`],
            ['Requested with', request.agent],
            ['Requested', moment(request.at, frame.now)],
            ['Token name', longLived && tokenName !== undefined && tokenName],
            ['Valid for', longLived ? html`<strong>Up to a year</strong>, without another approval` : html`${lasts}, then you log in again`],
          ]),
          !sameAddress &&
            notice({
              tone: 'paused',
              title: 'Started from a different IP address',
              body: 'The login was not started from the address that this browser uses. Approve it only if it was started on one of your machines.',
            }),
          longLived &&
            notice({
              tone: 'paused',
              title: 'This login lasts up to a year',
              body: 'The client requests a refresh token, which is meant for scripts and CI. Anyone who has the token can act as you until it is revoked or goes unused for 30 days.',
            }),
        ],
        next: `If you approve, ${client.name} ${isRegistration ? `registers you as ${registersAs} and can act as you` : `${thirdParty || permissions.length > 0 ? 'can do only this as you' : 'can act as you'}${account.organization ? ` in ${account.organization.name}` : ''}`}. If someone sent you this code, deny the request.`,
        actions: [
          button({ text: 'Deny', tone: 'plain', name: 'decision', value: 'deny' }),
          button({ text: longLived ? 'Approve for a year' : 'Approve', name: 'decision', value: 'approve' }),
        ],
      }),
    ],
  })
}
