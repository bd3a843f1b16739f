import { html } from '../../html.ts'
import { type Frame, layout } from '../../layout.ts'
import { button, type CommandLine, type Fault, type FormTarget, faultSummary, field, form, linkButton } from '../../parts.ts'
import { deadline } from '../../time.ts'
import { keysToEnd, type OwnKey } from '../credentials/keys-to-end.ts'
import { whereMailIs } from './account.ts'

export interface ForgotPasswordPage {
  frame: Frame
  target: FormTarget
  signInPath: string
  email?: string | undefined
  faults?: readonly Fault[] | undefined
}

/** Field: `email`. */
export function forgotPasswordPage({ frame, target, signInPath, email, faults }: ForgotPasswordPage): string {
  return layout({
    frame,
    title: 'Reset your password',
    failed: Boolean(faults?.length),
    body: [
      faultSummary(faults),
      form({
        target,
        body: field({
          name: 'email',
          label: 'Email',
          type: 'email',
          inputmode: 'email',
          autocomplete: 'email',
          maxlength: 254,
          value: email,
          faults,
          autofocus: true,
        }),
        next: 'Next, if the address has an account, a link comes by mail.',
        actions: button({ text: 'Send the link' }),
      }),
      html`<p class="aside">Remembered it? <a href="${signInPath}">Sign in</a></p>`,
    ],
  })
}

export interface ForgotSentPage {
  frame: Frame
  email: string
  minutes: number
  forgotPasswordPath: string
}

/** The same whether or not the address has an account. */
export function forgotSentPage({ frame, email, minutes, forgotPasswordPath }: ForgotSentPage): string {
  return layout({
    frame,
    title: 'Look in your mail',
    lead: html`If <strong>${email}</strong> has an account here, a link to choose a new password is on its way. It works once, for ${minutes} minutes.`,
    body: html`<div class="asides"><p>${whereMailIs(frame)}</p><p><a href="${forgotPasswordPath}">Send it again</a></p></div>`,
  })
}

export interface ResetPasswordPage {
  frame: Frame
  target: FormTarget
  email: string
  expiresAt: Date
  /** API keys that work. */
  keys: readonly OwnKey[]
  endKeys?: boolean | undefined
  faults?: readonly Fault[] | undefined
}

/** Fields: `password`, and `end_keys` where there are keys. */
export function resetPasswordPage({ frame, target, email, expiresAt, keys, endKeys, faults }: ResetPasswordPage): string {
  return layout({
    frame,
    title: 'Choose a new password',
    lead: html`For <strong>${email}</strong>. This page can be used until it ends ${deadline(expiresAt, frame.now)}.`,
    failed: Boolean(faults?.length),
    body: [
      faultSummary(faults),
      form({
        target,
        body: [
          html`<input class="unseen" type="text" name="username_for_managers" value="${email}" autocomplete="username" tabindex="-1" aria-hidden="true" readonly>`,
          field({
            name: 'password',
            label: 'New password',
            type: 'password',
            kind: 'new-password',
            autocomplete: 'new-password',
            maxlength: 256,
            hint: '10 to 256 characters, and hard to guess. A few unrelated words do well.',
            faults,
            autofocus: true,
          }),
          keysToEnd(frame.now, keys, endKeys),
        ],
        next: 'This ends every session and refresh token you hold, here and on your terminals.',
        actions: button({ text: 'Set the password' }),
      }),
    ],
  })
}

export interface ResetDonePage {
  frame: Frame
  signInPath: string
  cli: CommandLine
}

export function resetDonePage({ frame, signInPath, cli }: ResetDonePage): string {
  return layout({
    frame,
    title: 'Your password is set',
    lead: html`All your sessions and refresh tokens have ended. Sign in with the new password. On your terminals, run: <code>${cli('login')}</code>`,
    body: html`<div class="doors">${linkButton(signInPath, 'Sign in')}</div>`,
  })
}

export interface ResetLinkEndedPage {
  frame: Frame
  forgotPasswordPath: string
}

export function resetLinkEndedPage({ frame, forgotPasswordPath }: ResetLinkEndedPage): string {
  return layout({
    frame,
    title: 'This link has ended',
    lead: 'It was used already, or its time is over, or a newer one was sent. Your password is as it was.',
    body: html`<div class="doors">${linkButton(forgotPasswordPath, 'Send a new link')}</div>`,
  })
}
