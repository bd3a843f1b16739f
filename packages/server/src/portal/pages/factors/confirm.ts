import { html } from '../../html.ts'
import { type Frame, layout } from '../../layout.ts'
import { button, type Fault, type FormTarget, faultSummary, field, form } from '../../parts.ts'
import { type PasskeyRequestView, passkeyButton } from './passkey-form.ts'

export interface ConfirmPage {
  frame: Frame
  target: FormTarget
  email: string
  /** Null if the account has no passkey. */
  passkey: PasskeyRequestView | null
  accountPath: string
  faults?: readonly Fault[] | undefined
}

/** Shown before a change that gives lasting access (F15), so that nothing typed is lost. Field: `password`. */
export function confirmPage({ frame, target, email, passkey, accountPath, faults }: ConfirmPage): string {
  return layout({
    frame,
    title: 'Confirm that it’s you',
    lead: html`You are signed in as <strong>${email}</strong>. We ask before changes to how you sign in.`,
    failed: Boolean(faults?.length),
    withPasskeys: passkey !== null,
    body: [
      faultSummary(faults),
      form({
        target,
        body: [
          html`<input class="unseen" type="text" name="username_for_managers" value="${email}" autocomplete="username" tabindex="-1" aria-hidden="true" readonly>`,
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
        ],
        next: 'We won’t ask again for 10 minutes.',
        actions: button({ text: 'Confirm' }),
      }),
      passkey && passkeyButton({ ...passkey, text: 'Confirm with a passkey' }),
      html`<p class="aside"><a href="${accountPath}">Back to your account</a></p>`,
    ],
  })
}
