import { html } from '../../html.ts'
import { type Frame, layout } from '../../layout.ts'
import { button, type CommandLine, emailField, type Fault, type FormTarget, faultSummary, field, form, linkButton } from '../../parts.ts'
import { deadline } from '../../time.ts'
import { keysToEnd, type OwnKey } from '../credentials/keys-to-end.ts'
import { whereEmailIs } from './account.ts'

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
        body: emailField({ value: email, faults, autofocus: true }),
        next: 'If this address has an account, we’ll email it a link.',
        actions: button({ text: 'Send the link' }),
      }),
      html`<p class="aside">Remember your password? <a href="${signInPath}">Sign in</a></p>`,
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
    title: 'Check your email',
    lead: html`If <strong>${email}</strong> has an account, we emailed it a link to choose a new password. The link works once and expires in ${minutes} minutes.`,
    body: html`<div class="asides"><p>${whereEmailIs(frame)}</p><p><a href="${forgotPasswordPath}">Send another link</a></p></div>`,
  })
}

export interface ResetPasswordPage {
  frame: Frame
  target: FormTarget
  email: string
  expiresAt: Date
  /** The user's valid API keys. */
  keys: readonly OwnKey[]
  endKeys?: boolean | undefined
  faults?: readonly Fault[] | undefined
}

/** Fields: `password`, and `end_keys` where there are keys. */
export function resetPasswordPage({ frame, target, email, expiresAt, keys, endKeys, faults }: ResetPasswordPage): string {
  return layout({
    frame,
    title: 'Choose a new password',
    lead: html`For <strong>${email}</strong>. This page expires ${deadline(expiresAt, frame.now)}.`,
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
            hint: 'Use at least 10 characters. A few unrelated words work well.',
            faults,
            autofocus: true,
          }),
          keysToEnd(frame.now, keys, endKeys),
        ],
        next: 'This ends all your sessions and refresh tokens, here and on your terminals.',
        actions: button({ text: 'Set password' }),
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
    title: 'Your new password is set',
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
    title: 'This link is no longer valid',
    lead: 'It was already used, it has expired, or a newer link was sent. Your password has not changed.',
    body: html`<div class="doors">${linkButton(forgotPasswordPath, 'Send a new link')}</div>`,
  })
}
