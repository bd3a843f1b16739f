import type { CodeDigits } from '../../../domain/accounts/store.ts'
import { html } from '../../html.ts'
import { type Frame, layout } from '../../layout.ts'
import { button, type Fault, type FormTarget, faultSummary, field, form, postButton } from '../../parts.ts'
import { deadline } from '../../time.ts'
import { type Errand, errandLine, inWords, whereMailIs } from './account.ts'

/** The steps of a newcomer. Inside a device login the terminal has the username, so its approval is the last step (S55). */
export const signUpSteps = (errand: Errand | undefined, current: number) => ({
  labels: ['Account', 'Mail code', errand ? { terminal: 'Approval', application: 'Username', invitation: 'Invitation' }[errand.kind] : 'Username'],
  current,
})

export interface SignUpPage {
  frame: Frame
  target: FormTarget
  signInPath: string
  errand?: Errand | undefined
  values?: { email?: string; given_name?: string; family_name?: string } | undefined
  faults?: readonly Fault[] | undefined
}

/** Fields: `email`, `password`, `given_name`, `family_name`. */
export function signUpPage({ frame, target, signInPath, errand, values = {}, faults }: SignUpPage): string {
  return layout({
    frame,
    title: 'Create an account',
    steps: signUpSteps(errand, 0),
    context: errandLine(errand),
    failed: Boolean(faults?.length),
    body: [
      faultSummary(faults),
      form({
        target,
        body: [
          field({
            name: 'email',
            label: 'Email',
            type: 'email',
            inputmode: 'email',
            autocomplete: 'email',
            maxlength: 254,
            value: values.email,
            faults,
            autofocus: true,
          }),
          field({
            name: 'password',
            label: 'Password',
            type: 'password',
            kind: 'new-password',
            autocomplete: 'new-password',
            maxlength: 256,
            hint: '10 to 256 characters, and hard to guess. No digits or symbols are demanded: a few unrelated words do well.',
            faults,
          }),
          html`<div class="pair">${field({ name: 'given_name', label: 'Given name', autocomplete: 'given-name', maxlength: 100, value: values.given_name, faults })}${field(
            {
              name: 'family_name',
              label: 'Family name',
              autocomplete: 'family-name',
              maxlength: 100,
              value: values.family_name,
              optional: true, // not everybody has two
              faults,
            },
          )}</div>`,
        ],
        next: 'We’ll email you a code to confirm your address. There is no account until you enter it.',
        actions: button({ text: 'Send the code' }),
      }),
      html`<p class="aside">Have an account already? <a href="${signInPath}">Sign in</a></p>`,
    ],
  })
}

export interface VerifyCodePage {
  frame: Frame
  target: FormTarget
  resend: FormTarget
  startOver: FormTarget
  email: string
  digits: CodeDigits
  /** When the newest code ends; null when it has ended or was tried too often, and only a new one helps. */
  expiresAt: Date | null
  errand?: Errand | undefined
  /** A new code was just sent on request. */
  resent?: boolean
  faults?: readonly Fault[] | undefined
}

/** Field: `code`. The page is the same whether or not the address has an account (S44). */
export function verifyCodePage({ frame, target, resend, startOver, email, digits, expiresAt, errand, resent, faults }: VerifyCodePage): string {
  const links = html`<div class="asides"><p>${whereMailIs(frame)}</p>${expiresAt && postButton(resend, 'Send a new code')}${postButton(startOver, 'Start over with another address')}</div>`
  const common = { frame, title: 'Enter the code from the mail', steps: signUpSteps(errand, 1), context: errandLine(errand), failed: Boolean(faults?.length) }
  if (!expiresAt) {
    return layout({
      ...common,
      title: 'This code has ended',
      lead: html`The code that went to <strong>${email}</strong> can no longer be used. What you typed is kept; a new code is enough.`,
      body: [
        faultSummary(faults),
        form({ target: resend, body: '', next: 'Only the newest code counts.', actions: button({ text: 'Send a new code' }) }),
        links,
      ],
    })
  }
  return layout({
    ...common,
    lead: html`We sent ${inWords[digits]} digits to <strong>${email}</strong>.`,
    body: [
      resent && !faults?.length ? html`<div class="notice active" role="status"><p>A new code is on its way. The one before no longer counts.</p></div>` : '',
      faultSummary(faults),
      form({
        target,
        body: field({
          name: 'code',
          label: digits === 6 ? 'Six-digit code' : 'Twelve-digit code',
          kind: 'mail-code',
          autocomplete: 'one-time-code',
          inputmode: 'numeric',
          maxlength: digits + 3, // with spaces, for those who paste "123 456"
          faults,
          autofocus: true,
          hint: html`It ends ${deadline(expiresAt, frame.now)}.`,
        }),
        next:
          errand?.kind === 'terminal'
            ? 'Next you approve the request from your terminal.'
            : errand?.kind === 'invitation'
              ? 'Next you see the invitation again, and decide.'
              : 'Next you choose your username.',
        actions: button({ text: 'Confirm' }),
      }),
      links,
    ],
  })
}
