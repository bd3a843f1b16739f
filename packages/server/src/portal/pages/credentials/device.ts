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
  /** From `verification_uri_complete`, to be confirmed by a click (S52): shown, never sent by itself. */
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
        ? 'The code came with the link. Go on only if your terminal shows the same one.'
        : 'Eight characters, as your terminal shows them. Go on only if you started this login yourself.',
    failed: Boolean(faults?.length),
    body: [
      faultSummary(faults),
      actingAs(account, useAnother),
      form({
        target,
        body: field({ name: 'user_code', label: 'Code', kind: 'user-code', autocomplete: 'off', maxlength: 12, value: userCode, faults, autofocus: true }),
        next: 'Next you see what asks to log in. Nothing is approved yet.',
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
  /** The username that `muster register` will take with this login. */
  registersAs?: string | undefined
  userCode: string
  expiresAt: Date
  client: { name: string; id: string }
  request: { address: string; place?: string | undefined; agent?: string | undefined; at: Date }
  /** True when this browser asks from the address the login was started from. */
  sameAddress: boolean
  /** True when a refresh token is asked for (S47). */
  longLived: boolean
  /** How the refresh token will be called. */
  tokenName?: string | undefined
  /** How long a plain login lasts (S46). */
  accessSeconds?: number
}

/** Who asks for what, from where and for how long, in full, because a code can be sent to a victim (D02). */
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
    body: [
      actingAs(account, useAnother),
      registersAs !== undefined &&
        account.username !== null &&
        notice({
          tone: 'paused',
          title: 'You already have an account',
          body: `Your terminal registers ${registersAs}, and you are signed in as ${account.username}. To register ${registersAs}, use another account.`,
        }),
      form({
        target,
        body: [
          html`<div class="compare">${codeDisplay(userCode, 'Code')}<p>Your terminal must show this code. It ends ${deadline(expiresAt, frame.now)}.</p></div>`,
          facts([
            ['Client', html`${client.name}${client.id !== client.name && html` <span class="muted">(${client.id})</span>`}`],
            isRegistration
              ? ['Username', html`${registersAs} <span class="muted">(chosen in your terminal)</span>`]
              : ['Organization', organizationLine(account)],
            ['Asked from', html`${request.place && html`${request.place}, `}<span class="code">${request.address}</span>`],
            ['Asked with', request.agent],
            ['Asked', moment(request.at, frame.now)],
            ['Token', longLived && tokenName !== undefined && tokenName],
            ['Works for', longLived ? html`<strong>Up to a year</strong>, without asking again` : html`${lasts}, then it asks again`],
          ]),
          !sameAddress &&
            notice({
              tone: 'paused',
              title: 'Started somewhere else',
              body: 'The login was started from another address than this browser has. Approve only if that is a machine of yours.',
            }),
          longLived &&
            notice({
              tone: 'paused',
              title: 'This is a login for up to a year',
              body: 'A refresh token is asked for. Whoever holds it can act as you until it is revoked or lies unused for 30 days. Meant for scripts and CI.',
            }),
        ],
        next: `If you approve, ${client.name} ${isRegistration ? `registers you as ${registersAs} and acts as you` : `acts as you${account.organization ? ` in ${account.organization.name}` : ''}`}. If someone sent you this code, deny.`,
        actions: [
          button({ text: 'Deny', tone: 'plain', name: 'decision', value: 'deny' }),
          button({ text: longLived ? 'Approve for a year' : 'Approve', name: 'decision', value: 'approve' }),
        ],
      }),
    ],
  })
}
