import { html, type Markup } from '../../html.ts'
import { type Frame, layout } from '../../layout.ts'
import { button, type Fault, type FormTarget, faultSummary, field, form } from '../../parts.ts'
import { type Purpose, purposeLine } from '../accounts/account.ts'
import { type PasskeyRequestView, passkeyButton } from './passkey-form.ts'
import { type LockedApp, lockedNotice } from './unlock.ts'

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

const emailedCodeField = (faults: readonly Fault[] | undefined) =>
  field({
    name: 'code',
    label: 'Code from the email',
    autocomplete: 'one-time-code',
    inputmode: 'numeric',
    maxlength: 60,
    faults,
    autofocus: true,
    hint: 'An admin reset how you sign in. So we sent a code of eight digits to the email address of your account.',
  })

/** A passkey is in another form, so the script copies it there. */
const rememberBox = (checked: boolean): Markup =>
  html`<div class="check"><label for="remember"><input type="checkbox" id="remember" name="remember" value="yes"${checked && html` checked`}> Do not ask for a second factor in this browser for 30 days</label></div>`

export interface SecondFactorPage {
  frame: Frame
  target: FormTarget
  purpose?: Purpose | undefined
  /** True to ask for the code that was sent by email, after a reset (F12). */
  byEmail?: boolean | undefined
  /** True to ask for a recovery code instead of the app. */
  recovery: boolean
  /** The page that asks for the other of the two. */
  otherPath: string
  startAgainPath: string
  /** False for a person whose organization asks for a passkey, and who has no authenticator app (F13). */
  byCode: boolean
  /** Set if the app is locked. Then a recovery code is asked for (F7). */
  locked?: LockedApp | null | undefined
  /** True if the box is checked. Null: the organization lets no browser be remembered. */
  remember: boolean | null
  /** Null if the account has no passkey. */
  passkey: PasskeyRequestView | null
  faults?: readonly Fault[] | undefined
}

/** The second step of a sign-in by password (F5). Fields: `code`, or `response`; `remember`. */
export function secondFactorPage({
  frame,
  target,
  purpose,
  byEmail = false,
  recovery,
  otherPath,
  startAgainPath,
  byCode,
  locked = null,
  remember,
  passkey,
  faults,
}: SecondFactorPage): string {
  return layout({
    frame,
    title: byEmail ? 'Enter the code from your email' : !byCode ? 'Use your passkey' : recovery ? 'Enter a recovery code' : 'Enter the code from your app',
    lead: !byCode && !byEmail && 'Your organization requires it.',
    context: purposeLine(purpose),
    failed: Boolean(faults?.length),
    withPasskeys: passkey !== null,
    body: [
      faultSummary(faults),
      locked && lockedNotice(locked, passkey ? 'a recovery code or a passkey' : 'a recovery code'),
      byEmail
        ? form({ target, body: emailedCodeField(faults), actions: button({ text: 'Sign in' }) })
        : byCode && form({ target, body: [codeField(faults, recovery), remember !== null && rememberBox(remember)], actions: button({ text: 'Sign in' }) }),
      passkey && passkeyButton({ ...passkey, text: byCode ? 'Use a passkey instead' : 'Use a passkey' }),
      !byCode && !byEmail && html`<noscript><p class="aside">Passkeys need JavaScript.</p></noscript>`,
      byEmail
        ? html`<div class="asides"><p>No email? <a href="${startAgainPath}">Sign in again</a> to get a new code.</p></div>`
        : html`<div class="asides">${
            byCode &&
            !locked &&
            html`<p>${recovery ? 'Found your app?' : 'No access to the app?'} <a href="${otherPath}">${recovery ? 'Enter its code' : 'Use a recovery code'}</a></p>`
          }<p><a href="${startAgainPath}">Sign in with another account</a></p></div>`,
    ],
  })
}
