import { html } from '../../html.ts'
import { type Frame, layout } from '../../layout.ts'
import { button, copy, type Fault, type FormTarget, faultSummary, field, form, linkButton, notice, sheet } from '../../parts.ts'

export interface NewAuthenticatorPage {
  frame: Frame
  target: FormTarget
  /** The QR code, as the address of an image. */
  image: string
  /** In base32, for an app without a camera. */
  secret: string
  securityPath: string
  /** Where a person came from who is not on Security. */
  returnPath?: string | null
  faults?: readonly Fault[] | undefined
}

/** Field: `code`. */
export function newAuthenticatorPage({ frame, target, image, secret, securityPath, returnPath = null, faults }: NewAuthenticatorPage): string {
  const groups = (secret.match(/.{1,4}/g) ?? []).join(' ')
  return layout({
    frame,
    title: 'Add an authenticator app',
    lead: 'When you sign in with a password or a provider, we’ll then ask for a code from the app.',
    failed: Boolean(faults?.length),
    body: [
      faultSummary(faults),
      form({
        target,
        body: [
          html`<p>Scan this QR code with an authenticator app, such as the one in your password manager.</p>`,
          html`<img class="qr" src="${image}" width="200" height="200" alt="QR code for the authenticator app">`,
          html`<p>No camera? Enter this key in the app:</p><p class="with-copy"><span class="code">${groups}</span>${copy(secret, 'the key')}</p>`,
          field({
            name: 'code',
            label: 'Code',
            autocomplete: 'one-time-code',
            inputmode: 'numeric',
            maxlength: 12,
            faults,
            hint: 'The six digits that the app shows now.',
          }),
        ],
        next: 'Next, you’ll get recovery codes, in case you lose the app.',
        actions: button({ text: 'Add the app' }),
      }),
      html`<p class="aside">${returnPath === null ? html`<a href="${securityPath}">Back to Security</a>` : html`<a href="${returnPath}">Back</a>`}</p>`,
    ],
  })
}

export interface RecoveryCodesPage {
  frame: Frame
  codes: readonly string[]
  nextPath: string
  /** A sentence about the change just made. */
  done: string
}

/** Shown once: the codes are stored nowhere. */
export function recoveryCodesPage({ frame, codes, nextPath, done }: RecoveryCodesPage): string {
  return layout({
    frame,
    title: 'Your recovery codes',
    lead: 'Each code works once, in place of a code from your app. Store them somewhere you can reach without your phone. We cannot show them again.',
    body: [
      notice({ tone: 'active', body: done }),
      sheet({
        body: [
          html`<ol class="codes">${codes.map((code) => html`<li><span class="code">${code}</span></li>`)}</ol>`,
          html`<p>${copy(codes.join('\n'), 'all recovery codes')}</p>`,
        ],
        actions: linkButton(nextPath, 'I’ve saved them'),
      }),
    ],
  })
}
