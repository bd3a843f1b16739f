import { html } from '../../html.ts'
import { type Frame, layout } from '../../layout.ts'
import { button, codeDisplay, type FormTarget, facts, form, notice } from '../../parts.ts'
import { deadline, moment } from '../../time.ts'
import { type AccountView, actingAs } from '../accounts/account.ts'

export interface ConfirmTerminalPage {
  frame: Frame
  /** Buttons: `decision` = `approve` or `deny`. */
  target: FormTarget
  account: AccountView
  useAnother: FormTarget
  userCode: string
  expiresAt: Date
  client: string
  /** Completes "It is about to …". Null if the terminal did not say. */
  about: string | null
  request: { address: string; agent?: string | undefined; at: Date }
  /** True when the terminal asked from this browser's IP address. */
  sameAddress: boolean
}

/** The person has just proved who they are in this browser. The page names the terminal, because an attacker can send a code to a victim (D02). */
export function confirmTerminalPage({
  frame,
  target,
  account,
  useAnother,
  userCode,
  expiresAt,
  client,
  about,
  request,
  sameAddress,
}: ConfirmTerminalPage): string {
  return layout({
    frame,
    title: 'Is this your terminal?',
    lead: html`<strong>${client}</strong> asks you to confirm that it’s you${about !== null && html`. It is about to ${about}`}.`,
    body: [
      actingAs(account, useAnother),
      form({
        target,
        body: [
          html`<div class="compare">${codeDisplay(userCode, 'Code')}<p>Check that your terminal shows this code. It expires ${deadline(expiresAt, frame.now)}.</p></div>`,
          facts([
            ['Requested from', html`<span class="code">${request.address}</span>`],
            ['Requested with', request.agent],
            ['Requested', moment(request.at, frame.now)],
          ]),
          !sameAddress &&
            notice({
              tone: 'paused',
              title: 'Requested from a different IP address',
              body: 'The request did not come from the address that this browser uses. Confirm it only if it came from one of your machines.',
            }),
        ],
        next: 'If you confirm, the terminal can create keys and make other important changes for 10 minutes. If someone sent you this code, deny the request.',
        actions: [button({ text: 'Deny', tone: 'plain', name: 'decision', value: 'deny' }), button({ text: 'Confirm', name: 'decision', value: 'approve' })],
      }),
    ],
  })
}

export const terminalConfirmedPage = (frame: Frame): string =>
  layout({
    frame,
    title: 'Confirmed',
    heading: html`<span class="status active">Confirmed</span>`,
    lead: 'Your terminal goes on now. You can close this page.',
    body: html`<p class="aside">The confirmation lasts for 10 minutes. To end the login of the terminal, go to <a href="/logins">your logins</a>.</p>`,
  })

export const terminalDeniedPage = (frame: Frame): string =>
  layout({
    frame,
    title: 'Denied',
    heading: html`<span class="status idle">Denied</span>`,
    lead: 'The terminal was not confirmed. The code is no longer valid. You can close this page.',
    body: html`<p class="aside">If you did not start this, someone may be using your login. End it in <a href="/logins">your logins</a>.</p>`,
  })
