import { html } from '../../html.ts'
import { type Frame, layout } from '../../layout.ts'
import { button, type Fault, type FormTarget, faultSummary, field, form, postButton } from '../../parts.ts'
import { whereEmailIs } from '../accounts/account.ts'
import { forManagers } from '../accounts/profile.ts'
import { type PasskeyRequestView, passkeyButton } from './passkey-form.ts'
import { codeField } from './second-factor.ts'

export interface ConfirmPage {
  frame: Frame
  target: FormTarget
  email: string
  /** The account has an authenticator app: the password alone is not enough. */
  byCode: boolean
  /** False for an account without a password. */
  hasPassword: boolean
  /** For an account that has nothing else to confirm with: sends a code by email. `sent`: one was sent. */
  byEmail?: { send: FormTarget; sent: boolean } | undefined
  /** True to ask for a recovery code instead of the app. */
  recovery: boolean
  /** The page that asks for the other of the two. */
  otherPath: string
  /** Null if the account has no passkey. */
  passkey: PasskeyRequestView | null
  /** An application accepts nothing else (F14). */
  onlyPasskey: boolean
  accountPath: string
  faults?: readonly Fault[] | undefined
}

/** Shown before a change that gives lasting access (F15), so that nothing typed is lost. Field: `password`, `code` or `mail_code`. */
export function confirmPage({
  frame,
  target,
  email,
  byCode,
  hasPassword,
  byEmail,
  recovery,
  otherPath,
  passkey,
  onlyPasskey,
  accountPath,
  faults,
}: ConfirmPage): string {
  return layout({
    frame,
    title: 'Confirm that it’s you',
    lead: html`You are signed in as <strong>${email}</strong>. We ask before important changes.`,
    failed: Boolean(faults?.length),
    withPasskeys: passkey !== null,
    body: [
      faultSummary(faults),
      onlyPasskey
        ? null
        : byEmail && !byEmail.sent
          ? form({ target: byEmail.send, body: '', next: 'We’ll email you a code.', actions: button({ text: 'Send the code' }) })
          : (byCode || hasPassword || byEmail) &&
            form({
              target,
              body: byCode ? codeField(faults, recovery) : byEmail ? mailCode(email, faults) : byPassword(email, faults),
              next: 'We won’t ask again for 10 minutes.',
              actions: button({ text: 'Confirm' }),
            }),
      byEmail?.sent && html`<div class="asides"><p>${whereEmailIs(frame)}</p>${postButton(byEmail.send, 'Send a new code')}</div>`,
      passkey && passkeyButton({ ...passkey, text: 'Confirm with a passkey' }),
      onlyPasskey && html`<noscript><p class="aside">Only a passkey is accepted here, and passkeys need JavaScript.</p></noscript>`,
      byCode &&
        !onlyPasskey &&
        html`<p class="aside"><a href="${otherPath}">${recovery ? 'Enter a code from your app instead' : 'Use a recovery code instead'}</a></p>`,
      html`<p class="aside"><a href="${accountPath}">Back to your account</a></p>`,
    ],
  })
}

const mailCode = (email: string, faults: readonly Fault[] | undefined) =>
  field({
    name: 'mail_code',
    label: 'Six-digit code',
    kind: 'mail-code',
    autocomplete: 'one-time-code',
    inputmode: 'numeric',
    maxlength: 9, // with spaces, for those who paste "123 456"
    hint: html`We sent it to ${email}. It expires ten minutes after it was sent.`,
    faults,
    autofocus: true,
  })

const byPassword = (email: string, faults: readonly Fault[] | undefined) => [
  forManagers(email),
  field({
    name: 'password',
    label: 'Password',
    type: 'password',
    kind: 'current-password',
    autocomplete: 'current-password',
    maxlength: 256,
    faults,
    autofocus: true,
  }),
]
