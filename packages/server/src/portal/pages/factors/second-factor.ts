import { html } from '../../html.ts'
import { type Frame, layout } from '../../layout.ts'
import { button, type Fault, type FormTarget, faultSummary, field, form } from '../../parts.ts'
import { type Purpose, purposeLine } from '../accounts/account.ts'
import { type PasskeyRequestView, passkeyButton } from './passkey-form.ts'

/** The field for a code of the authenticator app or a recovery code. */
export const codeField = (faults: readonly Fault[] | undefined, recovery: boolean) =>
  recovery
    ? field({
        name: 'code',
        label: 'Recovery code',
        autocomplete: 'off',
        maxlength: 60,
        faults,
        autofocus: true,
        hint: 'One of the ten codes that you saved when you added your authenticator app. Each works once.',
      })
    : field({
        name: 'code',
        label: 'Code from your authenticator app',
        autocomplete: 'one-time-code',
        inputmode: 'numeric',
        maxlength: 60,
        faults,
        autofocus: true,
        hint: 'Open the app, and enter the six digits that it shows for this site.',
      })

export interface SecondFactorPage {
  frame: Frame
  target: FormTarget
  purpose?: Purpose | undefined
  /** True to ask for a recovery code instead of the app. */
  recovery: boolean
  /** The page that asks for the other of the two. */
  otherPath: string
  startAgainPath: string
  /** False for a person whose organization asks for a passkey, and who has no authenticator app (F13). */
  byCode: boolean
  /** Null if the account has no passkey. */
  passkey: PasskeyRequestView | null
  faults?: readonly Fault[] | undefined
}

/** The second step of a sign-in by password (F5). Fields: `code`, or `response`. */
export function secondFactorPage({ frame, target, purpose, recovery, otherPath, startAgainPath, byCode, passkey, faults }: SecondFactorPage): string {
  return layout({
    frame,
    title: byCode ? (recovery ? 'Enter a recovery code' : 'Enter the code from your app') : 'Use your passkey',
    lead: !byCode && 'Your organization requires it.',
    context: purposeLine(purpose),
    failed: Boolean(faults?.length),
    withPasskeys: passkey !== null,
    body: [
      faultSummary(faults),
      byCode && form({ target, body: codeField(faults, recovery), actions: button({ text: 'Sign in' }) }),
      passkey && passkeyButton({ ...passkey, text: byCode ? 'Use a passkey instead' : 'Use a passkey' }),
      !byCode && html`<noscript><p class="aside">Passkeys need JavaScript.</p></noscript>`,
      html`<div class="asides">${
        byCode &&
        html`<p>${recovery ? 'Found your app?' : 'No access to the app?'} <a href="${otherPath}">${recovery ? 'Enter its code' : 'Use a recovery code'}</a></p>`
      }<p><a href="${startAgainPath}">Sign in with another account</a></p></div>`,
    ],
  })
}
