import { html } from '../../html.ts'
import { type Frame, layout } from '../../layout.ts'
import { button, type Fault, type FormTarget, facts, faultSummary, form, notice } from '../../parts.ts'
import { type AccountView, actingAs, organizationLine } from '../accounts/account.ts'

export interface ThirdPartyConsentPage {
  frame: Frame
  /** Buttons: `decision` = `allow` or `cancel`. */
  target: FormTarget
  account: AccountView
  useAnother: FormTarget
  /** The name that the operator registered, and the host that the browser goes to. The application says nothing of itself here. */
  application: { name: string; host: string }
  /** `field`: the name of the box that allows it. Null: it comes with every access. */
  permissions: readonly { text: string; field: string | null; checked: boolean }[]
  /** True if the application also asks for access while the person is away. The box for it says what it does. */
  keepsAccess: boolean
  actsAsPerson: boolean
  /** How long one sign-in lasts. */
  days: number
  faults?: readonly Fault[] | undefined
}

/** Asks a person whether an application that is not part of the platform may act for them (P16). */
export function thirdPartyConsentPage(props: ThirdPartyConsentPage): string {
  const { frame, target, account, useAnother, application, permissions, keepsAccess, actsAsPerson, days, faults } = props
  return layout({
    frame,
    title: `Give ${application.name} access to your account?`,
    lead: html`${application.name} is not part of ${frame.host}. Continue only if you know it and trust <span class="code">${application.host}</span>.`,
    failed: Boolean(faults?.length),
    body: [
      faultSummary(faults),
      actingAs(account, useAnother),
      form({
        target,
        body: [
          html`<fieldset class="choices"><legend>It will be able to</legend><ul class="grants">${permissions.map(({ text, field, checked }, at) =>
            field === null
              ? html`<li>${text} <span class="muted">(always)</span></li>`
              : html`<li class="check"><label for="allow-${String(at)}"><input type="checkbox" id="allow-${String(at)}" name="${field}" value="yes"${checked && html` checked`}> ${text}</label></li>`,
          )}</ul></fieldset>`,
          facts([
            ['Goes to', html`<span class="code">${application.host}</span>`],
            ['Organization', organizationLine(account)],
            ['Lasts', `Up to ${days} days for each sign-in${keepsAccess ? '' : ', or until you sign out here'}`],
          ]),
          actsAsPerson && notice({ tone: 'paused', body: 'This is more than sign-in. The application can act as you.' }),
        ],
        next: 'It never gets more than your role allows, and never sees your password. You are asked again if it wants more. You can revoke its access in your account, under Applications.',
        actions: [button({ text: 'Cancel', tone: 'plain', name: 'decision', value: 'cancel' }), button({ text: 'Allow', name: 'decision', value: 'allow' })],
      }),
    ],
  })
}
